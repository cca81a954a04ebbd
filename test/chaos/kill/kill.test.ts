import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sweep, variants } from './campaign.ts';
import { campaignLine } from './counts.ts';
import { killOnce } from './once.ts';
import { commandLine } from './program.ts';
import { twin } from '../naive/naive.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(1_000_000));
const [powerLoss] = variants;
if (powerLoss === undefined) throw new Error('there is no variant');

describe('killed by the sandbox at requests all over its runs, and gone on with until it is through', () => {
  test.each(variants)('the command line loses nothing and does nothing twice: $name', async (variant) => {
    const { points, findings } = await sweep({
      program: commandLine(),
      variant,
      seed,
      spread: 60,
      lanes: 2,
      mostPoints: 10,
      say: () => undefined,
      now: Date.now,
    });
    process.stdout.write(`${campaignLine(`kill (${variant.name})`, points, findings, seed)}\n`);
    expect(findings).toEqual([]);
    expect(points).toBeGreaterThanOrEqual(10);
  });

  test('the naive twin does well as long as nobody kills it', async () => {
    const { points, findings } = await killOnce({
      program: twin,
      variant: powerLoss,
      seed,
      spread: 1,
      mostPoints: 0,
    });
    expect({ points, findings }).toEqual({ points: 0, findings: [] });
  });

  test('the naive twin is caught', async () => {
    const { caught, points, findings } = await killOnce({
      program: twin,
      variant: powerLoss,
      seed,
      spread: 20,
      mostPoints: 12,
    });
    process.stdout.write(`${campaignLine('naive twin', points, findings, seed)} caught=${caught}\n`);
    // Of all of its points it is most (`npm run chaos`); of twelve by chance it may be fewer.
    expect({ points, caught }).toEqual({ points: 12, caught: expect.toSatisfy((count: number) => count >= 3) });
  });
});
