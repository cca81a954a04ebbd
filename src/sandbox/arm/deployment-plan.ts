import { randomUUID } from 'node:crypto';
import { objectAt, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Arm } from './context.ts';
import { contextOf, isComplete } from './deployment-record.ts';
import type { DeploymentStep } from './deployment-record.ts';
import { checkKnown, idOf, isDeployment, preflight } from './deployment-resources.ts';
import { ArmError } from './errors.ts';
import { hexOf } from './resources.ts';
import { invalidTemplate } from './template-expression.ts';
import { templateResources } from './template.ts';
import type { TemplateResource } from './template.ts';

/** A resource of a deployment, or of one inside it. */
export interface PlannedResource {
  readonly resource: TemplateResource;
  readonly id: string;
  /** 0 for what the deployment's own template holds. */
  readonly depth: number;
}

interface Place {
  readonly deployment: string;
  readonly group: string;
}

/** A template as it stands, before anything of it is there. */
const resourcesOf = (
  properties: JsonObject,
  { deployment, group }: Place,
  arm: Arm,
  depth: number,
): readonly PlannedResource[] => {
  const groupId = `/subscriptions/${arm.identity.subscriptionId}/resourceGroups/${arm.groups.get(group)?.name ?? group}`;
  return templateResources(properties, contextOf(deployment, group, arm)).flatMap((resource) => {
    checkKnown(resource);
    const own = { resource, id: idOf(resource, groupId), depth };
    return isDeployment(resource) ? [own, ...inside(resource, group, arm, depth + 1)] : [own];
  });
};

const inside = (resource: TemplateResource, group: string, arm: Arm, depth: number): readonly PlannedResource[] => {
  const properties = objectAt(resource.body, 'properties');
  if (resource.subscription !== undefined && resource.group === undefined)
    throw invalidTemplate('A deployment to a subscription is none that this sandbox runs');
  checkMode(properties);
  if (isComplete(properties))
    throw new ArmError(
      400,
      'InvalidNestedDeploymentMode',
      "Deployment template validation failed: 'The 'mode' property of the nested deployment must be set to 'Incremental'.",
    );
  // What it is told is not known before the deployment runs.
  if (resource.reads) return [];
  return resourcesOf(properties, { deployment: resource.name, group: resource.group ?? group }, arm, depth);
};

const checkMode = (properties: JsonObject): void => {
  const mode = textAt(properties, 'mode');
  if (mode === undefined || !['incremental', 'complete'].includes(mode.toLowerCase()))
    throw new ArmError(400, 'InvalidDeploymentMode', `The deployment mode '${mode ?? ''}' is not valid.`);
};

/** The resources of a deployment and of those inside it, as ARM and the providers' preflight accept them. */
export const planOf = (properties: JsonObject, place: Place, arm: Arm): readonly PlannedResource[] => {
  checkMode(properties);
  const plan = resourcesOf(properties, place, arm, 0);
  const problems = plan.flatMap(({ resource, id }) => preflight(resource, id, arm));
  if (problems.length === 0) return plan;
  throw new ArmError(
    400,
    'InvalidTemplateDeployment',
    `The template deployment '${place.deployment}' is not valid according to the validation procedure. The tracking id is '${randomUUID()}'. See inner errors for details.`,
    { details: problems },
  );
};

/** Everything by which `dependsOn` can mean a resource; a loop means all of its turns. */
const namesOf = (resource: TemplateResource | undefined, id: string): readonly string[] =>
  [resource?.symbol, resource?.loop?.name, resource?.name, `${resource?.type ?? ''}/${resource?.name ?? ''}`, id].map(
    (name) => (name ?? '').toLowerCase(),
  );

/** Steps in the order that their dependencies ask for; a name that no resource has is an error of the template. */
export const stepsOf = (plan: readonly PlannedResource[]): readonly DeploymentStep[] => {
  const own = plan.filter(({ depth }) => depth === 0);
  const [resources, ids] = [own.map(({ resource }) => resource), own.map(({ id }) => id)];
  const find = (wanted: string): readonly string[] => {
    const key = wanted.toLowerCase();
    const found = ids.filter((id, index) => namesOf(resources[index], id).includes(key));
    if (found.length === 0) throw invalidTemplate(`The resource '${wanted}' is not defined in the template`);
    return found;
  };
  /** A serial loop begins a batch when the ones before are over. */
  const earlier = ({ loop }: TemplateResource): readonly string[] =>
    ids.filter((_id, index) => {
      const other = resources[index]?.loop;
      return loop !== undefined && other?.name === loop.name && other.batch < loop.batch;
    });
  const steps = resources.map((resource, index): DeploymentStep => ({
    operationId: hexOf(ids[index] ?? '', 16).toUpperCase(),
    id: ids[index] ?? '',
    type: resource.type,
    name: resource.name,
    apiVersion: resource.apiVersion,
    after: [...resource.dependsOn.flatMap(find), ...earlier(resource)],
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
