import type { KubeObject } from '../objects.ts';
import { uid } from './cluster.ts';
import { type Fields, fieldsAt, numberAt, textAt } from './fields.ts';
import { pullError } from './images.ts';
import type { Life } from './life.ts';
import { recordEvent } from './record-event.ts';

const PULL_MS = 6_000;
const START_MS = 500;
const BACKOFF_MS = 10_000;

const nameOf = (container: Fields): string => textAt(container, 'name') ?? '';

/** The status of a container that is not started yet. */
export const waiting = (container: Fields, reason: string, previous?: Fields, message?: string): Fields => ({
  name: nameOf(container),
  image: textAt(container, 'image') ?? '',
  imageID: '',
  ready: false,
  restartCount: numberAt(previous, 'restartCount') ?? 0,
  started: false,
  lastState: fieldsAt(previous, 'lastState'),
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
});

/** Brings the image to the node: the status to wait in, or `pulled`. */
export const pull = (
  life: Life,
  pod: KubeObject,
  container: Fields,
  previous: Fields | undefined,
): Fields | 'pulled' => {
  const { cluster } = life;
  const [id, name, image] = [uid(pod), nameOf(container), textAt(container, 'image') ?? ''];
  const error = pullError(image);
  if (error?.startsWith("couldn't parse") === true) {
    recordEvent(cluster, pod, {
      type: 'Warning',
      reason: 'InspectFailed',
      message: `Failed to apply default image tag "${image}": ${error}`,
      from: 'kubelet',
    });
    return waiting(container, 'InvalidImageName', previous, `Failed to apply default image tag "${image}": ${error}`);
  }
  if (error !== undefined) {
    recordEvent(cluster, pod, {
      type: 'Warning',
      reason: 'Failed',
      message: `Failed to pull image "${image}": ${error}`,
      from: 'kubelet',
    });
    if (!cluster.delays.passed(id, `pull-backoff/${name}`, BACKOFF_MS))
      return waiting(container, 'ErrImagePull', previous, error);
    return waiting(
      container,
      'ImagePullBackOff',
      previous,
      `Back-off pulling image "${image}": ErrImagePull: ${error}`,
    );
  }
  const key = `${textAt(pod, 'spec', 'nodeName')}/${image}`;
  if (!cluster.delays.passed(id, `pull/${name}`, life.pulled.has(key) ? START_MS : PULL_MS))
    return previous ?? waiting(container, 'ContainerCreating');
  const message = life.pulled.has(key)
    ? `Container image "${image}" already present on machine`
    : `Successfully pulled image "${image}"`;
  recordEvent(cluster, pod, { type: 'Normal', reason: 'Pulled', message, from: 'kubelet' });
  life.pulled.add(key);
  return 'pulled';
};
