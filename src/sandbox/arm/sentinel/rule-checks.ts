import { arrayAt, isObject, numberAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { providerError } from '../checked-body.ts';
import type { Arm } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import { belongsToOneOf } from './attack.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const bad = (message: string): Error => providerError(400, 'BadRequest', message);
const invalidModel = (message: string): Error => bad(`Invalid data model. [${message}]`);

/** Milliseconds of an ISO 8601 duration, or undefined. */
export const durationMs = (text: string | undefined): number | undefined => {
  const match = /^P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/u.exec(text ?? '');
  if (match === null) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (
    (weeks ?? 0) * 7 * day + (days ?? 0) * day + (hours ?? 0) * hour + (minutes ?? 0) * minute + (seconds ?? 0) * 1000
  );
};

const required = (properties: JsonObject, names: readonly string[]): void => {
  for (const name of names) {
    if (properties[name] === undefined || properties[name] === null)
      throw invalidModel(`properties.${name}: Required property '${name}' not found in JSON.`);
  }
};

const span = (properties: JsonObject, name: string, min: number, max: number, limits: string): number => {
  const text = textAt(properties, name);
  const value = durationMs(text);
  if (value === undefined) throw invalidModel(`properties.${name}: '${text ?? ''}' is not an ISO 8601 duration.`);
  if (value < min || value > max)
    throw invalidModel(`properties.${name}: The value '${text ?? ''}' must be between ${limits}.`);
  return value;
};

/** Sentinel's own rules for a scheduled rule (or an NRT rule, which has no times), beyond the schema. */
export const checkRule = async (
  kind: string,
  properties: JsonObject,
  ruleId: string,
  workspace: ResourceRecord,
  arm: Arm,
): Promise<void> => {
  if (kind !== 'Scheduled' && kind !== 'NRT') return;
  required(properties, ['query', 'severity', 'suppressionDuration', 'suppressionEnabled']);
  const suppression = span(properties, 'suppressionDuration', 5 * minute, 24 * hour, '5 minutes and 24 hours');
  if (kind === 'Scheduled') checkTimes(properties, suppression);
  checkTactics(properties);
  checkMappings(properties);
  checkName(properties, ruleId, workspace, arm);
  await checkQuery(textAt(properties, 'query') ?? '', workspace, arm);
};

const checkTimes = (properties: JsonObject, suppression: number): void => {
  required(properties, ['queryFrequency', 'queryPeriod', 'triggerOperator', 'triggerThreshold']);
  const frequency = span(properties, 'queryFrequency', 5 * minute, 14 * day, '5 minutes and 14 days');
  const period = span(properties, 'queryPeriod', 5 * minute, 14 * day, '5 minutes and 14 days');
  if (frequency > period)
    throw invalidModel(
      "properties.queryFrequency: The 'queryFrequency' must be less than or equal to the 'queryPeriod'.",
    );
  if (period >= 2 * day && frequency < hour) {
    throw invalidModel(
      "properties.queryFrequency: A 'queryPeriod' of 2 days or more needs a 'queryFrequency' of at least 1 hour.",
    );
  }
  if (properties['suppressionEnabled'] === true && suppression < frequency) {
    throw invalidModel(
      "properties.suppressionDuration: The 'suppressionDuration' must be greater than or equal to the 'queryFrequency'.",
    );
  }
  if ((numberAt(properties, 'triggerThreshold') ?? 0) < 0)
    throw invalidModel("properties.triggerThreshold: The 'triggerThreshold' must not be negative.");
};

const checkTactics = (properties: JsonObject): void => {
  const tactics = arrayAt(properties, 'tactics').map(String);
  for (const technique of arrayAt(properties, 'techniques').map(String)) {
    if (!/^T\d{4}$/u.test(technique)) {
      throw bad(
        `Invalid data model. [: The technique '${technique}' is invalid. The expected format is 'T####' (e.g. 'T1234').]`,
      );
    }
    // Techniques of industrial control systems are numbered T0xxx and are not in the table of enterprise ones.
    if (!technique.startsWith('T0') && !belongsToOneOf(technique, tactics)) {
      throw bad(
        `Invalid data model. No valid tactic corresponding to the technique ${technique} was provided in the tactics field.`,
      );
    }
  }
};

const checkMappings = (properties: JsonObject): void => {
  const mappings = arrayAt(properties, 'entityMappings').filter(isObject);
  if (mappings.length + arrayAt(properties, 'sentinelEntitiesMappings').length > 10) {
    throw invalidModel('properties.entityMappings: At most 10 entity mappings are allowed.');
  }
  for (const mapping of mappings) {
    const fields = arrayAt(mapping, 'fieldMappings').length;
    if (fields < 1 || fields > 3)
      throw invalidModel('properties.entityMappings: An entity mapping needs between 1 and 3 field mappings.');
  }
  if (Object.keys(isObject(properties['customDetails']) ? properties['customDetails'] : {}).length > 20) {
    throw invalidModel('properties.customDetails: At most 20 custom details are allowed.');
  }
};

const checkName = (properties: JsonObject, ruleId: string, workspace: ResourceRecord, arm: Arm): void => {
  const name = textAt(properties, 'displayName')?.toLowerCase();
  const prefix = `${workspace.id}/providers/Microsoft.SecurityInsights/alertRules/`.toLowerCase();
  const twin = arm.resources.list(
    (record) =>
      record.id.toLowerCase().startsWith(prefix) &&
      record.name.toLowerCase() !== ruleId.toLowerCase() &&
      textAt(record.properties, 'displayName')?.toLowerCase() === name,
  )[0];
  if (twin !== undefined)
    throw bad(
      `An alert rule with the display name '${textAt(twin.properties, 'displayName') ?? ''}' already exists in this workspace (rule ${twin.name}).`,
    );
};

const checkQuery = async (query: string, workspace: ResourceRecord, arm: Arm): Promise<void> => {
  if (query.trim() === '' || query.length > 10_000)
    throw invalidModel("properties.query: The length of the 'query' must be between 1 and 10000 characters.");
  if (/(?:^|[|;(])\s*(?:search|union(?:\s+\w+=\w+)*)\s+\*/imu.test(query)) {
    throw invalidModel("properties.query: 'search *' and 'union *' are not allowed in the query of an analytics rule.");
  }
  const complaint = await arm.complaint(workspace, query);
  if (complaint !== undefined) throw bad(`Failed to run the analytics rule query. ${complaint}`);
};
