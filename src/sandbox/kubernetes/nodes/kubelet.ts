import type { ExecResult, Kubelet } from '../agents.ts';
import { isRunning } from './cilium/agents.ts';
import { execInCilium } from './cilium/exec.ts';
import { type Cluster, uid } from './cluster.ts';
import type { ProcessWatcher } from './tetragon/process-events.ts';
import { execInTetragon } from './tetragon/tetra.ts';

/** Programs that nearly every image has, over the empty file system that the sandbox's containers are. */
const common = (command: readonly string[]): ExecResult | undefined => {
  const [program = '', ...words] = command;
  switch (program.replace(/^.*\//, '')) {
    case 'true':
      return { stdout: '', stderr: '', exitCode: 0 };
    case 'false':
      return { stdout: '', stderr: '', exitCode: 1 };
    case 'echo':
      return { stdout: `${words.join(' ')}\n`, stderr: '', exitCode: 0 };
    case 'id':
      return { stdout: 'uid=0(root) gid=0(root) groups=0(root)\n', stderr: '', exitCode: 0 };
    case 'ls':
      return { stdout: '', stderr: '', exitCode: 0 };
    case 'cat':
      return { stdout: '', stderr: `cat: can't open '${words[0] ?? '-'}': No such file or directory\n`, exitCode: 1 };
    default:
      return undefined;
  }
};

const missing = (program: string): ExecResult => ({
  stdout: '',
  stderr: `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown\n`,
  exitCode: 127,
});

/** What kubelets answer for containers that run here; nothing of it is kept, all is computed from what was installed. */
export const createKubelet = (cluster: Cluster, watcher: ProcessWatcher): Kubelet => ({
  exec(pod, container, command) {
    if (!isRunning(pod, container))
      return Promise.resolve({
        stdout: '',
        stderr: `error: unable to upgrade connection: container not found ("${container}")\n`,
        exitCode: 1,
      });
    const known =
      (container === 'cilium-agent' ? execInCilium(cluster, pod, command) : undefined) ??
      (container === 'tetragon' ? execInTetragon(cluster, pod, command) : undefined);
    const result = known ?? common(command) ?? missing(command[0] ?? '');
    if (result.exitCode !== 127) watcher.executed(pod, container, command, result.exitCode);
    return Promise.resolve(result);
  },
  logs: (pod, container) => cluster.logs.read(uid(pod), container),
  follow: (pod, container, listener) => cluster.logs.follow(uid(pod), container, listener),
});
