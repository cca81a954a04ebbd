import type { Config } from '../config/config.ts';
import { type Pipeline, pipeline } from '../engine/pipeline.ts';
import { association } from './association.ts';
import { cilium } from './cilium.ts';
import { cluster } from './cluster.ts';
import { clusterAccess } from './cluster-access.ts';
import { dataCollection } from './data-collection.ts';
import { demoApp } from './demo-app.ts';
import { functions } from './functions.ts';
import { kubeProxy } from './kube-proxy.ts';
import { logSettings } from './log-settings.ts';
import { logTable } from './log-table.ts';
import { nodes } from './nodes.ts';
import type { Outputs } from './outputs.ts';
import { previewFeature } from './preview-feature.ts';
import { providers } from './providers.ts';
import { resourceGroup } from './resource-group.ts';
import { rules } from './rules.ts';
import { sentinel } from './sentinel.ts';
import type { Services } from './services.ts';
import { tetragon } from './tetragon.ts';
import { tracingPolicies } from './tracing-policies.ts';
import { workspace } from './workspace.ts';

/** The run, in run order. What the config leaves out is only ever at the end of a branch, so nothing else has to know. */
export const deployment = (config: Pick<Config, 'detections' | 'demo'>): Pipeline<Services, Partial<Outputs>> => {
  const base = pipeline<Services>()
    .add('providers', providers)
    .add('preview-feature', previewFeature)
    .add('resource-group', resourceGroup)
    .add('workspace', workspace)
    .add('log-table', logTable)
    .add('sentinel', sentinel)
    .add('data-collection', dataCollection)
    .add('cluster', cluster)
    .add('cluster-access', clusterAccess)
    .add('kube-proxy', kubeProxy)
    .add('cilium', cilium)
    .add('nodes', nodes)
    .add('tetragon', tetragon)
    .add('log-settings', logSettings)
    .add('association', association)
    .add('tracing-policies', tracingPolicies);
  const detecting = config.detections.enabled ? base.add('functions', functions).add('rules', rules) : base;
  return config.demo.enabled ? detecting.add('demo-app', demoApp) : detecting;
};
