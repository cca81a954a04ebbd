import { eventStream, type EventBody, type PlannedStep, type RunEvent } from '../../src/engine/events.ts';

const minute = 60_000;

const step = (id: string, title: string, needs: readonly string[], p50Minutes: number): PlannedStep => ({
  id,
  title,
  needs,
  expected: { p50Ms: p50Minutes * minute, p90Ms: 2 * p50Minutes * minute },
});

const steps = [
  step('providers', 'Register the resource providers', [], 0.5),
  step('resource-group', 'Create the resource group', ['providers'], 0.1),
  step('cluster', 'Create the AKS cluster', ['resource-group'], 8.5),
  step('workspace', 'Create the Log Analytics workspace', ['resource-group'], 0.5),
  step('cilium', 'Install Cilium', ['cluster'], 1.5),
];

type Timed = readonly [seconds: number, body: EventBody];

const beginning: readonly Timed[] = [
  [0, { type: 'run.started', command: 'init', tool: '0.1.0', steps, notes: ['Charts are stand-ins of ours.'] }],
  [0, { type: 'step.probed', step: 'providers', state: 'ready' }],
  [0, { type: 'step.done', step: 'providers', ms: 400, changed: false }],
  [1, { type: 'step.started', step: 'resource-group', mode: 'apply' }],
  [4, { type: 'step.done', step: 'resource-group', ms: 3000, changed: true }],
  [4, { type: 'step.started', step: 'cluster', mode: 'reattach' }],
  [4, { type: 'step.started', step: 'workspace', mode: 'apply' }],
  [
    5,
    {
      type: 'warning',
      code: 'api-version',
      message: 'The provider lists no tested api-version; its newest is used.',
      step: 'cluster',
    },
  ],
  [34, { type: 'step.progress', step: 'cluster', detail: 'AKS says Creating: control plane' }],
  [40, { type: 'step.done', step: 'workspace', ms: 36_000, changed: true }],
];

const endings: Readonly<Record<'running' | 'failed' | 'done' | 'detached', readonly Timed[]>> = {
  running: [],
  failed: [
    [
      45,
      {
        type: 'step.failed',
        step: 'cluster',
        ms: 41_000,
        problem: {
          kind: 'preflight',
          code: 'QuotaExceeded',
          message:
            'The subscription has 4 of 10 vCPUs left for family standardDSv5Family in westeurope; this plan needs 16.',
          hint: 'Choose a smaller size with --node-size, or another region.',
          link: 'https://learn.microsoft.com/azure/quotas/per-vm-quota-requests',
          correlationId: '6f1c2d3e-0000-4000-8000-000000000001',
        },
      },
    ],
    [45, { type: 'step.skipped', step: 'cilium', because: 'it needs cluster' }],
    [
      45,
      {
        type: 'run.ended',
        outcome: 'failed',
        exitCode: 1,
        ms: 45_000,
        ready: 3,
        total: 5,
        detached: [],
        next: 'aks-ebpf-sentinel init --config prod.yaml',
      },
    ],
  ],
  done: [
    [514, { type: 'step.done', step: 'cluster', ms: 510_000, changed: true }],
    [514, { type: 'step.started', step: 'cilium', mode: 'apply' }],
    [594, { type: 'step.done', step: 'cilium', ms: 80_000, changed: true }],
    [594, { type: 'run.ended', outcome: 'done', exitCode: 0, ms: 594_000, ready: 5, total: 5, detached: [] }],
  ],
  detached: [
    [50, { type: 'run.leaving', because: 'SIGTERM', message: 'Told to end by SIGTERM: this run ends.' }],
    [50, { type: 'step.skipped', step: 'cluster', because: 'interrupted; it goes on in the cloud' }],
    [
      50,
      {
        type: 'run.ended',
        outcome: 'detached',
        exitCode: 5,
        ms: 50_000,
        ready: 3,
        total: 5,
        detached: ['cluster'],
        next: 'aks-ebpf-sentinel init',
        billed: [
          '2 nodes Standard_D4s_v5 (pool system), with their disks, as far as they are made',
          'what arrives in workspace log-lab, by the GB: Log Analytics and Microsoft Sentinel',
        ],
        watch: 'aks-ebpf-sentinel status --watch',
        cancel: 'aks-ebpf-sentinel cancel',
        remove: 'aks-ebpf-sentinel down',
      },
    ],
  ],
};

export const storyStart = Date.parse('2026-11-23T10:00:00.000Z');

/** The events of one run, with the times that it told. */
export const story = (ending: keyof typeof endings): readonly RunEvent[] => {
  const told: RunEvent[] = [];
  let seconds = 0;
  const emit = eventStream([(event) => told.push(event)], () => new Date(storyStart + seconds * 1000));
  for (const [at, body] of [...beginning, ...endings[ending]]) {
    seconds = at;
    emit(body);
  }
  return told;
};
