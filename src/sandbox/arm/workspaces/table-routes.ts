import { randomUUID } from 'node:crypto';
import { durations } from '../../durations.ts';
import { objectAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { latentTables, tableNames } from '../../logs/table-columns.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { swapped } from '../operations.ts';
import type { OperationRecord } from '../operations.ts';
import { page } from '../paging.ts';
import { withProperties } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';
import { untouched, writtenTable } from './table-properties.ts';
import { findWorkspace, readyWorkspace } from './workspace-routes.ts';

const namespace = 'Microsoft.OperationalInsights';
const type = `${namespace}/workspaces/tables`;
const own = { namespace, type: 'workspaces/tables' } as const;
const inWorkspace = `/subscriptions/{subscription}/resourceGroups/{group}/providers/${namespace}/workspaces/{workspace}/tables`;
const one = `${inWorkspace}/{table}`;

const idOf = (workspace: ResourceRecord, name: string): string => `${workspace.id}/tables/${name}`;

const view = (workspace: ResourceRecord, name: string, properties: JsonObject): JsonObject => ({
  properties,
  id: idOf(workspace, name),
  name,
  type,
});

const find = (call: ArmCall, arm: Arm): JsonObject => {
  const workspace = findWorkspace(call, arm);
  const name = call.param('table');
  const record = arm.resources.get(idOf(workspace, name));
  if (record !== undefined) return view(workspace, record.name, record.properties);
  // The newer tables are there once somebody has asked for them or a row has come in.
  const known = [...tableNames].find((table) => table.toLowerCase() === name.toLowerCase());
  if (known !== undefined && !latentTables.has(known)) return view(workspace, known, untouched(known, workspace));
  throw providerError(
    404,
    'ResourceNotFound',
    `The specified table: '${name}' was not found. Please make sure proper table name is used. Operation Id: '${randomUUID().replaceAll('-', '')}'`,
  );
};

/** A table is locked for any change while one is on its way. */
const checkIdle = (id: string, name: string, arm: Arm): void => {
  if (arm.operations.running(id) === undefined) return;
  throw providerError(
    409,
    'Conflict',
    `Another operation is in progress on table '${name}'. Please retry after it has finished.`,
  );
};

const write = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = readyWorkspace(call, arm);
  // -1 means "as the workspace": the schema's lower limit of 4 does not know it.
  const body = checkedBody(call, {
    name: call.param('table'),
    ignore: ({ kind, actual }) => kind === 'range' && actual === -1,
  });
  const request = objectAt(body, 'properties');
  const name =
    [...tableNames].find((table) => table.toLowerCase() === call.param('table').toLowerCase()) ?? call.param('table');
  const custom = /_(?:CL|SRCH|RST)$/u.test(name);
  if (!custom && !tableNames.has(name)) {
    throw providerError(
      400,
      'InvalidParameter',
      `Table name '${name}' is invalid: the name of a custom table must end in _CL.`,
    );
  }
  checkIdle(idOf(workspace, name), name, arm);
  const before = call.request.method === 'PATCH' ? (arm.resources.get(idOf(workspace, name))?.properties ?? {}) : {};
  arm.resources.put({
    id: idOf(workspace, name),
    type,
    name,
    group: workspace.group,
    properties: writtenTable({ name, custom, request, before, workspace }),
  });
  return accepted(call, arm, workspace, name, 'InProgress', 'table-done');
};

/** 202 with nothing in the body; the operation tells the rest. */
const accepted = (
  call: ArmCall,
  arm: Arm,
  workspace: ResourceRecord,
  name: string,
  status: OperationRecord['status'],
  task: string,
): HttpReply => {
  const operation = arm.operations.start({
    kind: 'table',
    resourceId: idOf(workspace, name),
    location: workspace.location ?? '',
    status,
  });
  if (arm.faults.take('operation-record-lost', { method: call.request.method, path: call.request.path }) !== undefined)
    arm.operations.lose(operation.id);
  arm.tasks.add(task, durations.tableUpdate, idOf(workspace, name), { operation: operation.id });
  const base = `${arm.endpoints().arm}/subscriptions/${arm.identity.subscriptionId}/providers/${namespace}/locations/${operation.location}`;
  const url = (kind: string): string =>
    arm.operations.sign(`${base}/${kind}/${operation.id}?api-version=${call.apiVersion}`, operation.id);
  return {
    status: 202,
    headers: { 'azure-asyncoperation': url('operationStatuses'), location: url('operationResults') },
  };
};

/** The wording has no source. */
const internalError: JsonObject = { code: 'InternalServerError', message: 'An internal server error occurred.' };

export const handleTableTasks = (arm: Arm): void => {
  arm.tasks.handle('table-done', ({ subject, data }) => {
    const record = arm.resources.get(subject);
    if (record !== undefined)
      arm.resources.put({
        ...withProperties(record, { provisioningState: 'Succeeded' }),
        // A later change does not make queries forget it.
        internal: { madeAt: arm.clock.now(), ...record.internal },
      });
    const wrong = arm.faults.take('operation-failed-resource-succeeded', { method: 'PUT', path: subject });
    if (wrong === undefined) arm.operations.finish(String(data['operation']), 'Succeeded');
    else arm.operations.finish(String(data['operation']), 'Failed', internalError);
  });
  arm.tasks.handle('table-deleted', ({ subject, data }) => {
    arm.resources.remove(subject);
    arm.operations.finish(String(data['operation']), 'Succeeded');
  });
};

const findOperation = (call: ArmCall, arm: Arm): OperationRecord => {
  const operation = arm.operations.get(call.param('operation'));
  if (operation === undefined)
    throw providerError(404, 'NotFound', `Operation ${call.param('operation')} was not found.`);
  if (!arm.operations.signed(call.request.url.searchParams, operation.id)) {
    throw providerError(
      403,
      'AuthorizationFailed',
      'The signature of the operation URL is not valid: it must be used exactly as it was given.',
    );
  }
  return operation;
};

const status = (operation: OperationRecord): JsonObject => ({
  id: operation.id,
  name: swapped(operation.id),
  status: operation.status,
  startTime: new Date(operation.startedAt).toISOString(),
  ...(operation.endedAt === undefined ? {} : { endTime: new Date(operation.endedAt).toISOString() }),
  ...(operation.error === undefined ? {} : { error: operation.error }),
});

const locations = `/subscriptions/{subscription}/providers/${namespace}/locations/{location}`;
const statuses = { namespace, type: 'locations/operationStatuses', method: 'GET' } as const;

export const tableRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: inWorkspace,
    handle(call, arm) {
      const workspace = findWorkspace(call, arm);
      const changed = arm.resources.list(
        (record) => record.type === type && record.id.toLowerCase().startsWith(`${workspace.id.toLowerCase()}/`),
      );
      const names = new Set([
        ...[...tableNames].filter((name) => !latentTables.has(name)),
        ...changed.map(({ name }) => name),
      ]);
      const tables = [...names]
        .sort()
        .map((name) =>
          view(
            workspace,
            name,
            changed.find((record) => record.name === name)?.properties ?? untouched(name, workspace),
          ),
        );
      return page(call, tables);
    },
  },
  { ...own, method: 'GET', pattern: one, handle: (call, arm) => json(200, find(call, arm)) },
  { ...own, method: 'PUT', pattern: one, handle: write },
  { ...own, method: 'PATCH', pattern: one, handle: write },
  {
    ...own,
    method: 'DELETE',
    pattern: one,
    handle(call, arm) {
      const workspace = findWorkspace(call, arm);
      checkIdle(idOf(workspace, call.param('table')), call.param('table'), arm);
      return accepted(call, arm, workspace, call.param('table'), 'Deleting', 'table-deleted');
    },
  },
  {
    ...statuses,
    pattern: `${locations}/operationStatuses/{operation}`,
    handle: (call, arm) => json(200, status(findOperation(call, arm))),
  },
  {
    ...statuses,
    pattern: `${locations}/operationResults/{operation}`,
    handle(call, arm) {
      const running = ['InProgress', 'Deleting'].includes(findOperation(call, arm).status);
      return running ? { status: 202, headers: { location: call.request.url.href } } : { status: 200 };
    },
  },
];
