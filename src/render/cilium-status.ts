import type { CiliumStatus } from '../status/cilium.ts';
import { factLines, findingLines, headline, imageLines, workloadLines } from './findings.ts';
import type { Page } from './page.ts';
import { tableLines } from './table.ts';

const agentLines = ({ agents }: CiliumStatus, page: Page): readonly string[] =>
  tableLines(
    [
      { heading: 'node', shrinks: true },
      { heading: 'agent' },
      { heading: 'kube-proxy replaced' },
      { heading: 'version' },
    ],
    agents.map(({ node, pod, state, kubeProxyReplacement, version }) => [
      { text: node ?? pod },
      { text: state, tone: state === 'ok' ? 'good' : 'bad' },
      { text: kubeProxyReplacement ?? 'unknown', tone: kubeProxyReplacement === 'True' ? 'good' : 'bad' },
      { text: version ?? '' },
    ]),
    page,
  );

/** The dataplane on one screen: workloads, agents, what is wrong. */
export const ciliumStatusText = (status: CiliumStatus, page: Page): string => {
  const { ok, errors, warnings, version, kubeProxyReplaced, kubeProxyPresent, endpoints, images } = status;
  const proxy = kubeProxyPresent ? 'still runs beside it' : 'is gone';
  return [
    headline('Cilium', ok, ok ? 'well' : `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`, page),
    ...factLines(`version ${version ?? 'unknown'}`, page),
    ...factLines(
      `kube-proxy ${kubeProxyReplaced ? 'is replaced on every node' : `is not replaced everywhere, and ${proxy}`}`,
      page,
    ),
    ...factLines(`${endpoints.managed} of ${endpoints.pods} pods are managed`, page),
    '',
    ...workloadLines(status.workloads, page),
    ...(status.agents.length === 0 ? [] : ['', ...agentLines(status, page)]),
    ...findingLines('error', errors, page),
    ...findingLines('warning', warnings, page),
    ...imageLines(images, page),
  ].join('\n');
};
