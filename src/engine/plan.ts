import type { Clock } from './clock.ts';
import type { Pipeline, Node } from './pipeline.ts';
import { type Pace, untilPassed } from './retry.ts';
import type { Observed, StepContext } from './step.ts';

/** What a step would find now. `blocked`: it cannot be looked at before what it needs is there. */
export type Sight =
  | { readonly id: string; readonly seen: Observed<unknown> }
  | { readonly id: string; readonly blockedBy: readonly string[] }
  | { readonly id: string; readonly error: unknown };

export interface LookOptions<Services> {
  readonly services: Services;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  warn(step: string, code: string, message: string): void;
  seen?(sight: Sight): void;
}

export interface Looked {
  readonly sights: readonly Sight[];
  readonly outputs: ReadonlyMap<string, unknown>;
}

/** Looking is cheap to repeat by hand, so it gives up on bad weather sooner than a run does. */
const lookTries = 4;

/** Runs every probe that can run, in parallel where the needs allow, and changes nothing. */
export const look = async <Services, Outputs extends object>(
  steps: Pipeline<Services, Outputs>,
  options: LookOptions<Services>,
): Promise<Looked> => {
  const outputs = new Map<string, unknown>();
  const pending = new Map<string, Promise<Sight>>();

  const sight = async (node: Node<Services>): Promise<Sight> => {
    await Promise.all(node.step.needs.flatMap((need) => pending.get(need) ?? []));
    const blockedBy = node.step.needs.filter((need) => !outputs.has(need));
    if (blockedBy.length > 0) return { id: node.id, blockedBy };
    const context: Services & StepContext<Readonly<Record<string, unknown>>> = {
      ...options.services,
      out: Object.fromEntries(node.step.needs.map((need) => [need, outputs.get(need)])),
      signal: options.signal,
      progress: () => {},
      warn: (code, message) => options.warn(node.id, code, message),
    };
    try {
      const { clock, pace, signal } = options;
      const seen = await untilPassed(() => node.step.probe(context), {
        pace,
        clock,
        signal,
        tries: lookTries,
        progress: () => {},
      });
      if (seen.state === 'ready') outputs.set(node.id, seen.out);
      return { id: node.id, seen };
    } catch (error) {
      options.signal.throwIfAborted();
      return { id: node.id, error };
    }
  };

  for (const node of steps.nodes) {
    pending.set(
      node.id,
      sight(node).then((found) => {
        options.seen?.(found);
        return found;
      }),
    );
  }
  return { sights: await Promise.all(pending.values()), outputs };
};
