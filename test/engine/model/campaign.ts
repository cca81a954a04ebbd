import { openJournal } from '../../../src/engine/journal.ts';
import type { Clock } from '../../../src/engine/clock.ts';
import type { Emit, EventBody } from '../../../src/engine/events.ts';
import type { Journal } from '../../../src/engine/journal.ts';
import { pipeline, type Pipeline } from '../../../src/engine/pipeline.ts';
import { run } from '../../../src/engine/run.ts';
import type { Step } from '../../../src/engine/step.ts';
import { calm, virtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { isHopeless, type Resource, resource, type Seen } from './cloud.ts';
import { lifeOf, mortalClock } from './life.ts';
import { memoryDisk, type Storage, storage } from './memory-disk.ts';
import { modelStep, type Process, type StepSpec } from './model-step.ts';
import { type LifeSpec, type ModelStep, quietLife, type Scenario } from './scenario.ts';
import { witness } from './witness.ts';

/** A lie about a part of the engine, or of what it works with: the property has to notice. */
export interface Lie {
  readonly step?: (step: Step<object, Readonly<Record<string, string>>, string>) => typeof step;
  readonly journal?: (journal: Journal) => Journal;
  readonly clock?: (clock: Clock) => Clock;
  readonly emit?: (emit: Emit) => Emit;
  readonly run?: typeof run;
}

interface World {
  readonly scenario: Scenario;
  readonly lie: Lie;
  readonly clock: VirtualClock;
  readonly specs: readonly (StepSpec & Omit<ModelStep, 'needs'>)[];
  readonly resources: ReadonlyMap<string, Resource>;
  readonly saved: Map<string, string>;
  readonly store: Storage;
  readonly saw: (what: string) => void;
  readonly violated: (what: string) => void;
}

const specsOf = ({ steps }: Scenario): World['specs'] =>
  steps.map((step, index) => ({
    ...step,
    id: `s${index}`,
    needs: step.needs.filter((back) => back <= index).map((back) => `s${index - back}`),
  }));

/** One process: from its start to its end, or to its death. True where it came to an end and everything was done. */
const live = async (world: World, spec: LifeSpec): Promise<void> => {
  const { clock, lie, resources, saved, saw, store, violated } = world;
  if (spec.powerCut) store.powerCut();
  if (spec.journalLost) {
    store.files.clear();
    saved.clear();
  }
  const stop = new AbortController();
  const died = Promise.withResolvers<'died'>();
  const life = lifeOf(
    spec.diesAt,
    [
      { at: spec.stoppedAt ?? 0, what: () => stop.abort(new Error('Ctrl-C')) },
      { at: spec.jumpsAt ?? 0, what: () => clock.jump(spec.jumpMs) },
      { at: spec.dozesAt ?? 0, what: () => clock.doze(spec.dozeMs) },
    ],
    () => died.resolve('died'),
  );
  const own = mortalClock(clock, life);
  const said = new Map<string, Seen>();
  const process: Process = { life, clock: own, resources, said, saved, saw, violated };
  const told = witness({
    ids: world.specs.map(({ id }) => id),
    needs: new Map(world.specs.map(({ id, needs }) => [id, needs])),
    isDone: (id) => resources.get(id)?.truth() === 'ready',
    aborted: () => stop.signal.aborted,
    violated,
  });

  const hears = (event: EventBody): void => {
    if (life.gone()) return;
    saw(event.type === 'step.started' ? `${event.type} ${event.mode}` : event.type);
    if (event.type === 'step.failed') saw(`failed: ${event.problem.code}`);
    if (event.type === 'step.failed' && event.problem.kind === 'bug') violated(event.problem.message);
    if (event.type === 'step.started' && event.mode === 'wait') {
      const token = saved.get(event.step);
      if (token !== undefined && resources.get(event.step)?.running() === token)
        violated(`did not re-attach to ${event.step}, and its token was safe`);
    }
    told.hears(event);
  };

  const ours = async (): Promise<'ended'> => {
    const journal = openJournal('state', memoryDisk(store, life), own);
    let steps: Pipeline<object, object> = pipeline<object>();
    for (const each of world.specs) {
      const step = modelStep(each, process);
      steps = steps.add(each.id, (lie.step?.(step) ?? step) as Step<object, object, string>);
    }
    const result = await (lie.run ?? run)(steps, {
      services: {},
      journal: lie.journal?.(journal) ?? journal,
      clock: lie.clock?.(own) ?? own,
      pace: { pollMs: 5000, random: () => world.scenario.random },
      emit: lie.emit?.(hears) ?? hears,
      signal: stop.signal,
      async consent(id) {
        await own.sleep(3_600_000, stop.signal);
        return world.specs.some((each) => each.id === id && each.consents);
      },
    });
    if (life.gone()) return 'ended';
    told.ends(result);
    for (const { id } of world.specs) {
      const token = resources.get(id)?.running();
      if (result.interrupted && token !== undefined && token === saved.get(id) && !result.detached.includes(id))
        violated(`${id} goes on, and its token was safe, and the run does not say so`);
    }
    journal.close();
    return 'ended';
  };

  const going = ours();
  // A death is told before whatever the dead process throws.
  const ended = await clock.drive(Promise.race([died.promise, going]));
  await calm();
  if (ended === 'ended' && clock.pending() > 0) violated(`${clock.pending()} waits outlive the run`);
  // Whatever is left to happen would happen after the end.
  for (let left = 100; left > 0 && clock.step(); left -= 1) await calm();
  saw(ended === 'died' ? 'a death' : stop.signal.aborted ? 'an interruption' : 'an end');
  clock.forget();
};

/** After troubles that are counted, and the longest of waits: so many more runs have to do. */
const mostRuns = 60;

/** Lives one process after the other, then as many undisturbed ones as it takes. Throws what was violated. */
export const campaign = async (
  scenario: Scenario,
  lie: Lie = {},
  saw: (what: string) => void = () => {},
): Promise<void> => {
  const violations: string[] = [];
  const clock = virtualClock();
  const specs = specsOf(scenario);
  const world: World = {
    scenario,
    lie,
    clock,
    specs,
    resources: new Map(specs.map(({ id, trait }) => [id, resource(id, trait, () => clock.monotonic())])),
    saved: new Map(),
    store: storage(),
    saw,
    violated: (what) => void violations.push(what),
  };
  const judged = (): void => {
    if (violations.length > 0) throw new Error(violations.join('\n'));
  };
  const lived = async (spec: LifeSpec): Promise<void> => {
    clock.doze(spec.afterMs);
    await live(world, spec);
    judged();
  };

  for (const life of scenario.lives) await lived(life);
  const hopeless = specs.some(({ trait, consents }) => isHopeless(trait, consents));
  const isReady = (): boolean => [...world.resources.values()].every(({ truth }) => truth() === 'ready');
  for (let runs = 0; !isReady() && runs < (hopeless ? 2 : mostRuns); runs += 1) await lived(quietLife);
  if (!isReady() && !hopeless) throw new Error(`not everything is ready after ${mostRuns} undisturbed runs`);
  saw(hopeless ? 'what cannot be done' : 'everything ready');
  if (hopeless) return;
  await lived({ ...quietLife, journalLost: true });
};
