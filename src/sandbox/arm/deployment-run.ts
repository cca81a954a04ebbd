import { durations } from '../durations.ts';
import { isObject, objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Arm } from './context.ts';
import { deletion, unnamed } from './deployment-complete.ts';
import { contextOf, deployments, isComplete, outputIds } from './deployment-record.ts';
import type { DeploymentRecord, DeploymentStep } from './deployment-record.ts';
import { ArmError } from './errors.ts';
import type { TemplateContext } from './template-scope.ts';
import { templateOutputs, templateResource } from './template.ts';

const over = (step: DeploymentStep): boolean => step.state === 'Succeeded' || step.state === 'Failed';

/** An error as a provider answered it, in either of its shapes. */
const errorOf = (body: unknown, status: number): JsonObject => {
  const inner = isObject(body) && isObject(body['error']) ? body['error'] : objectAt({ body }, 'body');
  return { code: textAt(inner, 'code') ?? String(status), message: textAt(inner, 'message') ?? '' };
};

const read = (step: Pick<DeploymentStep, 'id' | 'apiVersion'>, record: DeploymentRecord, arm: Arm) =>
  arm.send(record.caller, { method: 'GET', path: step.id, apiVersion: step.apiVersion });

/** With what the resources that are over look like by now, for `reference`. */
const runtimeContext = async (record: DeploymentRecord, arm: Arm): Promise<TemplateContext> => {
  const seen = new Map<string, unknown>();
  for (const step of record.steps.filter(({ state, deletes }) => state === 'Succeeded' && deletes !== true))
    seen.set(step.id.toLowerCase(), (await read(step, record, arm)).body);
  return {
    ...contextOf(record.name, record.group, arm),
    reference(id, full) {
      const wanted = id.toLowerCase();
      const [, found] = [...seen].find(([key]) => key === wanted || key.endsWith(`/${wanted}`)) ?? [];
      if (found === undefined)
        throw new ArmError(
          404,
          'ResourceNotFound',
          `The Resource '${id}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
        );
      return full ? found : objectAt(found, 'properties');
    },
  };
};

/** Sends the PUT of a step whose turn has come. */
const begin = async (step: DeploymentStep, record: DeploymentRecord, arm: Arm): Promise<DeploymentStep> => {
  const startedAt = arm.clock.now();
  try {
    const context = await runtimeContext(record, arm);
    const resource = templateResource(record.properties, context, record.steps.indexOf(step));
    const { id: path, apiVersion } = step;
    const reply = await arm.send(
      record.caller,
      step.deletes === true
        ? { method: 'DELETE', path, apiVersion }
        : { method: 'PUT', path, apiVersion, body: resource?.body },
    );
    if (reply.status < 400) return { ...step, state: 'running', startedAt, statusCode: statusText(reply.status) };
    return failed({ ...step, startedAt }, errorOf(reply.body, reply.status), statusText(reply.status), arm);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    return failed({ ...step, startedAt }, { code: error.code, message: error.message }, statusText(error.status), arm);
  }
};

const failed = (step: DeploymentStep, error: JsonObject, statusCode: string, arm: Arm): DeploymentStep => ({
  ...step,
  state: 'Failed',
  error,
  statusCode,
  endedAt: arm.clock.now(),
});

const words: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
};
const statusText = (status: number): string => words[status] ?? String(status);

/** Why a resource is not as it was to be; a deployment inside another tells by itself. */
const unwell = (state: string): JsonObject => ({
  code: 'ResourceDeploymentFailure',
  message: `The resource operation completed with terminal provisioning state '${state}'.`,
});

/** Looks whether a step that was begun has come to its end. */
const watch = async (step: DeploymentStep, record: DeploymentRecord, arm: Arm): Promise<DeploymentStep> => {
  const { status, body } = await read(step, record, arm);
  if (step.deletes === true)
    return status === 404 ? { ...step, state: 'Succeeded', statusCode: 'OK', endedAt: arm.clock.now() } : step;
  // Not seen yet: a replica that is late.
  if (status >= 400) return step;
  const state = textAt(body, 'properties', 'provisioningState') ?? 'Succeeded';
  if (state === 'Failed' || state === 'Canceled')
    return failed(step, { ...unwell(state), ...objectAt(body, 'properties', 'error') }, 'Conflict', arm);
  return state === 'Succeeded' ? { ...step, state, statusCode: 'OK', endedAt: arm.clock.now() } : step;
};

const advance = async (record: DeploymentRecord, arm: Arm): Promise<DeploymentRecord> => {
  const stopped = record.steps.some(({ state }) => state === 'Failed');
  const done = new Set(record.steps.filter(({ state }) => state === 'Succeeded').map(({ id }) => id));
  const steps: DeploymentStep[] = [];
  for (const step of record.steps) {
    if (step.state === 'running') steps.push(await watch(step, record, arm));
    else if (step.state === 'waiting' && !stopped && step.after.every((id) => done.has(id)))
      steps.push(await begin(step, record, arm));
    else steps.push(step);
  }
  return { ...record, state: 'Running', steps };
};

/** The end, where no step is on its way any more and none can begin. */
const settled = async (record: DeploymentRecord, arm: Arm): Promise<DeploymentRecord> => {
  const bad = record.steps.filter(({ state }) => state === 'Failed');
  const moving = record.steps.some((step) => step.state === 'running' || (bad.length === 0 && !over(step)));
  if (moving) return record;
  const endedAt = arm.clock.now();
  if (bad.length > 0)
    return {
      ...record,
      state: 'Failed',
      endedAt,
      error: {
        code: 'DeploymentFailed',
        target: record.id,
        message:
          'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/arm-deployment-operations for usage details.',
        details: bad.map(({ error, id }) => ({ ...error, target: id })),
      },
    };
  if (isComplete(record.properties) && record.swept !== true) {
    const deletions = unnamed(record.group, outputIds(record, arm), arm).map(deletion);
    return settled({ ...record, swept: true, steps: [...record.steps, ...deletions] }, arm);
  }
  const outputs = templateOutputs(record.properties, await runtimeContext(record, arm));
  return { ...record, state: 'Succeeded', endedAt, outputs };
};

export const handleDeploymentTasks = (arm: Arm): void => {
  arm.tasks.handle('deployment-step', async ({ subject }) => {
    const record = deployments(arm).get(subject);
    if (record === undefined || record.endedAt !== undefined) return;
    const after = await settled(await advance(record, arm), arm);
    deployments(arm).set(subject, after);
    if (after.state === 'Failed') arm.operations.finish(after.operation, 'Failed', after.error);
    else if (after.state === 'Succeeded') arm.operations.finish(after.operation, 'Succeeded');
    else arm.tasks.add('deployment-step', durations.deploymentStep, subject);
  });
};
