import type { KubeObject } from '../objects.ts';
import { stamp, uid } from './cluster.ts';
import { type Fields, at, fieldsAt, listAt, numberAt, textAt } from './fields.ts';
import { shortHash } from './hashes.ts';
import { pull, waiting } from './container-image.ts';
import { imageId } from './images.ts';
import type { Verdict } from './programs.ts';
import type { Life } from './life.ts';
import { recordEvent } from './record-event.ts';
import { failedConfig } from './volumes.ts';

const FIRST_PROBE_MS = 1_000;
const INIT_MS = 400;
const JOB_MS = 5_000;
const CRASH_MS = 2_000;
const FIRST_RESTART_MS = 1_000;
const BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 300_000;

const nameOf = (container: Fields): string => textAt(container, 'name') ?? '';

const verdictOf = (life: Life, pod: KubeObject, container: Fields, init: boolean): Verdict => {
  const name = nameOf(container);
  const trouble = init ? undefined : life.cluster.troubles.container(pod, name);
  if (trouble === 'crashes') return { kind: 'exit', code: 1, log: [`fatal: ${name} cannot go on`], afterMs: CRASH_MS };
  if (trouble === 'unready') return { kind: 'unready', message: 'HTTP probe failed with statuscode: 503' };
  const program = life.programs.find((one) => one.matches(pod, name));
  if (program !== undefined) return program.verdict({ cluster: life.cluster, pod, container: name });
  if (init) return { kind: 'exit', code: 0, log: [], afterMs: INIT_MS };
  if ((textAt(pod, 'spec', 'restartPolicy') ?? 'Always') !== 'Always')
    return { kind: 'exit', code: 0, log: [], afterMs: JOB_MS };
  return { kind: 'ready' };
};

const start = (
  life: Life,
  pod: KubeObject,
  container: Fields,
  previous: Fields | undefined,
  restarts: number,
): Fields => {
  const { cluster } = life;
  const name = nameOf(container);
  const image = textAt(container, 'image') ?? '';
  recordEvent(cluster, pod, {
    type: 'Normal',
    reason: 'Started',
    message: `Started container ${name}`,
    from: 'kubelet',
  });
  cluster.logs.begin(uid(pod), name);
  life.programs.find((one) => one.matches(pod, name))?.started?.({ cluster, pod, container: name });
  life.watcher.started(pod, container);
  return {
    name,
    image,
    imageID: imageId(image),
    containerID: `containerd://${shortHash(`${uid(pod)}/${name}/${restarts}`, 64)}`,
    ready: false,
    started: true,
    restartCount: restarts,
    lastState: fieldsAt(previous, 'lastState'),
    state: { running: { startedAt: stamp(cluster) } },
  };
};

const isProbed = (container: Fields): boolean => at(container, 'readinessProbe') !== undefined;

const probed = (life: Life, pod: KubeObject, container: Fields, status: Fields): boolean => {
  if (status['ready'] === true || !isProbed(container)) return true;
  const delay = (numberAt(container, 'readinessProbe', 'initialDelaySeconds') ?? 0) * 1000 + FIRST_PROBE_MS;
  return life.cluster.delays.passed(
    uid(pod),
    `probe/${nameOf(container)}/${numberAt(status, 'restartCount') ?? 0}`,
    delay,
  );
};

const end = (
  life: Life,
  pod: KubeObject,
  container: Fields,
  status: Fields,
  { code, log, killed }: Extract<Verdict, { kind: 'exit' }>,
  init: boolean,
): Fields => {
  life.cluster.logs.write(uid(pod), nameOf(container), ...log);
  life.watcher.ended(pod, container, code);
  const told = textAt(container, 'terminationMessagePolicy') === 'FallbackToLogsOnError' && code !== 0;
  const terminated = {
    containerID: status['containerID'],
    exitCode: code,
    reason: code === 0 ? 'Completed' : 'Error',
    startedAt: at(status, 'state', 'running', 'startedAt'),
    finishedAt: stamp(life.cluster),
    ...(told ? { message: log.slice(-5).join('\n') } : {}),
  };
  if (killed === true) {
    const restarts = (numberAt(status, 'restartCount') ?? 0) + 1;
    return start(life, pod, container, { ...status, lastState: { terminated } }, restarts);
  }
  return { ...status, ready: init && code === 0, started: false, state: { terminated } };
};

const run = (life: Life, pod: KubeObject, container: Fields, status: Fields, init: boolean): Fields => {
  const { cluster } = life;
  const name = nameOf(container);
  const verdict = verdictOf(life, pod, container, init);
  const stage = `exit/${name}/${numberAt(status, 'restartCount') ?? 0}`;
  switch (verdict.kind) {
    case 'ready':
      cluster.delays.forget(uid(pod), stage);
      return { ...status, ready: probed(life, pod, container, status) };
    case 'unready':
      cluster.delays.forget(uid(pod), stage);
      recordEvent(cluster, pod, {
        type: 'Warning',
        reason: 'Unhealthy',
        message: `Readiness probe failed: ${verdict.message}`,
        from: 'kubelet',
      });
      // Without a probe nobody asks, and Kubernetes calls the container ready.
      return { ...status, ready: !isProbed(container) };
    case 'exit':
      return cluster.delays.passed(uid(pod), stage, verdict.afterMs)
        ? end(life, pod, container, status, verdict, init)
        : {
            ...status,
            ready: !init && (verdict.code === 0 || verdict.killed === true) && probed(life, pod, container, status),
          };
    default:
      return verdict satisfies never;
  }
};

const staysEnded = (pod: KubeObject, exitCode: number, init: boolean): boolean => {
  const policy = textAt(pod, 'spec', 'restartPolicy') ?? 'Always';
  return policy === 'Never' || (exitCode === 0 && (init || policy === 'OnFailure'));
};

const restart = (life: Life, pod: KubeObject, container: Fields, status: Fields): Fields => {
  const name = nameOf(container);
  const restarts = numberAt(status, 'restartCount') ?? 0;
  // The first restart comes at once; only then does the kubelet grow cautious.
  const backoff = restarts === 0 ? FIRST_RESTART_MS : Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (restarts - 1));
  const waits = at(status, 'state', 'waiting') !== undefined;
  if (life.cluster.delays.passed(uid(pod), `backoff/${name}/${restarts}`, backoff)) {
    return start(
      life,
      pod,
      container,
      waits ? status : { ...status, lastState: fieldsAt(status, 'state') },
      restarts + 1,
    );
  }
  if (waits || restarts === 0) return status;
  const message = `back-off ${backoff / 1000}s restarting failed container=${name} pod=${pod.metadata.name}_${pod.metadata.namespace ?? 'default'}(${uid(pod)})`;
  recordEvent(life.cluster, pod, {
    type: 'Warning',
    reason: 'BackOff',
    message: `Back-off restarting failed container ${name} in pod ${pod.metadata.name}`,
    from: 'kubelet',
  });
  return {
    ...waiting(container, 'CrashLoopBackOff', status, message),
    imageID: status['imageID'],
    containerID: status['containerID'],
    lastState: fieldsAt(status, 'state'),
  };
};

/** One turn of a container's life: from its status to the next one, or to the same. */
export const advanceContainer = (
  life: Life,
  pod: KubeObject,
  container: Fields,
  previous: Fields | undefined,
  init: boolean,
): Fields => {
  const state = fieldsAt(previous, 'state');
  if (previous !== undefined && 'running' in state) return run(life, pod, container, previous, init);
  if (previous !== undefined && 'terminated' in state) {
    return staysEnded(pod, numberAt(state, 'terminated', 'exitCode') ?? 0, init)
      ? previous
      : restart(life, pod, container, previous);
  }
  if (previous !== undefined && textAt(state, 'waiting', 'reason') === 'CrashLoopBackOff')
    return restart(life, pod, container, previous);
  const problem = failedConfig(life.cluster, pod, container);
  if (problem !== undefined) {
    recordEvent(life.cluster, pod, {
      type: 'Warning',
      reason: 'Failed',
      message: `Error: ${problem}`,
      from: 'kubelet',
    });
    return waiting(container, 'CreateContainerConfigError', previous, problem);
  }
  const image = pull(life, pod, container, previous);
  return image === 'pulled' ? start(life, pod, container, previous, 0) : image;
};

export const statusesAt = (
  pod: KubeObject,
  field: 'initContainerStatuses' | 'containerStatuses',
): ReadonlyMap<string, Fields> =>
  new Map(listAt(pod, 'status', field).map((status) => [textAt(status, 'name') ?? '', status]));
