import { arrayAt, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { ArmError } from '../errors.ts';
import { page } from '../paging.ts';
import { judge } from './condition.ts';
import { effectOf } from './definition.ts';
import type { PolicyDefinition } from './definition.ts';
import { UnknownExpression } from './expression.ts';

const namespace = 'Microsoft.Authorization';
const own = { namespace, type: 'policyDefinitions' } as const;
const inSubscription = `/subscriptions/{subscription}/providers/${namespace}/policyDefinitions`;
const inTenant = `/providers/${namespace}/policyDefinitions`;
/** Those that only watch are taken, and nothing comes of them here. */
const effects = ['deny', 'audit', 'auditifnotexists', 'disabled'];

const view = ({ id, name, condition, effect, ...properties }: PolicyDefinition): JsonObject => ({
  properties: {
    ...properties,
    metadata: {},
    // `then` as a member written down would make this a promise in the eyes of some.
    policyRule: Object.fromEntries([['if', condition] as const, ['then', { effect }] as const]),
    versions: [properties.version],
  },
  id,
  type: `${namespace}/policyDefinitions`,
  name,
});

const idOf = (call: ArmCall, arm: Arm): string =>
  call.params['subscription'] === undefined
    ? `${inTenant}/${call.param('name')}`
    : `/subscriptions/${arm.identity.subscriptionId}/providers/${namespace}/policyDefinitions/${call.param('name')}`;

const get = (call: ArmCall, arm: Arm): HttpReply => {
  const found = arm.policies.definition(idOf(call, arm));
  if (found !== undefined) return json(200, view(found));
  throw new ArmError(
    404,
    'PolicyDefinitionNotFound',
    `The policy definition '${call.param('name')}' could not be found.`,
  );
};

/** Defaults, or something of the right type: enough to find out whether a rule can be judged at all. */
const examples = (parameters: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, declared]) => [
      name,
      at(declared) ??
        (textAt(declared, 'type')?.toLowerCase() === 'array' ? [] : (arrayAt(declared, 'allowedValues')[0] ?? 'x')),
    ]),
  );

const at = (declared: unknown): unknown => (isObject(declared) ? declared['defaultValue'] : undefined);

const checkRule = (definition: PolicyDefinition): void => {
  const parameters = examples(definition.parameters);
  const nothing = { id: '', type: 'Microsoft.X/y', name: '', location: undefined, tags: {}, body: {} };
  try {
    judge(definition.condition, nothing, parameters);
    const effect = effectOf(definition, parameters);
    if (!effects.includes(effect))
      throw new UnknownExpression(`The policy effect '${effect}' is not known to the sandbox.`);
  } catch (error) {
    if (!(error instanceof UnknownExpression)) throw error;
    throw new ArmError(
      400,
      'InvalidPolicyRule',
      `The policy definition '${definition.name}' rule is invalid: ${error.message}`,
    );
  }
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const properties = objectAt(call.body, 'properties');
  const rule = objectAt(properties, 'policyRule');
  const name = call.param('name');
  if (!('if' in rule) || !('then' in rule))
    throw new ArmError(400, 'InvalidPolicyRule', `Failed to parse policy rule: 'if' and 'then' are required.`);
  const definition: PolicyDefinition = {
    id: idOf(call, arm),
    name,
    displayName: textAt(properties, 'displayName') ?? name,
    description: textAt(properties, 'description') ?? '',
    policyType: 'Custom',
    mode: textAt(properties, 'mode')?.toLowerCase() === 'indexed' ? 'Indexed' : 'All',
    version: textAt(properties, 'version') ?? '1.0.0',
    parameters: objectAt(properties, 'parameters'),
    condition: rule['if'],
    effect: textAt(rule, 'then', 'effect') ?? '',
  };
  checkRule(definition);
  arm.policies.putDefinition(definition);
  return json(201, view(definition));
};

const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const found = arm.policies.definition(idOf(call, arm));
  if (found === undefined) return { status: 204 };
  if (arm.policies.assignments().some(({ definitionId }) => definitionId.toLowerCase() === found.id.toLowerCase()))
    throw new ArmError(
      400,
      'PolicyDefinitionInUse',
      `The policy definition '${found.name}' cannot be deleted: it is still assigned.`,
    );
  arm.policies.removeDefinition(found.id);
  return json(200, view(found));
};

const list = (call: ArmCall, arm: Arm): HttpReply => page(call, arm.policies.definitions().map(view));

export const policyDefinitionRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: inSubscription, handle: list },
  { ...own, method: 'GET', pattern: inTenant, handle: list },
  { ...own, method: 'GET', pattern: `${inTenant}/{name}`, handle: get },
  { ...own, method: 'GET', pattern: `${inSubscription}/{name}`, handle: get },
  { ...own, method: 'PUT', pattern: `${inSubscription}/{name}`, handle: put },
  { ...own, method: 'DELETE', pattern: `${inSubscription}/{name}`, handle: remove },
];
