import xterm from '@xterm/headless';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { liveView, plainView, type ProgressSetting } from '../../src/cli/progress-view.ts';
import type { Page } from '../../src/render/page.ts';
import { story, storyStart } from '../render/story.ts';

const page: Page = { columns: 80, color: false, unicode: false, live: true };

interface Stage {
  readonly setting: ProgressSetting;
  readonly screen: () => Promise<string>;
}

const stage = (patch: Partial<ProgressSetting> = {}): Stage => {
  const terminal = new xterm.Terminal({
    cols: 80,
    rows: 40,
    scrollback: 500,
    allowProposedApi: true,
    convertEol: true,
  });
  const setting: ProgressSetting = {
    page: () => page,
    write: (text) => terminal.write(text),
    clock: { now: () => Date.now(), monotonic: () => 0, sleep: () => Promise.resolve(), after: () => () => {} },
    rows: () => 40,
    logFile: () => undefined,
    suggestions: () => ['aks-ebpf-sentinel status'],
    look: 'aks-ebpf-sentinel status',
    remove: 'aks-ebpf-sentinel down',
    ...patch,
  };
  const screen = async (): Promise<string> => {
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const { active } = terminal.buffer;
    const lines = Array.from(
      { length: active.length },
      (_unused, index) => active.getLine(index)?.translateToString(true) ?? '',
    );
    return lines.join('\n').trimEnd();
  };
  return { setting, screen };
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: storyStart });
});
afterEach(() => {
  vi.useRealTimers();
});

const doneScreen = [
  'Charts are stand-ins of ours.',
  '! The provider lists no tested api-version; its newest is used.',
  '+ Register the resource providers         unchanged',
  '+ Create the resource group               done  3s',
  '+ Create the AKS cluster                  done  8m 30s',
  '+ Create the Log Analytics workspace      done  36s',
  '+ Install Cilium                          done  1m 20s',
  '  5 of 5 ready after 9m 54s',
  '',
  '+ Done in 9m 54s: 5 of 5 steps ready, 4 of them changed something.',
  '  Next:',
  '    aks-ebpf-sentinel status',
].join('\n');

test('the block is repainted in place: at the end it stands there once', async () => {
  const { setting, screen } = stage();
  const view = liveView(setting);
  for (const event of story('done')) {
    view.show(event);
    vi.advanceTimersByTime(250);
  }
  await expect(screen()).resolves.toBe(doneScreen);
});

test('what the terminal itself writes for Ctrl-C does not move the block', async () => {
  const { setting, screen } = stage();
  const view = liveView(setting);
  for (const event of story('done')) {
    view.show(event);
    if (event.type === 'step.started') setting.write('^C');
  }
  await expect(screen()).resolves.toBe(doneScreen);
});

test('while a question stands on the screen nothing is painted over it, and nothing is lost', async () => {
  const { setting, screen } = stage();
  const view = liveView(setting);
  const [first, ...rest] = story('done');
  if (first === undefined) throw new Error('no story');
  view.show(first);
  await view.pausedFor(async () => {
    setting.write('? Go on? ');
    for (const event of rest) view.show(event);
    vi.advanceTimersByTime(1000);
    expect((await screen()).endsWith('? Go on?')).toBe(true);
    setting.write('yes\n');
  });
  const text = await screen();
  expect(text).toContain('? Go on? yes');
  expect(text.endsWith('aks-ebpf-sentinel status')).toBe(true);
});

test('the cursor comes back, however the run ends', () => {
  const written: string[] = [];
  const { setting } = stage({ write: (text) => written.push(text) });
  const view = liveView(setting);
  for (const event of story('running')) view.show(event);
  view.close();
  view.close();
  const all = written.join('');
  expect(all.lastIndexOf('\u001B[?25h')).toBeGreaterThan(all.lastIndexOf('\u001B[?25l'));
});

test('a window that changes its width gets a new block, and no line of the old one is eaten', async () => {
  let columns = 80;
  const { setting, screen } = stage({ page: () => ({ ...page, columns }) });
  const view = liveView(setting);
  const [before, after] = [story('done').slice(0, 6), story('done').slice(6)];
  for (const event of before) view.show(event);
  columns = 60;
  for (const event of after) view.show(event);
  expect((await screen()).startsWith('Charts are stand-ins of ours.')).toBe(true);
});

test('in a pipeline a heartbeat comes once a minute, and stops with the run', () => {
  const lines: string[] = [];
  const { setting } = stage({ write: (text) => lines.push(text) });
  const view = plainView(setting);
  for (const event of story('running')) view.show(event);
  lines.length = 0;
  vi.advanceTimersByTime(3 * 60_000);
  expect(lines.map((line) => line.slice(0, 22))).toEqual([
    '10:01:00 Still working',
    '10:02:00 Still working',
    '10:03:00 Still working',
  ]);
  for (const event of story('done').slice(-4)) view.show(event);
  lines.length = 0;
  vi.advanceTimersByTime(10 * 60_000);
  expect(lines).toEqual([]);
});
