import { createHash } from 'node:crypto';
import { isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Caller } from './access/caller.ts';
import type { Arm } from './context.ts';
import type { TemplateContext } from './template-scope.ts';

/** One resource of a deployment on its way. */
export interface DeploymentStep {
  readonly operationId: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  /** Ids of steps that have to be over before. */
  readonly after: readonly string[];
  /** What the mode Complete takes away, once everything else is there. */
  readonly deletes?: boolean;
  readonly state: 'waiting' | 'running' | 'Succeeded' | 'Failed';
  readonly statusCode?: string;
  readonly error?: JsonObject;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

export interface DeploymentRecord {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly caller: Caller;
  /** What was asked: template, parameters, mode. */
  readonly properties: JsonObject;
  readonly state: 'Accepted' | 'Running' | 'Succeeded' | 'Failed';
  readonly steps: readonly DeploymentStep[];
  readonly operation: string;
  readonly correlationId: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** In the mode Complete: what the template does not name has been looked for. */
  readonly swept?: boolean;
  readonly outputs?: JsonObject;
  readonly error?: JsonObject;
}

export const isComplete = (properties: JsonObject): boolean => textAt(properties, 'mode')?.toLowerCase() === 'complete';

/** What a deployment made, in the deployments inside it, too. */
export const outputIds = (record: DeploymentRecord, arm: Arm): readonly string[] =>
  record.steps
    .filter(({ deletes }) => deletes !== true)
    .flatMap(({ id }) => {
      const inside = deployments(arm).get(id.toLowerCase());
      return inside === undefined ? [id] : outputIds(inside, arm);
    });

export const deployments = (arm: Arm) => arm.store.collection<DeploymentRecord>('deployment');

export const contextOf = (name: string, groupName: string, arm: Arm): TemplateContext => {
  const group = arm.groups.get(groupName);
  return {
    deployment: name,
    groupName: group?.name ?? groupName,
    groupLocation: group?.location ?? '',
    subscriptionId: arm.identity.subscriptionId,
    tenantId: arm.identity.tenantId,
  };
};

const seconds = (from: number, to: number): string => `PT${((to - from) / 1000).toFixed(7)}S`;

/** Given or by default, with their types; what is secure keeps its value to itself. */
const parametersView = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(objectAt(properties, 'template', 'parameters')).map(([name, definition]) => {
      const type = textAt(definition, 'type') ?? '';
      if (/^secure/iu.test(type)) return [name, { type }];
      const given = objectAt(properties, 'parameters', name);
      const fallback = isObject(definition) ? definition['defaultValue'] : undefined;
      return [name, { type, value: 'value' in given ? given['value'] : fallback }];
    }),
  );

/** What a validated and a running deployment tell alike. */
export const commonView = (properties: JsonObject, stamp: number): JsonObject => ({
  templateHash: String(createHash('sha256').update(JSON.stringify(properties['template'])).digest().readBigUInt64BE()),
  parameters: parametersView(properties),
  mode: isComplete(properties) ? 'Complete' : 'Incremental',
  timestamp: new Date(stamp).toISOString(),
});

export const deploymentView = (record: DeploymentRecord, arm: Arm): JsonObject => ({
  id: record.id,
  name: record.name,
  type: 'Microsoft.Resources/deployments',
  properties: {
    ...commonView(record.properties, record.endedAt ?? arm.clock.now()),
    provisioningState: record.state,
    duration: seconds(record.startedAt, record.endedAt ?? arm.clock.now()),
    correlationId: record.correlationId,
    dependencies: [],
    ...(record.outputs === undefined ? {} : { outputs: record.outputs }),
    ...(record.error === undefined ? {} : { error: record.error }),
    ...(record.state === 'Succeeded' ? { outputResources: outputIds(record, arm).map((id) => ({ id })) } : {}),
  },
});

export const stepView = (record: DeploymentRecord, step: DeploymentStep, now: number): JsonObject => ({
  id: `${record.id}/operations/${step.operationId}`,
  operationId: step.operationId,
  properties: {
    provisioningOperation: step.deletes === true ? 'Delete' : 'Create',
    provisioningState: step.state === 'waiting' || step.state === 'running' ? 'Running' : step.state,
    timestamp: new Date(step.endedAt ?? now).toISOString(),
    duration: seconds(step.startedAt ?? now, step.endedAt ?? now),
    trackingId: record.correlationId,
    ...(step.statusCode === undefined ? {} : { statusCode: step.statusCode }),
    ...(step.error === undefined ? {} : { statusMessage: { error: step.error } }),
    targetResource: { id: step.id, resourceType: step.type, resourceName: step.name },
  },
});
