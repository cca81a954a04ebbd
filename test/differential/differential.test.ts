import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipped } from '../support/skipped.ts';
import { tools } from '../support/tools.ts';
import type { Script } from './call.ts';
import { accepted } from './accepted.ts';
import { loadScripts, runScript, type Compared } from './run.ts';
import { realSide, sandboxSide, whyNot, type Side } from './sides.ts';
import { openSide } from './world.ts';

const why = await whyNot();
if (why !== undefined) skipped('go', why);

const dir = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-differential-'));
const open: Side[] = [];
const results: Compared[] = [];
/** For whoever works on one theme: only scripts of these names, and then no totals. */
const only = (process.env['DIFFERENTIAL_ONLY'] ?? '').split(',').filter((name) => name !== '');

const started = async (name: string, start: (dir: string) => Promise<Side>): Promise<Side> => {
  const place = join(dir, name);
  mkdirSync(place, { mode: 0o700 });
  const side = await start(place);
  open.push(side);
  return side;
};

describe.skipIf(why !== undefined)('the same calls on a real control plane and on the sandbox', () => {
  beforeAll(async () => {
    const found = await tools();
    const real = openSide(await started('real', realSide), found);
    const sandbox = openSide(await started('sandbox', sandboxSide), found);
    const prefix = `d${randomInt(36 ** 4, 36 ** 5).toString(36)}`;
    const lane = async (scripts: readonly Script[]): Promise<void> => {
      for (const script of scripts) {
        if (only.length > 0 && !only.includes(script.name)) continue;
        results.push(
          ...(await runScript(script, real.forScript(prefix, script.name), sandbox.forScript(prefix, script.name))),
        );
      }
    };
    const lanes = await loadScripts();
    const unknown = only.filter((name) => !lanes.flat().some((script) => script.name === name));
    if (unknown.length > 0) throw new Error(`DIFFERENTIAL_ONLY names no script: ${unknown.join(', ')}`);
    await Promise.all(lanes.map(lane));
    real.close();
    sandbox.close();
    const equal = results.filter(({ differences }) => differences.length === 0).length;
    process.stdout.write(`calls=${results.length} equal=${equal} accepted=${accepted.length}\n`);
  }, 600_000);
  afterAll(async () => {
    for (const side of open.toReversed()) await side.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const isAccepted = (name: string): boolean => accepted.some(({ call }) => call === name);
  const different = (): readonly Compared[] => results.filter(({ differences }) => differences.length > 0);

  test('differ in nothing but what the accepted list names', () => {
    const surprising = different()
      .filter(({ name }) => !isAccepted(name))
      .map(
        ({ name, differences }) =>
          `${name}\n${differences
            .slice(0, 20)
            .map((line) => `    ${line}\n`)
            .join('')}`,
      );
    expect(surprising.join('\n')).toBe('');
  });

  test('have no name twice, so that the accepted list means one call', () => {
    const names = results.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test.skipIf(only.length > 0)('leave nothing in the accepted list that is equal by now, or that nobody asks', () => {
    const wrong = accepted.filter(({ call }) => !different().some(({ name }) => name === call));
    expect(wrong.map(({ call }) => call)).toEqual([]);
  });

  test('differ in nothing that the product does', () => {
    const used = different().filter(({ product }) => product);
    expect(used.map(({ name }) => name)).toEqual([]);
  });

  test.skipIf(only.length > 0)('are 300 at least, and 97 of 100 are equal', () => {
    const equal = results.length - different().length;
    expect(results.length).toBeGreaterThanOrEqual(300);
    expect(equal / results.length).toBeGreaterThanOrEqual(0.97);
  });
});
