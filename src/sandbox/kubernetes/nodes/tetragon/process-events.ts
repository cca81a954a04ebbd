import type { KubeObject } from '../../objects.ts';
import { type Cluster, controllerOf, uid } from '../cluster.ts';
import { statusesAt } from '../container-life.ts';
import type { LifeWatcher } from '../life.ts';
import { isRunning } from '../cilium/agents.ts';
import { type Fields, at, flagAt, listAt, textAt, textsAt } from '../fields.ts';
import { numberFrom, shortHash } from '../hashes.ts';
import { imageId } from '../images.ts';
import { recall } from '../processes.ts';
import { REPLICA_SETS } from '../resources.ts';
import { AGENT, isServing, runOf, tetragonOn } from './agents.ts';
import { isExported, redacted, withFields } from './export-filter.ts';
import { processContext } from './process-context.ts';

export interface ProcessWatcher extends LifeWatcher {
  /** A command that somebody runs in a container from outside; call what it returns with the exit code. */
  executed(pod: KubeObject, container: string, command: readonly string[]): (exitCode: number) => void;
}

interface Process {
  readonly pod: KubeObject;
  readonly container: Fields;
  readonly command: readonly string[];
  readonly inInitTree: boolean;
  readonly seed: string;
}

const nanoseconds = (milliseconds: number): string => new Date(milliseconds).toISOString().replace('Z', '000000Z');

const workload = (cluster: Cluster, pod: KubeObject): { readonly workload: string; readonly workload_kind: string } => {
  const owner = controllerOf(pod);
  if (owner === undefined) return { workload: pod.metadata.name, workload_kind: 'Pod' };
  const set =
    owner.kind === 'ReplicaSet' ? cluster.store.get(REPLICA_SETS, pod.metadata.namespace, owner.name) : undefined;
  const top = set === undefined ? owner : (controllerOf(set) ?? owner);
  return { workload: top.name, workload_kind: top.kind };
};

const podJson = (cluster: Cluster, { pod, container }: Process, time: number): Fields => {
  const name = textAt(container, 'name') ?? '';
  const image = textAt(container, 'image') ?? '';
  return {
    namespace: pod.metadata.namespace ?? 'default',
    name: pod.metadata.name,
    uid: uid(pod),
    container: {
      id:
        textAt(statusesAt(pod, 'containerStatuses').get(name), 'containerID') ??
        `containerd://${shortHash(`${uid(pod)}/${name}/0`, 64)}`,
      name,
      image: { id: imageId(image), name: image },
      start_time: nanoseconds(time),
      pid: 1,
      ...(flagAt(container, 'securityContext', 'privileged') ? { security_context: { privileged: true } } : {}),
    },
    pod_labels: pod.metadata.labels ?? {},
    ...workload(cluster, pod),
  };
};

const processJson = (
  cluster: Cluster,
  process: Process,
  time: number,
  config: Readonly<Record<string, string>>,
): Fields => {
  const { pod, command, seed } = process;
  const node = textAt(pod, 'spec', 'nodeName') ?? '';
  const pid = 2000 + numberFrom(seed, 60_000);
  const [binary = '', ...words] = command;
  const argumentsText = words.map((word) => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
  const id = (text: string): string => Buffer.from(`${node}:${text}`).toString('base64');
  return {
    exec_id: id(`${numberFrom(seed, 2 ** 31)}:${pid}`),
    pid,
    uid: 0,
    cwd: '/',
    binary,
    ...(argumentsText === '' ? {} : { arguments: redacted(config, binary, argumentsText) }),
    flags: 'execve rootcwd clone',
    start_time: nanoseconds(time),
    auid: 4294967295,
    pod: podJson(cluster, process, time),
    docker: shortHash(`${uid(pod)}/${textAt(process.container, 'name')}/0`, 31),
    parent_exec_id: id(`${numberFrom(`${node}/runc`, 2 ** 31)}:1`),
    tid: pid,
    ...processContext(config, uid(pod)),
    in_init_tree: process.inInitTree,
  };
};

/** Writes an event to the export container of the node's agent, where that agent's filters let it through. */
const report = (cluster: Cluster, process: Process, ended: number | undefined): void => {
  const node = textAt(process.pod, 'spec', 'nodeName') ?? '';
  const agent = tetragonOn(cluster, node);
  if (agent === undefined || !isServing(cluster, agent)) return;
  const type = ended === undefined ? 'PROCESS_EXEC' : 'PROCESS_EXIT';
  const event = {
    type,
    namespace: process.pod.metadata.namespace ?? 'default',
    pod: process.pod.metadata.name,
    binary: process.command[0] ?? '',
    healthCheck: false,
  };
  const config = recall(cluster, agent, AGENT);
  const now = cluster.clock.now();
  const run = runOf(agent);
  const { binary } = event;
  cluster.events.saw(uid(agent), run, {
    type,
    namespace: event.namespace,
    workload: workload(cluster, process.pod).workload,
    pod: event.pod,
    binary,
  });
  if (config['export-filename'] === undefined || !isExported(config, event)) return;
  if (!cluster.events.allows(uid(agent), run, Number(config['export-rate-limit'] ?? '-1'), now)) return;
  const body = {
    process: processJson(cluster, process, now, config),
    ...(ended === undefined || ended === 0 ? {} : { status: ended }),
    ...(ended === undefined ? {} : { time: nanoseconds(now) }),
  };
  const cluster_name =
    config['cluster-name'] === '' || config['cluster-name'] === undefined
      ? {}
      : { cluster_name: config['cluster-name'] };
  const line = JSON.stringify({
    [type.toLowerCase()]: withFields(config, type, body),
    node_name: node,
    time: nanoseconds(now),
    ...cluster_name,
  });
  cluster.events.exported(uid(agent), run, Buffer.byteLength(line) + 1, now);
  // The agent writes a file; only this container brings it to a log.
  if (isRunning(agent, 'export-stdout')) cluster.logs.write(uid(agent), 'export-stdout', line);
};

const commandOf = (container: Fields): readonly string[] => {
  const command = [...textsAt(container, 'command'), ...textsAt(container, 'args')];
  const image = textAt(container, 'image') ?? '';
  const entry = `/usr/bin/${image.replace(/[:@].*$/, '').replace(/^.*\//, '')}`;
  return at(container, 'command') === undefined ? [entry, ...command] : command;
};

export const createProcessWatcher = (cluster: Cluster): ProcessWatcher => {
  const life = (pod: KubeObject, container: Fields): Process => ({
    pod,
    container,
    command: commandOf(container),
    inInitTree: true,
    seed: `${uid(pod)}/${textAt(container, 'name')}`,
  });
  return {
    started: (pod, container) => report(cluster, life(pod, container), undefined),
    ended: (pod, container, exitCode) => report(cluster, life(pod, container), exitCode),
    executed(pod, name, command) {
      const container = listAt(pod, 'spec', 'containers').find((one) => one['name'] === name) ?? { name };
      const process = {
        pod,
        container,
        command,
        inInitTree: false,
        seed: `${uid(pod)}/${name}/${cluster.clock.now()}/${command.join(' ')}`,
      };
      report(cluster, process, undefined);
      return (exitCode) => report(cluster, process, exitCode);
    },
  };
};
