import type { PolicyStatus, TetragonStatus } from '../status/tetragon.ts';
import { findingLines, headline, imageLines, workloadLines } from './findings.ts';
import type { Page } from './page.ts';
import type { Tone } from './style.ts';
import { tableLines } from './table.ts';
import { counterLines } from './tetragon-counters.ts';

const policyTone = ({ enabled, agents }: PolicyStatus): Tone => (agents > 0 && enabled === agents ? 'good' : 'bad');

const policyLines = ({ policies }: TetragonStatus, page: Page): readonly string[] =>
  tableLines(
    [
      { heading: 'tracing policy', shrinks: true },
      { heading: 'namespace' },
      { heading: 'loaded' },
      { heading: 'mode' },
    ],
    policies.map((policy) => [
      { text: policy.name },
      { text: policy.namespace ?? '' },
      { text: `${policy.enabled} of ${policy.agents} nodes`, tone: policyTone(policy) },
      { text: policy.mode ?? '' },
    ]),
    page,
  );

const agentLines = ({ agents }: TetragonStatus, page: Page): readonly string[] =>
  tableLines(
    [{ heading: 'node', shrinks: true }, { heading: 'agent' }, { heading: 'export' }],
    agents.map(({ node, pod, unreachable, exporting }) => [
      { text: node ?? pod },
      { text: unreachable === undefined ? 'answers' : 'silent', tone: unreachable === undefined ? 'good' : 'bad' },
      { text: exporting ? 'running' : 'stopped', tone: exporting ? 'good' : 'bad' },
    ]),
    page,
  );

/** Runtime security on one screen: agents, and every policy with the nodes that really hold it. */
export const tetragonStatusText = (status: TetragonStatus, page: Page): string => {
  const { ok, errors, warnings, images } = status;
  return [
    headline('Tetragon', ok, ok ? 'well' : `${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`, page),
    '',
    ...workloadLines(status.workloads, page),
    ...(status.agents.length === 0 ? [] : ['', ...agentLines(status, page)]),
    ...counterLines(status, page),
    '',
    ...(status.policies.length === 0 ? ['No tracing policies.'] : policyLines(status, page)),
    ...findingLines('error', errors, page),
    ...findingLines('warning', warnings, page),
    ...imageLines(images, page),
  ].join('\n');
};
