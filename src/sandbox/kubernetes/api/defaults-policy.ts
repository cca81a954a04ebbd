import { each, within } from './defaults-pod.ts';
import { textAt, type JsonObject } from './json.ts';

/** Whom and to what a binding binds. */
export const rbacBinding = (object: JsonObject): JsonObject => ({
  ...within(object, 'roleRef', (ref) => ({ apiGroup: 'rbac.authorization.k8s.io', ...ref })),
  ...each(object, 'subjects', (subject) =>
    textAt(subject, 'kind') === 'ServiceAccount' ? subject : { apiGroup: 'rbac.authorization.k8s.io', ...subject },
  ),
});

/** `extra` is what the one kind of webhook has beyond the other. */
export const webhook =
  (extra: JsonObject) =>
  (object: JsonObject): JsonObject =>
    each(object, 'webhooks', (hook) => ({
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      ...extra,
      ...hook,
      ...each(hook, 'rules', (rule) => ({ scope: '*', ...rule })),
      ...within(hook, 'clientConfig', (config) => ({
        ...config,
        ...within(config, 'service', (service) => ({ port: 443, ...service })),
      })),
    }));
