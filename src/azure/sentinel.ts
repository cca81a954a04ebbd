import { etagOf, type ArmRequest } from './arm-request.ts';
import type { AlertRule, Sentinel } from './azure.ts';
import { onlyIf } from './precondition.ts';
import { asRecord, field, text } from './read-json.ts';
import { parseResourceId } from './resource-id.ts';
import { SENTINEL_API_VERSION, type SdkClients } from './sdk-clients.ts';

/**
 * Onboarding and deletion go through the SDK. Rules do not: version 1.0.0-beta.6 of it drops fields newer than 2022 in both directions
 * (subTechniques, sentinelEntitiesMappings), without a word. Looking does not either: the package takes 300 ms to load,
 * and a run that changes nothing should not pay for it.
 */
export const createSentinel = (sdk: SdkClients, arm: ArmRequest): Sentinel => {
  const apiVersion = SENTINEL_API_VERSION;
  const rules = (workspaceId: string): string => `${workspaceId}/providers/Microsoft.SecurityInsights/alertRules`;
  return {
    async onboarded(workspaceId, signal) {
      const state = `${workspaceId}/providers/Microsoft.SecurityInsights/onboardingStates/default`;
      return (await arm.find(state, { apiVersion, signal })) !== undefined;
    },
    async onboard(workspaceId, signal) {
      const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
      await sdk.call(signal, async () =>
        (await sdk.sentinel(subscriptionId)).sentinelOnboardingStates.create(resourceGroup, name, 'default', {
          // The service answers 400 to a body without it, whatever its specification says.
          sentinelOnboardingStateParameter: { customerManagedKey: false },
          abortSignal: signal,
        }),
      );
    },
    async findRule(workspaceId, ruleId, signal) {
      const body = await arm.find(`${rules(workspaceId)}/${ruleId}`, { apiVersion, signal });
      return body === undefined ? undefined : parseRule(body, ruleId);
    },
    async listRules(workspaceId, signal) {
      const found = await arm.list(rules(workspaceId), { apiVersion, signal });
      return found.map((body) => parseRule(body, lastSegment(body))).filter((rule) => rule !== undefined);
    },
    async putRule(workspaceId, ruleId, { kind, properties }, etag, signal) {
      const body = { kind, ...(etag === undefined ? {} : { etag }), properties };
      // What exists is told by the etag in the body; that nothing does, by a header.
      const headers = etag === undefined ? onlyIf(undefined) : {};
      await arm.send('PUT', `${rules(workspaceId)}/${ruleId}`, { apiVersion, headers, body, signal });
    },
    async deleteRule(workspaceId, ruleId, signal) {
      const { subscriptionId, resourceGroup, name } = parseResourceId(workspaceId);
      await sdk.find(signal, async () =>
        (await sdk.sentinel(subscriptionId)).alertRules.delete(resourceGroup, name, ruleId, { abortSignal: signal }),
      );
    },
  };
};

/** Rules of other kinds (Fusion, Microsoft incident creation) are not ours to read. */
function parseRule(body: unknown, ruleId: string): AlertRule | undefined {
  const kind = text(body, 'kind');
  if (kind !== 'Scheduled' && kind !== 'NRT') return undefined;
  return { ruleId, kind, etag: etagOf(body), properties: asRecord(field(body, 'properties')) ?? {} };
}

const lastSegment = (body: unknown): string => text(body, 'name') ?? text(body, 'id')?.split('/').at(-1) ?? '';
