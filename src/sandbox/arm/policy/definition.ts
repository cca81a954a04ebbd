import { isObject, objectAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { resolveExpression } from './expression.ts';

export interface PolicyDefinition {
  readonly name: string;
  /** `/providers/Microsoft.Authorization/policyDefinitions/…`, of a custom one below its subscription. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly policyType: 'BuiltIn' | 'Custom';
  /** `All` judges every resource, `Indexed` only those that carry tags and a location. */
  readonly mode: 'All' | 'Indexed';
  readonly version: string;
  readonly parameters: JsonObject;
  /** `if` of the rule, and the effect of its `then`: an expression, or a name. */
  readonly condition: unknown;
  readonly effect: string;
}

export interface PolicyAssignment {
  readonly name: string;
  readonly scope: string;
  readonly displayName: string | undefined;
  readonly definitionId: string;
  /** `{"name": {"value": …}}`. */
  readonly parameters: JsonObject;
  readonly notScopes: readonly string[];
  readonly enforced: boolean;
  readonly message: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Values of a definition's parameters: the assignment's, else the defaults. */
export const parameterValues = ({ parameters }: PolicyDefinition, given: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, declared]) => {
      const own = objectAt(given, name);
      return [name, 'value' in own ? own['value'] : isObject(declared) ? declared['defaultValue'] : undefined];
    }),
  );

export const effectOf = ({ effect }: PolicyDefinition, parameters: JsonObject): string => {
  const resolved = resolveExpression(effect, parameters);
  return typeof resolved === 'string' ? resolved.toLowerCase() : '';
};
