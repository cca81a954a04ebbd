import type { Field, FieldPath } from './field.ts';
import { chartFields } from './fields/charts.ts';
import { clusterFields } from './fields/cluster.ts';
import { deploymentFields } from './fields/deployment.ts';
import { featureFields } from './fields/features.ts';
import { networkFields } from './fields/network.ts';
import { workspaceFields } from './fields/workspace.ts';

const table = [
  ...deploymentFields,
  ...clusterFields,
  ...networkFields,
  ...workspaceFields,
  ...chartFields,
  ...featureFields,
] as const;

// A value of the config that has no field here does not compile.
type Forgotten = Exclude<FieldPath, (typeof table)[number]['path']>;
const nothingForgotten: [Forgotten] extends [never] ? true : Forgotten = true;

/** Every value of the config, in the order in which they are resolved and shown. */
export const fields: readonly Field[] = nothingForgotten ? table : [];

export const fieldByPath = (path: string): Field | undefined => fields.find((field) => field.path === path);
