import { killPhases } from '../../../src/sandbox/server/kill-point.ts';
import type { KillPhase } from '../../../src/sandbox/server/kill-point.ts';
import type { Command } from './program.ts';

/** At which requests a run was killed already, by command and phase. */
export interface Coverage {
  list(command: Command, phase: KillPhase): readonly string[];
  add(command: Command, phase: KillPhase, signature: string): void;
  /** Signatures of a run that was left alone: what there is to cover. */
  expect(command: Command, signatures: Iterable<string>): void;
  /** Of what there is to cover, what is not, as `phase signature`. */
  missing(command: Command): readonly string[];
  /** How much of it there is, over all phases. */
  expected(command: Command): number;
}

export const createCoverage = (): Coverage => {
  const sets = new Map<string, Set<string>>();
  const known = new Map<Command, Set<string>>();
  const of = (command: Command, phase: KillPhase): Set<string> => {
    const key = `${command} ${phase}`;
    const set = sets.get(key) ?? new Set<string>();
    sets.set(key, set);
    return set;
  };
  return {
    list: (command, phase) => [...of(command, phase)],
    add: (command, phase, signature) => void of(command, phase).add(signature),
    expect: (command, signatures) => void known.set(command, new Set([...(known.get(command) ?? []), ...signatures])),
    missing: (command) =>
      [...(known.get(command) ?? [])].flatMap((signature) =>
        killPhases.filter((phase) => !of(command, phase).has(signature)).map((phase) => `${phase} ${signature}`),
      ),
    expected: (command) => (known.get(command)?.size ?? 0) * killPhases.length,
  };
};
