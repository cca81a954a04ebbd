import { expect, test } from 'vitest';
import { eventStream, type EventBody, type RunEvent } from '../../src/engine/events.ts';
import { cancelledText } from '../../src/render/cancelled.ts';
import type { Page } from '../../src/render/page.ts';
import { plainLine } from '../../src/render/plain.ts';
import { emptyRun, reduceRun } from '../../src/render/run-view.ts';
import { stepsBlock } from '../../src/render/steps-block.ts';
import { summaryText } from '../../src/render/summary.ts';
import { story, storyStart } from './story.ts';

const page: Page = { columns: 80, color: false, unicode: true, live: false };
const narrow: Page = { ...page, columns: 40, unicode: false };
const place = { logFile: undefined, suggestions: ['aks-ebpf-sentinel init'], look: 'look', remove: 'remove' };

const [began] = story('running');
const steps = began?.type === 'run.started' ? began.steps : [];

const told = (bodies: readonly EventBody[]): readonly RunEvent[] => {
  const events: RunEvent[] = [];
  const emit = eventStream([(event) => events.push(event)], () => new Date(storyStart));
  for (const body of bodies) emit(body);
  return events;
};

const watching = (...bodies: readonly EventBody[]) => {
  const events = told([{ type: 'run.started', command: 'status', tool: '1.0.0', steps, notes: [] }, ...bodies]);
  const view = events.reduce(reduceRun, emptyRun);
  return { view, lines: events.flatMap((event) => plainLine(view, event) ?? []) };
};

const seen: readonly EventBody[] = [
  { type: 'step.probed', step: 'providers', state: 'ready' },
  { type: 'step.probed', step: 'cluster', state: 'converging', detail: 'the cluster is Creating' },
  { type: 'step.probed', step: 'workspace', state: 'drifted', detail: 'kept for 30 days, not 90' },
];

test('a watcher gets a line for each change, in words of looking and not of doing', () => {
  expect(watching(...seen).lines).toEqual([
    '10:00:00 Register the resource providers: ready',
    '10:00:00 Create the AKS cluster: under way, the cluster is Creating',
    '10:00:00 Create the Log Analytics workspace: differs, kept for 30 days, not 90',
  ]);
});

test('the picture of a watcher promises no time that it cannot know', () => {
  expect(stepsBlock(watching(...seen).view, storyStart, '*', { ...page, live: true }, 24)).toEqual([
    '✓ Register the resource providers         ready',
    '· Create the resource group               not there yet',
    '* Create the AKS cluster                  under way',
    '    the cluster is Creating',
    '✗ Create the Log Analytics workspace      not as asked',
    '    kept for 30 days, not 90',
    '· Install Cilium                          not there yet',
    '  1 of 5 ready after 0s',
  ]);
});

test('a part that comes back from nothing is drawn as it is now', () => {
  const back: EventBody = { type: 'step.probed', step: 'workspace', state: 'absent' };
  expect(stepsBlock(watching(...seen, back).view, storyStart, '*', page, 24)).toContain(
    '· Create the Log Analytics workspace      not there yet',
  );
});

const end = (outcome: 'done' | 'failed' | 'interrupted', ready: number): EventBody => ({
  type: 'run.ended',
  outcome,
  exitCode: 0,
  ms: 61_000,
  ready,
  total: 5,
  detached: [],
});

test.each([
  ['done', 5, '✓ All 5 parts are ready, seen after 1m 1s.'],
  ['failed', 3, '✗ 3 of 5 parts are ready after 1m 1s. Nothing was changed.'],
  ['interrupted', 3, '! No longer watching, 3 of 5 parts are ready. Nothing was changed, and what is'],
] as const)('watching that ends %s claims to have made, kept and removed nothing', (outcome, ready, words) => {
  const text = summaryText(watching(...seen, end(outcome, ready)).view, place, page);
  expect(text).toContain(words);
  expect(text).not.toMatch(/init|look|remove/u);
});

const document = {
  ok: true,
  cancelled: true,
  message: 'Cancelled: AKS cluster aks-lab is Canceled.',
  run: { pid: 17, host: 'here', startedAt: '2026-11-23T10:00:00.000Z', stopped: true },
  remains: [
    'Log Analytics workspace log-lab (its data stays for 14 days)',
    'AKS cluster aks-lab with everything in it',
  ],
  billed: ['2 nodes Standard_D4s_v5 (pool system), with their disks'],
  next: 'aks-ebpf-sentinel init',
  remove: 'aks-ebpf-sentinel down',
};

test('cancel says what became of it, what remains, what is billed, and one command for each way on', () => {
  expect(cancelledText(document, page)).toBe(
    [
      '✓ Cancelled: AKS cluster aks-lab is Canceled.',
      '  The run of process 17, since 2026-11-23T10:00:00.000Z, has ended.',
      '  What remains, and `down` removes:',
      '    – Log Analytics workspace log-lab (its data stays for 14 days)',
      '    – AKS cluster aks-lab with everything in it',
      '  Azure bills, until it is removed:',
      '    – 2 nodes Standard_D4s_v5 (pool system), with their disks',
      '  Go on with:  aks-ebpf-sentinel init',
      '  Remove it with:  aks-ebpf-sentinel down',
    ].join('\n'),
  );
});

test('at 40 columns and in ASCII nothing is lost, and no sentence is wider', () => {
  const text = cancelledText(document, narrow);
  expect(text).toMatch(/^[\n -~]*$/u);
  const sentences = text.split('\n').filter((line) => !line.includes('aks-ebpf-sentinel'));
  expect(sentences.filter((line) => line.length > 40)).toEqual([]);
});

test('a run on another machine is named, with what it may do', () => {
  const elsewhere = { ...document, ok: false, run: { ...document.run, host: 'build-7', stopped: false } };
  expect(cancelledText(elsewhere, page).replaceAll(/\s+/gu, ' ')).toContain(
    'The run of process 17 on build-7, since 2026-11-23T10:00:00.000Z, goes on: stop it there',
  );
});
