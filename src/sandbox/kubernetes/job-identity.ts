import type { KubeObject } from './objects.ts';

type Fields = Readonly<Record<string, unknown>>;
const fieldsIn = (owner: unknown, key: string): Fields => {
  const found = typeof owner === 'object' && owner !== null ? (owner as Fields)[key] : undefined;
  return typeof found === 'object' && found !== null ? (found as Fields) : {};
};

/**
 * A Job whose pods can be told from those of any other: selector and labels with its uid, as the API server gives them to each
 * that brings no selector of its own.
 */
export const withJobIdentity = (job: KubeObject, uid: string): KubeObject => {
  const spec = fieldsIn(job, 'spec');
  if (spec['manualSelector'] === true || spec['selector'] !== undefined) return job;
  const own = { 'batch.kubernetes.io/controller-uid': uid, 'controller-uid': uid };
  const named = { ...own, 'batch.kubernetes.io/job-name': job.metadata.name, 'job-name': job.metadata.name };
  const template = fieldsIn(spec, 'template');
  const metadata = fieldsIn(template, 'metadata');
  const labels = { ...fieldsIn(metadata, 'labels'), ...named };
  return {
    ...job,
    // Only where nobody gave labels does the Job get its template's.
    metadata: { ...job.metadata, uid, labels: job.metadata.labels ?? labels },
    spec: {
      manualSelector: false,
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
};
