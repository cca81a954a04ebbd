import type { Step } from './step.ts';

/** A step as the engine runs it: types were checked where it was added, so its needs and outputs are opaque from here on. */
export interface Node<Services> {
  readonly id: string;
  readonly step: Step<Services, Readonly<Record<string, unknown>>, unknown>;
}

/**
 * Steps in run order. A step can only need steps that were added before it, so a cycle or an undeclared need does not compile,
 * and its `out` holds what those steps really return.
 */
export interface Pipeline<Services, Outputs extends object> {
  readonly nodes: readonly Node<Services>[];
  add<Id extends string, Needed extends object, Out>(
    id: Id & (Id extends keyof Outputs ? never : Id),
    step: Step<Services, Needed, Out> & (Outputs extends Needed ? unknown : never),
  ): Pipeline<Services, Outputs & Readonly<Record<Id, Out>>>;
}

const withNodes = <Services, Outputs extends object>(
  nodes: readonly Node<Services>[],
): Pipeline<Services, Outputs> => ({
  nodes,
  add: (id, step) => withNodes([...nodes, { id, step: step as unknown as Node<Services>['step'] }]),
});

export const pipeline = <Services>(): Pipeline<Services, object> => withNodes([]);
