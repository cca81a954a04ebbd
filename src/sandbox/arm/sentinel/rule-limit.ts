import { providerError } from '../checked-body.ts';
import type { Arm } from '../context.ts';
import type { ResourceRecord } from '../resources.ts';
import type { JsonObject } from '../../json.ts';
import { childrenOf } from './children.ts';

/** Enabled rules of a kind that a workspace may have, as Sentinel's service limits list them. */
const limits: Readonly<Record<string, number>> = { Scheduled: 512, NRT: 50 };

/** Disabled rules do not count, and an update of an enabled one adds none. */
export const checkLimit = (
  kind: string,
  properties: JsonObject,
  name: string,
  workspace: ResourceRecord,
  arm: Arm,
): void => {
  const limit = limits[kind];
  if (limit === undefined || properties['enabled'] !== true) return;
  const others = childrenOf(workspace, 'alertRules', arm).filter(
    (rule) =>
      rule.kind === kind && rule.properties['enabled'] === true && rule.name.toLowerCase() !== name.toLowerCase(),
  );
  if (others.length < limit) return;
  throw providerError(
    400,
    'BadRequest',
    `The maximum number of ${kind} analytics rules (${limit}) has already been reached for workspace ${workspace.name}`,
  );
};
