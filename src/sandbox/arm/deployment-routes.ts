import { randomUUID } from 'node:crypto';
import { objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import type { Arm, ArmCall, Route } from './context.ts';
import { commonView, contextOf, deployments, deploymentView, stepView } from './deployment-record.ts';
import type { DeploymentRecord, DeploymentStep } from './deployment-record.ts';
import { checkKnown, idOf, preflight } from './deployment-resources.ts';
import { ArmError, groupNotFound } from './errors.ts';
import { hexOf } from './resources.ts';
import { page } from './paging.ts';
import { invalidTemplate } from './template-expression.ts';
import { templateResources } from './template.ts';
import type { TemplateResource } from './template.ts';

const namespace = 'Microsoft.Resources';
const own = { namespace, type: 'deployments' } as const;
const inGroup = `/subscriptions/{subscription}/resourcegroups/{group}/providers/${namespace}/deployments`;
const one = `${inGroup}/{deployment}`;

const groupIdOf = (call: ArmCall, arm: Arm): string => {
  const group = arm.groups.get(call.param('group'));
  if (group === undefined) throw groupNotFound(call.param('group'));
  return `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${group.name}`;
};

/** The template's resources, as ARM and the providers' preflight accept them. */
const checked = (call: ArmCall, arm: Arm): readonly TemplateResource[] => {
  const groupId = groupIdOf(call, arm);
  const properties = objectAt(call.body, 'properties');
  const mode = textAt(properties, 'mode');
  if (mode === undefined || !['incremental', 'complete'].includes(mode.toLowerCase()))
    throw new ArmError(400, 'InvalidDeploymentMode', `The deployment mode '${mode ?? ''}' is not valid.`);
  const name = call.param('deployment');
  const resources = templateResources(properties, contextOf(name, call.param('group'), arm));
  for (const resource of resources) checkKnown(resource);
  const problems = resources.flatMap((resource) => preflight(resource, idOf(resource, groupId), arm));
  if (problems.length > 0)
    throw new ArmError(
      400,
      'InvalidTemplateDeployment',
      `The template deployment '${name}' is not valid according to the validation procedure. The tracking id is '${randomUUID()}'. See inner errors for details.`,
      { details: problems },
    );
  return resources;
};

const validateDeployment = (call: ArmCall, arm: Arm): HttpReply => {
  const resources = checked(call, arm);
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
      validatedResources: resources.map((resource) => ({ id: idOf(resource, groupId) })),
    },
  });
};

/** Steps in the order that their dependencies ask for; a name that no resource has is an error of the template. */
const stepsOf = (resources: readonly TemplateResource[], groupId: string): readonly DeploymentStep[] => {
  const ids = resources.map((resource) => idOf(resource, groupId));
  const find = (wanted: string): string => {
    const key = wanted.toLowerCase();
    const index = resources.findIndex(
      ({ name, type, symbol }, at) =>
        symbol?.toLowerCase() === key ||
        name.toLowerCase() === key ||
        `${type}/${name}`.toLowerCase() === key ||
        ids[at]?.toLowerCase() === key,
    );
    const id = ids[index];
    if (id === undefined) throw invalidTemplate(`The resource '${wanted}' is not defined in the template`);
    return id;
  };
  const steps = resources.map((resource, index): DeploymentStep => ({
    operationId: hexOf(ids[index] ?? '', 16).toUpperCase(),
    id: ids[index] ?? '',
    type: resource.type,
    name: resource.name,
    apiVersion: resource.apiVersion,
    after: resource.dependsOn.map(find),
    state: 'waiting',
  }));
  checkCircle(steps);
  return steps;
};

const checkCircle = (steps: readonly DeploymentStep[]): void => {
  const done = new Set<string>();
  for (let rest = steps; rest.length > 0;) {
    const ready = rest.filter(({ after }) => after.every((id) => done.has(id)));
    if (ready.length === 0) throw invalidTemplate(`Circular dependency detected on resource: '${rest[0]?.id ?? ''}'`);
    for (const { id } of ready) done.add(id);
    rest = rest.filter(({ id }) => !done.has(id));
  }
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
  const steps = stepsOf(checked(call, arm), groupIdOf(call, arm));
  if (textAt(properties, 'mode')?.toLowerCase() === 'complete')
    throw new ArmError(
      400,
      'InvalidDeploymentMode',
      "The deployment mode 'Complete' is validated and not run by this sandbox: use Incremental.",
    );
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
  return json(before === undefined ? 201 : 200, deploymentView(record, arm.clock.now()), {
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
  { ...own, method: 'PUT', pattern: one, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle: (call, arm) => json(200, deploymentView(find(call, arm), arm.clock.now())),
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
        records.map((record) => deploymentView(record, arm.clock.now())),
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
