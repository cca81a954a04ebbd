import type { Kubernetes } from '../kubernetes/kubernetes.ts';
import { Problem } from '../errors/problem.ts';
import type { Finding } from './finding.ts';
import type { Pod } from './pod.ts';

/** What one agent says of itself, by `cilium-dbg status -o json` in its container. */
export interface CiliumAgent {
  readonly pod: string;
  readonly node: string | undefined;
  /** `unreachable` where the exec itself failed. */
  readonly state: 'ok' | 'degraded' | 'unreachable';
  readonly message: string | undefined;
  readonly version: string | undefined;
  /** `True`, `False`; undefined where the agent did not say. */
  readonly kubeProxyReplacement: string | undefined;
  readonly encryption: string | undefined;
  readonly tunnel: string | undefined;
  readonly hubbleFlows: number | undefined;
  readonly failures: readonly Finding[];
}

interface Subsystem {
  readonly state?: string;
  readonly msg?: string;
}

interface RawStatus {
  readonly cilium?: Subsystem;
  readonly kubernetes?: Subsystem;
  readonly 'container-runtime'?: Subsystem;
  readonly 'kube-proxy-replacement'?: { readonly mode?: string };
  readonly encryption?: { readonly mode?: string };
  readonly routing?: { readonly 'tunnel-protocol'?: string };
  readonly hubble?: Subsystem & { readonly observer?: { readonly 'seen-flows'?: number } };
  readonly cluster?: { readonly ciliumHealth?: Subsystem };
  readonly controllers?: readonly {
    readonly name?: string;
    readonly status?: {
      readonly 'consecutive-failure-count'?: number;
      readonly 'last-failure-msg'?: string;
    };
  }[];
}

const subsystems = (status: RawStatus): readonly (readonly [string, Subsystem | undefined])[] => [
  ['Cilium', status.cilium],
  ['Kubernetes', status.kubernetes],
  ['container runtime', status['container-runtime']],
  ['health', status.cluster?.ciliumHealth],
  ['Hubble', status.hubble],
];

const failuresOf = (pod: string, status: RawStatus): readonly Finding[] => {
  const found: Finding[] = [];
  for (const [name, subsystem] of subsystems(status)) {
    if (subsystem?.state === 'Failure' || subsystem?.state === 'Warning') {
      found.push({ component: 'cilium', message: `${name}: ${subsystem.msg ?? subsystem.state}`, where: [pod] });
    }
  }
  for (const controller of status.controllers ?? []) {
    const times = controller.status?.['consecutive-failure-count'] ?? 0;
    if (times > 0) {
      const why = controller.status?.['last-failure-msg'] ?? 'no message';
      found.push({
        component: 'cilium',
        message: `controller ${controller.name ?? '?'} is failing: ${why}`,
        where: [pod],
      });
    }
  }
  return found;
};

const unreachable = (pod: Pod, message: string): CiliumAgent => ({
  pod: pod.name,
  node: pod.node,
  state: 'unreachable',
  message,
  version: undefined,
  kubeProxyReplacement: undefined,
  encryption: undefined,
  tunnel: undefined,
  hubbleFlows: undefined,
  failures: [{ component: 'cilium', message: `the agent does not answer: ${message}`, where: [pod.name] }],
});

/** Asks one agent; never throws for what the agent or the way to it lacks, because the others still have something to say. */
export const askCiliumAgent = async (kubernetes: Kubernetes, pod: Pod, signal: AbortSignal): Promise<CiliumAgent> => {
  let status: RawStatus;
  try {
    const answer = await kubernetes.exec(
      { namespace: pod.namespace, pod: pod.name, container: 'cilium-agent' },
      ['cilium-dbg', 'status', '-o', 'json'],
      signal,
    );
    if (answer.exitCode !== 0)
      return unreachable(pod, firstLine(answer.stderr) || `cilium-dbg status exited with ${answer.exitCode}`);
    status = JSON.parse(answer.stdout) as RawStatus;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Problem) return unreachable(pod, error.message);
    if (error instanceof SyntaxError) return unreachable(pod, 'cilium-dbg status answered no JSON');
    throw error;
  }
  const failures = failuresOf(pod.name, status);
  const fine = status.cilium?.state === 'Ok' && failures.length === 0;
  return {
    pod: pod.name,
    node: pod.node,
    state: fine ? 'ok' : 'degraded',
    message: status.cilium?.msg,
    version: status.cilium?.msg?.split(' ')[0],
    kubeProxyReplacement: status['kube-proxy-replacement']?.mode,
    encryption: status.encryption?.mode,
    tunnel: status.routing?.['tunnel-protocol'],
    hubbleFlows: status.hubble?.observer?.['seen-flows'],
    failures:
      failures.length > 0 || fine
        ? failures
        : [
            {
              component: 'cilium',
              message: `the agent says ${status.cilium?.state ?? 'nothing'} of itself`,
              where: [pod.name],
            },
          ],
  };
};

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
