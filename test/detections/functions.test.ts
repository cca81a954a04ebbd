import { describe, expect, it } from 'vitest';
import { queryRunner } from '../../src/detections/evaluate-rule.ts';
import { loadPack } from '../../src/detections/load-pack.ts';
import { loadContainers, loadRecordings } from '../../src/detections/rule-tests.ts';
import { type LogShape, type SampleRow, containerLogRows } from '../../src/detections/samples.ts';
import { packRoot } from './root.ts';

const [pack, recordings, containers] = await Promise.all([
  loadPack(packRoot),
  loadRecordings(packRoot),
  loadContainers(packRoot),
]);
const run = await queryRunner(pack);
const now = '2026-11-23T14:30:00Z';

function rowsOf(scenario: string, shape: LogShape = 'object'): readonly SampleRow[] {
  const recording = recordings.find((each) => each.scenario === scenario);
  if (recording === undefined) throw new Error(`no recording ${scenario}`);
  return containerLogRows(recording.events, containers, shape);
}

const count = (query: string, rows: readonly SampleRow[]): number => run(query, { ContainerLogV2: rows }, now).length;

describe('the parsers', () => {
  it('give the same rows whether a line arrived as an object or as text', () => {
    for (const scenario of ['exec-shell', 'shadow-mmap', 'evasion-quoting', 'event-types', 'benign-dns']) {
      const query = 'TetragonEvents() | project-away IngestTime';
      expect(run(query, { ContainerLogV2: rowsOf(scenario, 'string') }, now)).toEqual(
        run(query, { ContainerLogV2: rowsOf(scenario) }, now),
      );
    }
  });

  it('know every kind of event that Tetragon writes', () => {
    const kinds = run('TetragonEvents() | distinct EventType', { ContainerLogV2: rowsOf('event-types') }, now).map(
      (row) => row['EventType'],
    );
    expect(kinds.map(String).sort()).toEqual([
      'process_exec',
      'process_exit',
      'process_loader',
      'process_throttle',
      'rate_limit_info',
    ]);
  });

  it('give for one kind what they give for all, narrowed', () => {
    const rows = recordings
      .filter(({ kind }) => kind === 'attack')
      .slice(0, 12)
      .flatMap(({ scenario }) => rowsOf(scenario));
    for (const kind of ['process_exec', 'process_exit', 'process_kprobe', 'process_lsm']) {
      const narrowed = count(`TetragonEvents("${kind}")`, rows);
      expect(narrowed).toBeGreaterThan(0);
      expect(count(`TetragonEvents() | where EventType == "${kind}"`, rows)).toBe(narrowed);
    }
  });

  it('believe no event that another pod prints, whatever it calls its container', () => {
    const real = rowsOf('exec-shell');
    expect(count('TetragonEvents()', real)).toBeGreaterThan(0);
    expect(
      count(
        'TetragonEvents()',
        real.map((row) => ({ ...row, PodNamespace: 'pets' })),
      ),
    ).toBe(0);
    expect(
      count(
        'TetragonEvents()',
        real.map((row) => ({ ...row, PodName: 'evil-tetragon-x' })),
      ),
    ).toBe(0);
    expect(
      count(
        'TetragonEvents()',
        real.map((row) => ({ ...row, ContainerName: 'tetragon' })),
      ),
    ).toBe(0);
  });

  it('leave a line that was cut off to those who ask for everything', () => {
    const cut = rowsOf('exec-shell', 'string').map((row) => ({
      ...row,
      LogMessage: String(row['LogMessage']).slice(0, 300),
    }));
    expect(count('TetragonProcesses()', cut)).toBe(0);
    expect(run('TetragonEvents() | distinct EventType', { ContainerLogV2: cut }, now)).toEqual([
      { EventType: 'unparsed' },
    ]);
  });

  it('call a busybox applet by its name', () => {
    const programs = run(
      'TetragonProcesses() | project Binary, Program',
      { ContainerLogV2: rowsOf('evasion-busybox') },
      now,
    );
    expect(programs).toEqual(
      expect.arrayContaining([
        { Binary: '/bin/sh', Program: 'sh' },
        { Binary: '/proc/self/exe', Program: 'cat' },
        { Binary: '/proc/self/exe', Program: 'exe' },
        { Binary: '/tmp/notbb', Program: 'notbb' },
      ]),
    );
  });

  it('leave out what was running before the sensor and what the container runtime does', () => {
    expect(count('TetragonProcesses()', rowsOf('event-types'))).toBe(0);
    const started = run(
      'TetragonProcesses() | distinct Program',
      { ContainerLogV2: rowsOf('benign-container-start') },
      now,
    );
    expect(started.map(({ Program }) => Program)).toEqual(['sh', 'mkdir', 'chown', 'setpriv', 'sleep']);
  });

  it('tell the internet from the platform and from private networks', () => {
    const [row] = rowsOf('internet-shell-connect').filter(({ LogMessage }) =>
      JSON.stringify(LogMessage).includes('tcp_connect'),
    );
    const to = (address: string) => {
      const text = JSON.stringify(row?.['LogMessage']).replaceAll('"daddr":"203.0.113.66"', `"daddr":"${address}"`);
      return run(
        'TetragonConnections() | project ToInternet',
        { ContainerLogV2: [{ ...row, LogMessage: text }] },
        now,
      )[0]?.['ToInternet'];
    };
    for (const address of ['203.0.113.66', '20.50.1.2', '2603:1020::5']) expect(to(address), address).toBe(true);
    for (const address of [
      '10.244.1.2',
      '172.16.9.9',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.169.254',
      '168.63.129.16',
      '100.64.0.9',
      '::1',
      'fe80::1',
      'fd00::1',
    ]) {
      expect(to(address), address).toBe(false);
    }
  });
});
