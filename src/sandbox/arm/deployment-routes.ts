import { randomUUID } from 'node:crypto';
import { objectAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { planOf, stepsOf } from './deployment-plan.ts';
import type { PlannedResource } from './deployment-plan.ts';
import { commonView, deployments, deploymentView, stepView } from './deployment-record.ts';
import type { DeploymentRecord } from './deployment-record.ts';
import { isDeployment } from './deployment-resources.ts';
import { ArmError, groupNotFound } from './errors.ts';
import { page } from './paging.ts';
import { startWhatIf } from './what-if-routes.ts';

const namespace = 'Microsoft.Resources';
const own = { namespace, type: 'deployments' } as const;
const inGroup = `/subscriptions/{subscription}/resourcegroups/{group}/providers/${namespace}/deployments`;
const one = `${inGroup}/{deployment}`;

const groupIdOf = (call: ArmCall, arm: Arm): string => {
  const group = arm.groups.get(call.param('group'));
  if (group === undefined) throw groupNotFound(call.param('group'));
  return `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${group.name}`;
};

const planned = (call: ArmCall, arm: Arm): readonly PlannedResource[] =>
  planOf(objectAt(call.body, 'properties'), { deployment: call.param('deployment'), group: call.param('group') }, arm);

const validateDeployment = (call: ArmCall, arm: Arm): HttpReply => {
  const plan = planned(call, arm);
  const groupId = groupIdOf(call, arm);
  const name = call.param('deployment');
  return json(200, {
    id: `${groupId}/providers/${namespace}/deployments/${name}`,
    name,
    type: `${namespace}/deployments`,
    properties: {
      ...commonView(objectAt(call.body, 'properties'), arm.clock.now()),
      provisioningState: 'Succeeded',
      duration: 'PT0S',
      correlationId: randomUUID(),
      dependencies: [],
      validatedResources: plan.filter(({ resource }) => !isDeployment(resource)).map(({ id }) => ({ id })),
    },
  });
};

const keyOf = (call: ArmCall, arm: Arm): string =>
  `${groupIdOf(call, arm)}/providers/${namespace}/deployments/${call.param('deployment')}`;

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const id = keyOf(call, arm);
  const before = deployments(arm).get(id.toLowerCase());
  if (before !== undefined && before.endedAt === undefined)
    throw new ArmError(
      409,
      'DeploymentActive',
      `Unable to edit or replace deployment '${before.name}': previous deployment from '${new Date(before.startedAt).toUTCString()}' is still active. Please see https://aka.ms/arm-deploy for usage details.`,
    );
  const properties: JsonObject = objectAt(call.body, 'properties');
  const steps = stepsOf(planned(call, arm));
  const operation = arm.operations.start({ kind: 'deployment', resourceId: id, location: '' });
  const record: DeploymentRecord = {
    id,
    name: call.param('deployment'),
    group: call.param('group'),
    caller: call.caller,
    properties,
    state: 'Accepted',
    steps,
    operation: operation.id,
    correlationId: randomUUID(),
    startedAt: arm.clock.now(),
  };
  deployments(arm).set(id.toLowerCase(), record);
  arm.tasks.add('deployment-step', 0, id);
  const status = `${arm.endpoints().arm}${id}/operationStatuses/${operation.id}?api-version=${call.apiVersion}`;
  return json(before === undefined ? 201 : 200, deploymentView(record, arm), {
    'azure-asyncoperation': arm.operations.sign(status, operation.id),
  });
};

const find = (call: ArmCall, arm: Arm): DeploymentRecord => {
  const record = deployments(arm).get(keyOf(call, arm).toLowerCase());
  if (record !== undefined) return record;
  throw new ArmError(404, 'DeploymentNotFound', `Deployment '${call.param('deployment')}' could not be found.`);
};

const status = (call: ArmCall, arm: Arm): HttpReply => {
  const operation = arm.operations.get(call.param('operation'));
  if (operation === undefined || !arm.operations.signed(call.request.url.searchParams, operation.id))
    throw new ArmError(404, 'OperationNotFound', 'The requested operation result could not be found.');
  const state = operation.status === 'InProgress' ? 'Running' : operation.status;
  return json(200, { status: state, ...(operation.error === undefined ? {} : { error: operation.error }) });
};

const operations: Omit<Route, 'pattern'> = {
  ...own,
  method: 'GET',
  permission: `${namespace}/deployments/operations/read`,
  handle(call, arm) {
    const record = find(call, arm);
    const begun = record.steps.filter(({ state }) => state !== 'waiting');
    return page(
      call,
      begun.map((step) => stepView(record, step, arm.clock.now())),
    );
  },
};

export const deploymentRoutes: readonly Route[] = [
  {
    ...own,
    method: 'POST',
    pattern: `${one}/validate`,
    permission: `${namespace}/deployments/validate/action`,
    handle: validateDeployment,
  },
  {
    ...own,
    method: 'POST',
    pattern: `${one}/whatIf`,
    permission: `${namespace}/deployments/whatIf/action`,
    handle: (call, arm) => startWhatIf(call, groupIdOf(call, arm), planned(call, arm), arm),
  },
  { ...own, method: 'PUT', pattern: one, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle: (call, arm) => json(200, deploymentView(find(call, arm), arm)),
  },
  {
    ...own,
    method: 'GET',
    pattern: inGroup,
    handle(call, arm) {
      const prefix = `${groupIdOf(call, arm)}/`.toLowerCase();
      const records = deployments(arm)
        .values()
        .filter(({ id }) => id.toLowerCase().startsWith(prefix));
      return page(
        call,
        records.map((record) => deploymentView(record, arm)),
      );
    },
  },
  { ...operations, pattern: `${one}/operations` },
  // The published path of it has no provider in it.
  {
    ...operations,
    pattern: '/subscriptions/{subscription}/resourcegroups/{group}/deployments/{deployment}/operations',
  },
  {
    ...own,
    method: 'GET',
    pattern: `${one}/operationStatuses/{operation}`,
    permission: `${namespace}/deployments/operationstatuses/read`,
    handle: status,
  },
];
