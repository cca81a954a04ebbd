import { arrayAt, at, isObject, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { providerError } from '../checked-body.ts';
import type { Arm } from '../context.ts';

const invalid = (target: string, message: string): Error =>
  providerError(400, 'InvalidPayload', 'Data collection rule is invalid', [
    { code: 'InvalidProperty', message, target },
  ]);

/** Streams of Azure Monitor's own that agents on Linux, Container Insights and managed Prometheus send. */
const streams = new Set(
  [
    'ContainerInsights-Group-Default ContainerLog ContainerLogV2 ContainerLogV2-HighScale KubeEvents KubePodInventory KubeNodeInventory',
    'KubePVInventory KubeServices KubeMonAgentEvents InsightsMetrics ContainerInventory ContainerNodeInventory Perf',
    'PrometheusMetrics Syslog Event RetinaNetworkFlowLogs',
  ]
    .flatMap((line) => line.split(' '))
    .map((name) => `microsoft-${name.toLowerCase()}`),
);

/** What a data collection rule refers to must be there: its workspaces, its streams, and the destinations that its flows name. */
export const checkCollectionRule = (body: JsonObject, location: string, arm: Arm): void => {
  const properties = objectAt(body, 'properties');
  checkDestinations(properties, location, arm);
  const extensions = arrayAt(properties, 'dataSources', 'extensions');
  for (const [index, extension] of extensions.entries()) {
    const target = `properties.dataSources.extensions[${index}]`;
    const settings = at(extension, 'extensionSettings');
    // Terraform's extension_json is a text; ARM's is the object itself.
    if (settings !== undefined && !isObject(settings))
      throw invalid(`${target}.extensionSettings`, 'The settings of an extension must be an object.');
    const enabled = at(settings, 'dataCollectionSettings', 'enableContainerLogV2');
    if (enabled !== undefined && typeof enabled !== 'boolean')
      throw invalid(`${target}.extensionSettings`, "'enableContainerLogV2' must be a boolean.");
    checkStreams(arrayAt(extension, 'streams').map(String), `${target}.streams`, properties);
  }
  checkFlows(properties);
};

const checkDestinations = (properties: JsonObject, location: string, arm: Arm): void => {
  const destinations = arrayAt(properties, 'destinations', 'logAnalytics').filter(isObject);
  for (const [index, destination] of destinations.entries()) {
    const workspace = arm.resources.get(textAt(destination, 'workspaceResourceId') ?? '');
    const target = `properties.destinations.logAnalytics[${index}].workspaceResourceId`;
    if (workspace === undefined)
      throw invalid(target, `Workspace '${textAt(destination, 'workspaceResourceId') ?? ''}' was not found.`);
    if (workspace.location !== location) {
      throw invalid(
        target,
        `Data collection rule and its destination workspace must be in the same region: the workspace is in '${workspace.location ?? ''}', the rule in '${location}'.`,
      );
    }
  }
};

const checkStreams = (names: readonly string[], target: string, properties: JsonObject): void => {
  const declared = Object.keys(objectAt(properties, 'streamDeclarations'));
  const unknown = names.find((name) => !declared.includes(name) && !streams.has(name.toLowerCase()));
  if (unknown !== undefined) throw invalid(target, `Stream '${unknown}' is not a known or declared stream.`);
};

const checkFlows = (properties: JsonObject): void => {
  const names = new Set(
    Object.values(objectAt(properties, 'destinations'))
      .flatMap((group) => (Array.isArray(group) ? (group as unknown[]) : [group]))
      .map((one) => textAt(one, 'name')),
  );
  for (const [index, flow] of arrayAt(properties, 'dataFlows').entries()) {
    const target = `properties.dataFlows[${index}]`;
    checkStreams(arrayAt(flow, 'streams').map(String), `${target}.streams`, properties);
    for (const name of arrayAt(flow, 'destinations').map(String)) {
      if (!names.has(name)) throw invalid(`${target}.destinations`, `Destination '${name}' is not defined.`);
    }
  }
};
