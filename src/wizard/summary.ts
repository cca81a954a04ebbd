import type { Config } from '../config/config.ts';
import type { Page } from '../render/page.ts';
import { paint } from '../render/style.ts';
import { wrap } from '../render/wrap.ts';

/** What the answers amount to, before anything is made. */
export const planSummary = (config: Config, page: Page): string => {
  const { cluster, workspace, cilium, tetragon, enforcement } = config;
  const pool = ({ count, vmSize }: { count: number; vmSize: string }): string => `${count} × ${vmSize}`;
  const times = page.unicode ? '×' : 'x';
  const rows: readonly (readonly [string, string])[] = [
    ['Where', `${config.location}, resource group ${config.resourceGroup}`],
    ['Cluster', `${cluster.name} (${cluster.tier} tier), pods ${cluster.podCidr}, services ${cluster.serviceCidr}`],
    [
      'Nodes',
      `${pool(cluster.systemPool)} for the system, ${pool(cluster.workloadPool)} for workloads`.replaceAll('×', times),
    ],
    ['Security', `Cilium ${cilium.version} instead of kube-proxy, Tetragon ${tetragon.version}`],
    [
      'Logs',
      `${workspace.id === undefined ? `new workspace ${workspace.name}` : `existing workspace ${workspace.name}`}, kept ${workspace.retentionDays} days`,
    ],
    ['Detections', config.detections.enabled ? 'deployed to Microsoft Sentinel' : 'not deployed'],
    [
      'Enforcement',
      enforcement.namespace === undefined
        ? 'none, writes are only reported'
        : `kills in namespace ${enforcement.namespace}`,
    ],
    ...(config.demo.enabled ? ([['Demo', 'the AKS store application']] as const) : []),
    ['Time', '10 to 30 minutes on Azure; it can be stopped and continued at any instant'],
    ['Cost', 'nodes, log volume and Sentinel cost money on Azure for as long as they exist; `down` removes them'],
  ];
  const indent = 15;
  return rows
    .flatMap(([name, text]) =>
      wrap(text, page.columns - indent).map((line, index) => {
        const label = index === 0 ? name : '';
        return `  ${paint(page, 'quiet', label.padEnd(indent - 2))}${line}`;
      }),
    )
    .join('\n');
};
