import type { Step } from '../engine/step.ts';
import type { Outputs } from './outputs.ts';
import type { Services } from './services.ts';

type Spec<Needs extends readonly (keyof Outputs)[], Out> = Omit<
  Step<Services, Pick<Outputs, Needs[number]>, Out>,
  'needs'
> & {
  readonly needs: Needs;
};

/** Writes a step down; `out` holds exactly the outputs that `needs` names. */
export const step = <const Needs extends readonly (keyof Outputs)[], Out>(
  spec: Spec<Needs, Out>,
): Step<Services, Pick<Outputs, Needs[number]>, Out> => spec;
