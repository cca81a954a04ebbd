import { API_VERSIONS } from './api-versions.ts';
import type { ArmRequest } from './arm-request.ts';
import type { Features } from './azure.ts';
import { at, text } from './read-json.ts';

const apiVersion = API_VERSIONS['Microsoft.Features/features'];

export const createFeatures = (arm: ArmRequest, subscriptionId: string): Features => {
  const path = (namespace: string, feature: string): string =>
    `/subscriptions/${subscriptionId}/providers/Microsoft.Features/providers/${namespace}/features/${feature}`;
  return {
    async state(namespace, feature, signal) {
      const body = await arm.find(path(namespace, feature), { apiVersion, signal });
      return text(at(body, 'properties'), 'state') ?? 'NotRegistered';
    },
    async register(namespace, feature, signal) {
      await arm.send('POST', `${path(namespace, feature)}/register`, { apiVersion, signal });
    },
  };
};
