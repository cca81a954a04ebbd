import type { CiliumStatus } from '../status/cilium.ts';
import type { Finding } from '../status/finding.ts';
import type { NodeStatus } from '../status/nodes.ts';
import type { TetragonStatus } from '../status/tetragon.ts';
import { findingLines, headline } from './findings.ts';
import type { Page } from './page.ts';
import type { PlanState, PlanStep } from './plan.ts';
import { paint, symbolsOf, type Tone } from './style.ts';
import { tableLines } from './table.ts';
import { wrap } from './wrap.ts';

/** What `status -o json` prints. Parts that cannot be asked yet are left out. */
export interface StatusDocument {
  readonly ok: boolean;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly steps: readonly PlanStep[];
  readonly nodes?: readonly NodeStatus[];
  readonly cilium?: CiliumStatus;
  readonly tetragon?: TetragonStatus;
}

const words: Readonly<Record<PlanState, readonly [words: string, tone: Tone]>> = {
  ready: ['ready', 'good'],
  converging: ['under way', 'accent'],
  absent: ['absent', 'bad'],
  drifted: ['differs', 'warn'],
  failed: ['failed', 'bad'],
  blocked: ['waits', 'quiet'],
  unknown: ['unknown', 'bad'],
};

const partLines = (steps: readonly PlanStep[], page: Page): readonly string[] =>
  tableLines(
    [{ heading: 'part', shrinks: true }, { heading: 'state' }],
    steps.map(({ title, state }) => {
      const [text, tone] = words[state];
      return [{ text: title }, { text, tone }];
    }),
    page,
  );

const nodeLines = (nodes: readonly NodeStatus[], page: Page): readonly string[] => [
  '',
  ...tableLines(
    [{ heading: 'node', shrinks: true }, { heading: 'state' }, { heading: 'pool' }, { heading: 'version' }],
    nodes.map(({ name, ready, pool, version }) => [
      { text: name },
      { text: ready ? 'ready' : 'not ready', tone: ready ? 'good' : 'bad' },
      { text: pool ?? '' },
      { text: version ?? '' },
    ]),
    page,
  ),
];

const bulletLines = (name: string, ok: boolean, fact: string, page: Page): readonly string[] => {
  const symbols = symbolsOf(page);
  const mark = paint(page, ok ? 'good' : 'bad', ok ? symbols.done : symbols.failed);
  return wrap(`${name}: ${fact}`, page.columns - 2).map((line, index) => `${index === 0 ? mark : ' '} ${line}`);
};

/** Everything on one screen; `cilium status` and `tetragon status` tell more of theirs. */
export const statusText = (status: StatusDocument, page: Page): string => {
  const { ok, errors, warnings, steps, nodes, cilium, tetragon } = status;
  const ready = steps.filter(({ state }) => state === 'ready').length;
  const loaded = tetragon?.policies.filter(({ enabled, agents }) => agents > 0 && enabled === agents).length;
  return [
    headline('Deployment', ok, ok ? 'well' : `${ready} of ${steps.length} parts are ready`, page),
    '',
    ...partLines(steps, page),
    ...(nodes === undefined || nodes.length === 0 ? [] : nodeLines(nodes, page)),
    ...(cilium === undefined && tetragon === undefined ? [] : ['']),
    ...(cilium === undefined
      ? []
      : [
          ...bulletLines(
            'Cilium',
            cilium.ok,
            `kube-proxy ${cilium.kubeProxyReplaced ? 'replaced' : 'not replaced'}, ${cilium.endpoints.managed} of ${cilium.endpoints.pods} pods managed`,
            page,
          ),
        ]),
    ...(tetragon === undefined
      ? []
      : [
          ...bulletLines(
            'Tetragon',
            tetragon.ok,
            `${tetragon.agents.length} agents, ${String(loaded)} of ${tetragon.policies.length} policies on every node`,
            page,
          ),
        ]),
    ...findingLines('error', errors, page),
    ...findingLines('warning', warnings, page),
  ].join('\n');
};
