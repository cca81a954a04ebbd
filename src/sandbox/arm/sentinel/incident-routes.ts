import { objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { providerError } from '../checked-body.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { page } from '../paging.ts';
import type { ResourceRecord } from '../resources.ts';
import { base, checkEtag, checkGuid, childId, childrenOf, findChild, namespace, readBody } from './children.ts';
import { chosenIncidents } from './incident-list.ts';
import { evidenceOf, incidentView, writeIncident } from './incident-record.ts';
import { onboarded } from './onboarding.ts';

const own = { namespace, type: 'incidents' } as const;
const one = `${base}/incidents/{incident}`;

/** Which reasons go with which classification of a closed incident. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  Undetermined: [],
  TruePositive: ['SuspiciousActivity'],
  BenignPositive: ['SuspiciousButExpected'],
  FalsePositive: ['IncorrectAlertLogic', 'InaccurateData'],
};

const bad = (message: string): Error => providerError(400, 'BadRequest', message);

const checkClosing = (properties: JsonObject): void => {
  const classification = textAt(properties, 'classification');
  const reason = textAt(properties, 'classificationReason');
  if (textAt(properties, 'status') !== 'Closed') return;
  if (classification === undefined) throw bad('A classification is required for an incident that is closed.');
  const allowed = reasons[classification] ?? [];
  if (reason === undefined ? allowed.length > 0 : !allowed.includes(reason))
    throw bad(`The classification reason '${reason ?? ''}' does not fit the classification '${classification}'.`);
};

export const findIncident = (call: ArmCall, arm: Arm): ResourceRecord =>
  findChild(onboarded(call, arm), `incidents/${call.param('incident')}`, 'Incident', arm);

/** A PUT says the whole incident, and has to carry the etag that was read where there is one already. */
const put = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = onboarded(call, arm);
  const id = call.param('incident');
  checkGuid('incident', id);
  const body = readBody(call, id);
  const before = arm.resources.get(childId(workspace, `incidents/${id}`));
  checkEtag(call, body, before);
  const properties = objectAt(body, 'properties');
  checkClosing(properties);
  const record = writeIncident(workspace, id, properties, arm);
  return json(before === undefined ? 201 : 200, incidentView(record, workspace, arm));
};

const remove = (call: ArmCall, arm: Arm): HttpReply => {
  const record = arm.resources.get(childId(onboarded(call, arm), `incidents/${call.param('incident')}`));
  if (record === undefined) return { status: 204 };
  checkEtag(call, undefined, record);
  arm.resources.remove(record.id);
  return { status: 200 };
};

/** What POST to `alerts` and `entities` shows: entities of the graph below the workspace, the alerts among them. */
const evidence = (of: 'alerts' | 'entities', call: ArmCall, arm: Arm): readonly JsonObject[] => {
  const workspace = onboarded(call, arm);
  return evidenceOf(findIncident(call, arm), of).map(({ kind, name, properties }) => ({
    id: childId(workspace, `Entities/${name}`),
    name,
    type: `${namespace}/Entities`,
    kind,
    properties,
  }));
};

const entities = (call: ArmCall, arm: Arm): HttpReply => {
  const found = evidence('entities', call, arm);
  const kinds = [...new Set(found.map((entity) => entity['kind']))];
  return json(200, {
    entities: found,
    metaData: kinds.map((entityKind) => ({
      entityKind,
      count: found.filter((entity) => entity['kind'] === entityKind).length,
    })),
  });
};

const bookmarks = (call: ArmCall, arm: Arm): HttpReply => {
  const workspace = onboarded(call, arm);
  const record = findIncident(call, arm);
  const related = childrenOf(workspace, `incidents/${record.name}/relations`, arm)
    .map(({ properties }) => arm.resources.get(textAt(properties, 'relatedResourceId') ?? ''))
    .filter((bookmark) => bookmark !== undefined);
  return json(200, {
    value: related.map((bookmark) => ({
      id: bookmark.id,
      name: bookmark.name,
      type: `${namespace}/Entities`,
      kind: 'Bookmark',
      properties: bookmark.properties,
    })),
  });
};

export const incidentRoutes: readonly Route[] = [
  {
    ...own,
    method: 'GET',
    pattern: `${base}/incidents`,
    handle(call, arm) {
      const workspace = onboarded(call, arm);
      const all = childrenOf(workspace, 'incidents', arm).map((record) => incidentView(record, workspace, arm));
      return page(call, chosenIncidents(call, all));
    },
  },
  { ...own, method: 'PUT', pattern: one, handle: put },
  {
    ...own,
    method: 'GET',
    pattern: one,
    handle: (call, arm) => json(200, incidentView(findIncident(call, arm), onboarded(call, arm), arm)),
  },
  { ...own, method: 'DELETE', pattern: one, handle: remove },
  // Reads, though they are POSTs: their actions end in /read.
  {
    namespace,
    type: 'incidents/alerts',
    permission: `${namespace}/incidents/read`,
    method: 'POST',
    pattern: `${one}/alerts`,
    handle: (call, arm) => json(200, { value: evidence('alerts', call, arm) }),
  },
  {
    namespace,
    type: 'incidents/entities',
    permission: `${namespace}/incidents/read`,
    method: 'POST',
    pattern: `${one}/entities`,
    handle: entities,
  },
  {
    namespace,
    type: 'incidents/bookmarks',
    permission: `${namespace}/incidents/read`,
    method: 'POST',
    pattern: `${one}/bookmarks`,
    handle: bookmarks,
  },
];
