import { durations } from '../../durations.ts';
import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import type { ResourceRecord } from '../resources.ts';
import { findWorkspace } from '../workspaces/workspace-routes.ts';
import { base, checkEtag, namespace } from './children.ts';
import { onboarded } from './onboarding.ts';
import { checkRule } from './rule-checks.ts';
import { checkLimit } from './rule-limit.ts';

const rules = { namespace, type: 'alertRules' } as const;

const ruleId = (workspace: ResourceRecord, id: string): string =>
  `${workspace.id}/providers/${namespace}/alertRules/${id}`;

const ruleView = (record: ResourceRecord): JsonObject => ({
  id: record.id,
  name: record.name,
  etag: `"${record.etag}"`,
  type: `${namespace}/alertRules`,
  kind: record.kind,
  properties: { ...record.properties, lastModifiedUtc: new Date(record.changedAt).toISOString() },
});

const findRule = (call: ArmCall, arm: Arm): ResourceRecord => {
  const record = arm.resources.get(ruleId(onboarded(call, arm), call.param('rule')));
  if (record !== undefined) return record;
  throw providerError(404, 'NotFound', `Alert rule '${call.param('rule')}' was not found.`);
};

const putRule = async (call: ArmCall, arm: Arm): Promise<HttpReply> => {
  const workspace = onboarded(call, arm);
  const name = call.param('rule');
  // What the stable version does not know of a rule it drops without a word.
  const body = checkedBody(call, { name, code: 'BadRequest', ignore: ({ kind }) => kind === 'unknown' });
  const before = arm.resources.get(ruleId(workspace, name));
  if (before === undefined) checkRecentlyDeleted(workspace, name, arm);
  checkEtag(call, body, before);
  const kind = textAt(body, 'kind') ?? '';
  if (before !== undefined && before.kind !== kind)
    throw providerError(400, 'BadRequest', `The kind of alert rule '${name}' cannot be changed.`);
  const properties = known(objectAt(body, 'properties'), call.apiVersion);
  await checkRule(kind, properties, name, workspace, arm);
  checkLimit(kind, properties, name, workspace, arm);
  const record = arm.resources.put({
    id: ruleId(workspace, name),
    type: `${namespace}/alertRules`,
    name: before?.name ?? name,
    group: workspace.group,
    kind,
    properties,
  });
  return json(before === undefined ? 201 : 200, ruleView(record));
};

/** Deletions by rule id; what is over is only in the way. */
const deletedRules = (arm: Arm) => arm.store.collection<number>('deleted-rule');

const checkRecentlyDeleted = (workspace: ResourceRecord, name: string, arm: Arm): void => {
  const kept = durations.ruleIdReserved / arm.clock.speed;
  for (const [id, deletedAt] of deletedRules(arm).entries())
    if (deletedAt + kept <= arm.clock.now()) deletedRules(arm).delete(id);
  if (deletedRules(arm).get(ruleId(workspace, name).toLowerCase()) === undefined) return;
  throw providerError(
    409,
    'Conflict',
    `Alert rule '${name}' was recently deleted. You need to allow some time before re-using the same id. Please try again later.`,
  );
};

const deleteRule = (call: ArmCall, arm: Arm): HttpReply => {
  const id = (workspace: ResourceRecord): string => ruleId(workspace, call.param('rule'));
  const reply = removed(id)(call, arm);
  if (reply.status === 200) deletedRules(arm).set(id(findWorkspace(call, arm)).toLowerCase(), arm.clock.now());
  return reply;
};

const previewOnly = ['subTechniques', 'sentinelEntitiesMappings'];

const known = (properties: JsonObject, apiVersion: string): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).filter(
      ([name, value]) =>
        value !== null &&
        name !== 'lastModifiedUtc' &&
        (apiVersion.endsWith('-preview') || !previewOnly.includes(name)),
    ),
  );

const removed =
  (id: (workspace: ResourceRecord) => string) =>
  (call: ArmCall, arm: Arm): HttpReply => {
    const workspace = findWorkspace(call, arm);
    if (arm.resources.get(id(workspace)) === undefined) return { status: 204 };
    arm.resources.remove(id(workspace));
    return json(200, {});
  };

export const alertRuleRoutes: readonly Route[] = [
  {
    ...rules,
    method: 'GET',
    pattern: `${base}/alertRules`,
    handle(call, arm) {
      const prefix = ruleId(onboarded(call, arm), '').toLowerCase();
      return page(call, arm.resources.list(({ id }) => id.toLowerCase().startsWith(prefix)).map(ruleView));
    },
  },
  { ...rules, method: 'PUT', pattern: `${base}/alertRules/{rule}`, handle: putRule },
  {
    ...rules,
    method: 'GET',
    pattern: `${base}/alertRules/{rule}`,
    handle: (call, arm) => json(200, ruleView(findRule(call, arm))),
  },
  {
    ...rules,
    method: 'DELETE',
    pattern: `${base}/alertRules/{rule}`,
    handle: deleteRule,
  },
];
