// `npm run chaos`: the long campaign. CHAOS_SEED repeats one; CHAOS_POINTS and CHAOS_MINUTES bound each variant, CHAOS_VARIANT is a part of
// the name of the only one, CHAOS_CHECKOUT the folder of another checkout whose command line is put to the test.
import { sweep, variants } from './campaign.ts';
import { campaignLine, type Finding } from './counts.ts';
import { commandLine } from './program.ts';
import { killOnce } from './once.ts';
import { twin } from '../naive/naive.ts';
import { runRaces } from '../race/run-races.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const mostPoints = Number(process.env['CHAOS_POINTS'] ?? 1_000_000);
const only = process.env['CHAOS_VARIANT'];
const checkout = process.env['CHAOS_CHECKOUT'];
const minutes = process.env['CHAOS_MINUTES'];
const findings: Finding[] = [];
let points = 0;
for (const variant of variants) {
  if (only !== undefined && !variant.name.includes(only)) continue;
  const started = Date.now();
  const result = await sweep({
    program: commandLine(checkout),
    variant,
    seed,
    lanes: 2,
    mostPoints,
    ...(minutes === undefined ? {} : { until: started + Number(minutes) * 60_000 }),
    say,
    now: Date.now,
  });
  points += result.points;
  findings.push(...result.findings);
  say(
    `${variant.name}: ${result.points} points in ${result.lives} lives, ${result.expected - result.missing.length} of ${result.expected} request phases covered, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  for (const one of result.missing.slice(0, 20)) say(`  not covered: ${one}`);
}
process.stdout.write(`${campaignLine('kill', points, findings, seed)}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

if (only === undefined) {
  // One kill a life, so that each point is judged by itself: a campaign that does not catch the twin would not catch us.
  const [variant] = variants;
  if (variant === undefined) throw new Error('there is no variant');
  const naive = await killOnce({ program: twin, variant, seed, spread: 1, mostPoints });
  process.stdout.write(
    `${campaignLine('naive twin', naive.points, naive.findings, seed)} caught=${naive.caught} of ${naive.points}\n`,
  );
  if (naive.caught <= naive.points / 2) process.exitCode = 1;
  // Two, three and five at once, on machines of their own and in one folder; CHAOS_RACES is how often each.
  const raced = await runRaces({ seed, rounds: Number(process.env['CHAOS_RACES'] ?? 5) }, say);
  process.stdout.write(`${raced.line}\n`);
  if (raced.findings.length > 0) process.exitCode = 1;
}
