import { stripVTControlCharacters as withoutColor } from 'node:util';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/engine/events.ts';
import type { Page } from '../../src/render/page.ts';
import { heartbeat, plainLine } from '../../src/render/plain.ts';
import { emptyRun, reduceRun, type RunView } from '../../src/render/run-view.ts';
import { stepsBlock } from '../../src/render/steps-block.ts';
import { summaryText } from '../../src/render/summary.ts';
import { story, storyStart } from './story.ts';

const view = (events: readonly RunEvent[]): RunView => events.reduce(reduceRun, emptyRun);

const pages: readonly (readonly [name: string, page: Page])[] = [
  ['80-color', { columns: 80, color: true, unicode: true, live: true }],
  ['80-plain', { columns: 80, color: false, unicode: true, live: true }],
  ['40-color', { columns: 40, color: true, unicode: true, live: true }],
  ['40-plain', { columns: 40, color: false, unicode: true, live: true }],
  ['80-ascii', { columns: 80, color: false, unicode: false, live: true }],
];

const place = {
  logFile: '.aks-ebpf-sentinel/logs/2026-11-23T10-00-00-1.log',
  suggestions: [
    'aks-ebpf-sentinel status',
    'aks-ebpf-sentinel tetragon status',
    'aks-ebpf-sentinel kubeconfig',
    'a fourth',
  ],
  look: 'aks-ebpf-sentinel status',
  remove: 'aks-ebpf-sentinel down',
};

const screenOf = (ending: Parameters<typeof story>[0], page: Page, rows = 24): string => {
  const seen = view(story(ending));
  const now = storyStart + 130_000;
  const block = stepsBlock(seen, now, page.unicode ? '⠋' : '|', page, rows).join('\n');
  return `${block}\n\n${summaryText(seen, place, page)}\n`;
};

for (const ending of ['running', 'done', 'failed', 'detached'] as const) {
  test.each(pages)(`a run that is ${ending} at %s`, async (name, page) => {
    await expect(screenOf(ending, page)).toMatchFileSnapshot(`../goldens/run-${ending}-${name}.txt`);
  });

  test.each(pages)(`no line of a run that is ${ending} is wider than the page at %s`, (_name, page) => {
    const lines = withoutColor(screenOf(ending, page)).split('\n');
    // Commands, links and paths stay whole, so that they can be copied.
    const words = lines.filter((line) => !/https:|aks-ebpf-sentinel/u.test(line));
    expect(words.filter((line) => line.length > page.columns)).toEqual([]);
  });

  test(`colour adds nothing that the words of a run that is ${ending} do not say`, () => {
    const [color, plain] = [pages[0]?.[1], pages[1]?.[1]];
    if (color === undefined || plain === undefined) throw new Error('no page');
    expect(withoutColor(screenOf(ending, color))).toBe(screenOf(ending, plain));
  });
}

test('without Unicode only ASCII is written', () => {
  const ascii: Page = { columns: 80, color: false, unicode: false, live: true };
  for (const ending of ['running', 'done', 'failed', 'detached'] as const) {
    expect(screenOf(ending, ascii)).toMatch(/^[\n -~]*$/u);
  }
});

test('the block never outgrows the screen: what needs no eye on it folds', () => {
  const page: Page = { columns: 80, color: false, unicode: true, live: true };
  const block = stepsBlock(view(story('running')), storyStart + 130_000, '⠋', page, 6);
  expect(block).toEqual([
    '✓ 3 steps done',
    '⠋ Create the AKS cluster                  continued  2m 6s of about 8m 30s',
    '    AKS says Creating: control plane',
    '· 1 step waiting',
    '  3 of 5 ready after 2m 10s',
  ]);
});

test('a screen that is wide enough shows the longest title whole, and the states stay in line', () => {
  const page: Page = { columns: 200, color: false, unicode: true, live: true };
  const seen = view(story('done'));
  const long = `Remove AKS cluster ${'a'.repeat(60)}`;
  const steps = seen.steps.map((step, index) => (index === 0 ? { ...step, title: long } : step));
  const lines = stepsBlock({ ...seen, steps }, storyStart, '⠋', page, 24);
  expect(lines[0]).toContain(`${long}  `);
  const at = lines.slice(0, steps.length).map((line) => /(?:done|unchanged) /u.exec(`${line} `)?.index);
  expect(new Set(at)).toEqual(new Set([2 + long.length + 2]));
});

test('a pipeline gets one line a change of state', () => {
  let seen = emptyRun;
  const lines = story('done').flatMap((event) => {
    seen = reduceRun(seen, event);
    return plainLine(seen, event) ?? [];
  });
  expect(lines).toEqual([
    '10:00:00 Register the resource providers: unchanged',
    '10:00:01 Create the resource group: started; takes about 6s',
    '10:00:04 Create the resource group: done in 3s',
    '10:00:04 Create the AKS cluster: continued, the operation of an earlier run still goes on; takes about 8m 30s',
    '10:00:04 Create the Log Analytics workspace: started; takes about 30s',
    '10:00:05 Warning: The provider lists no tested api-version; its newest is used.',
    '10:00:40 Create the Log Analytics workspace: done in 36s',
    '10:08:34 Create the AKS cluster: done in 8m 30s',
    '10:08:34 Install Cilium: started; takes about 1m 30s',
    '10:09:54 Install Cilium: done in 1m 20s',
  ]);
});

test('a heartbeat says what runs, for how long, and what Azure said last; nothing when nothing runs', () => {
  expect(heartbeat(view(story('running')), storyStart + 124_000)).toBe(
    '10:02:04 Still working: Create the AKS cluster (2m of about 8m 30s, AKS says Creating: control plane)',
  );
  expect(heartbeat(view(story('done')), storyStart)).toBeUndefined();
});

test('the error of a run names what, what to do, the correlation id, the log, what is kept, and the one command', () => {
  const page: Page = { columns: 80, color: false, unicode: true, live: false };
  expect(summaryText(view(story('failed')), place, page)).toBe(
    [
      '✗ Create the AKS cluster  failed after 41s',
      '  The subscription has 4 of 10 vCPUs left for family standardDSv5Family in',
      '  westeurope; this plan needs 16.',
      '  Do: Choose a smaller size with --node-size, or another region.',
      '  See: https://learn.microsoft.com/azure/quotas/per-vm-quota-requests',
      '  code QuotaExceeded · correlation 6f1c2d3e-0000-4000-8000-000000000001',
      '  log .aks-ebpf-sentinel/logs/2026-11-23T10-00-00-1.log',
      '  3 of 5 steps are done and kept.',
      '  Continue with:  aks-ebpf-sentinel init --config prod.yaml',
    ].join('\n'),
  );
});

test('never more than three next steps', () => {
  const page: Page = { columns: 80, color: false, unicode: true, live: false };
  expect(summaryText(view(story('done')), place, page)).not.toContain('a fourth');
});

test('a run that removed says removed, and tells no times of making', () => {
  const page: Page = { columns: 80, color: false, unicode: true, live: false };
  const removal = story('done').map((event): RunEvent =>
    event.type === 'run.started' ? { ...event, command: 'down' } : event,
  );
  expect(summaryText(view(removal), { ...place, suggestions: [] }, page)).toBe('✓ Done in 9m 54s: 5 of 5 removed.');
  const lines = removal.flatMap((event) => plainLine(view(removal), event) ?? []);
  expect(lines).toContain('10:00:01 Create the resource group: started');
  expect(stepsBlock(view(removal), storyStart, '⠋', page, 24).at(-1)).toBe('  5 of 5 removed after 9m 54s');
});

/** Nothing goes on: there is nothing to watch and nothing to cancel. */
const withoutCommands = ({
  watch: _watch,
  cancel: _cancel,
  billed: _billed,
  ...event
}: RunEvent & { type: 'run.ended' }) => ({
  ...event,
  outcome: 'interrupted' as const,
  exitCode: 130,
  detached: [],
});

test('an interrupted run says what stays and costs money, how to look, to go on, and to remove', () => {
  const page: Page = { columns: 80, color: false, unicode: true, live: false };
  const stopped = story('detached').map((event): RunEvent =>
    event.type === 'run.ended' ? withoutCommands(event) : event,
  );
  expect(summaryText(view(stopped), place, page)).toBe(
    [
      '! Interrupted. No operation goes on in Azure. What is made stays, and costs',
      '  money until it is removed.',
      '  3 of 5 steps are done and kept.',
      '  See it with:  aks-ebpf-sentinel status',
      '  Continue with:  aks-ebpf-sentinel init',
      '  Remove it with:  aks-ebpf-sentinel down',
    ].join('\n'),
  );
});

test('what a step says of itself does not name it twice', () => {
  const page: Page = { columns: 80, color: false, unicode: true, live: false };
  const late = story('failed').map((event): RunEvent =>
    event.type === 'step.failed'
      ? {
          ...event,
          problem: {
            kind: 'timeout',
            code: 'step-timeout',
            message: 'Create the AKS cluster: not finished within 40m',
          },
        }
      : event,
  );
  expect(summaryText(view(late), place, page).split('\n').slice(0, 2)).toEqual([
    '✗ Create the AKS cluster  failed after 41s',
    '  Not finished within 40m',
  ]);
});
