/** Bodies that several scripts send. */
export const configMap = (
  name: string,
  data: Readonly<Record<string, string>> = { k: 'v' },
  more: object = {},
): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data,
});

export const pod = (name: string, spec: object = {}, labels: object = { app: name }): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'c', image: 'registry.example/web:1' }], ...spec },
});

export const deployment = (name: string, spec: object = {}, template: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [{ name: 'web', image: 'registry.example/web:1', ports: [{ containerPort: 80 }] }],
        ...template,
      },
    },
    ...spec,
  },
});

/** What holds a pod template and is nobody's concern: no controller writes to it between two calls. */
export const podTemplate = (name: string, spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: { name, labels: { app: name } },
  template: {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'web', image: 'registry.example/web:1', ports: [{ containerPort: 80 }] }], ...spec },
  },
});
