import { authorOf } from '../access/caller.ts';
import { compact, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { checkedBody, providerError } from '../checked-body.ts';
import { checkEtags } from '../conditions.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { ArmError } from '../errors.ts';
import { page } from '../paging.ts';
import { systemData } from '../resources.ts';
import type { ResourceRecord } from '../resources.ts';

const namespace = 'Microsoft.Insights';

/** The resource that an extension stands on, as it was first spelled. */
const parent = (call: ArmCall, arm: Arm): ResourceRecord => {
  const record = arm.resources.get(call.param('scope'));
  if (record !== undefined) return record;
  const parts = call.param('scope').split('/');
  throw new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${parts.slice(-3).join('/')}' under resource group '${parts[4] ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
};

const view = (record: ResourceRecord): JsonObject =>
  compact({
    properties: record.properties,
    id: record.id,
    name: record.name,
    type: record.type,
    etag: `"${record.etag}"`,
    systemData: systemData(record),
  });

const idOf = (call: ArmCall, arm: Arm, type: string): string =>
  `${parent(call, arm).id}/providers/${namespace}/${type}/${call.param('name')}`;

const find = (call: ArmCall, arm: Arm, type: string): ResourceRecord => {
  const record = arm.resources.get(idOf(call, arm, type));
  if (record !== undefined) return record;
  throw providerError(404, 'NotFound', `The resource '${type}/${call.param('name')}' was not found.`);
};

const reference = (id: string | undefined, type: string, what: string, arm: Arm): void => {
  if (id === undefined) return;
  const record = arm.resources.get(id);
  if (record === undefined || record.type.toLowerCase() !== type.toLowerCase()) {
    throw providerError(400, 'InvalidPayload', `${what} '${id}' was not found.`);
  }
};

const putAssociation = (call: ArmCall, arm: Arm): HttpReply => {
  const body = checkedBody(call, { code: 'InvalidPayload', ignore: ({ path }) => path === 'location' });
  const properties = objectAt(body, 'properties');
  const [rule, endpoint] = [textAt(properties, 'dataCollectionRuleId'), textAt(properties, 'dataCollectionEndpointId')];
  if ((rule === undefined) === (endpoint === undefined)) {
    throw providerError(
      400,
      'InvalidPayload',
      'An association needs either a data collection rule or a data collection endpoint.',
    );
  }
  reference(rule, `${namespace}/dataCollectionRules`, 'Data collection rule', arm);
  reference(endpoint, `${namespace}/dataCollectionEndpoints`, 'Data collection endpoint', arm);
  return json(
    200,
    view(save(call, arm, 'dataCollectionRuleAssociations', { ...properties, provisioningState: 'Succeeded' })),
  );
};

const putSetting = (call: ArmCall, arm: Arm): HttpReply => {
  const body = checkedBody(call, { code: 'BadRequest' });
  const properties = objectAt(body, 'properties');
  reference(textAt(properties, 'workspaceId'), 'Microsoft.OperationalInsights/workspaces', 'Workspace', arm);
  return json(200, view(save(call, arm, 'diagnosticSettings', properties)));
};

const save = (call: ArmCall, arm: Arm, type: string, properties: JsonObject): ResourceRecord => {
  const id = idOf(call, arm, type);
  checkEtags(call, arm.resources.get(id));
  return arm.resources.put({
    by: authorOf(call.caller),
    id,
    type: `${namespace}/${type}`,
    name: call.param('name'),
    group: parent(call, arm).group,
    properties,
  });
};

const routesOf = (type: string, put: Route['handle']): readonly Route[] => {
  const own = { namespace, type } as const;
  const base = `{scope}/providers/${namespace}/${type}`;
  return [
    {
      ...own,
      method: 'GET',
      pattern: base,
      handle(call, arm) {
        const prefix = `${parent(call, arm).id}/providers/${namespace}/${type}/`.toLowerCase();
        return page(
          call,
          arm.resources.list(({ id }) => id.toLowerCase().startsWith(prefix)).map((record) => view(record)),
        );
      },
    },
    { ...own, method: 'PUT', pattern: `${base}/{name}`, handle: put },
    {
      ...own,
      method: 'GET',
      pattern: `${base}/{name}`,
      handle: (call, arm) => json(200, view(find(call, arm, type))),
    },
    {
      ...own,
      method: 'DELETE',
      pattern: `${base}/{name}`,
      handle(call, arm) {
        const id = idOf(call, arm, type);
        const record = arm.resources.get(id);
        if (record === undefined) return { status: 204 };
        checkEtags(call, record);
        arm.resources.remove(id);
        return { status: 200 };
      },
    },
  ];
};

export const extensionRoutes: readonly Route[] = [
  ...routesOf('dataCollectionRuleAssociations', putAssociation),
  ...routesOf('diagnosticSettings', putSetting),
];
