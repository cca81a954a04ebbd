import { arrayAt, at, isObject, numberAt, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { Arm } from '../context.ts';
import { ArmError, aksError } from '../errors.ts';
import { forbidden, overlap, parseAddress, parseCidr } from './cidr.ts';
import type { Range } from './cidr.ts';

const invalid = (parameter: string, detail: string): Error =>
  aksError(
    400,
    'InvalidParameter',
    `The value of parameter ${parameter} is invalid. Error details: ${detail} Please see https://aka.ms/aks-naming-rules for more details.`,
    parameter,
  );

/** What AKS checks of the properties before it creates anything; throws its flat 400. `properties` is the merged result. */
export const checkCluster = (properties: JsonObject, arm: Arm): void => {
  const dnsPrefix = textAt(properties, 'dnsPrefix') ?? '';
  if (!/^[a-zA-Z\d]$|^[a-zA-Z\d][-a-zA-Z\d]{0,52}[a-zA-Z\d]$/u.test(dnsPrefix)) {
    throw invalid(
      'dnsPrefix',
      `DNS prefix '${dnsPrefix}' is invalid: it must contain only alphanumeric characters and hyphens, start and end with an alphanumeric character, and be at most 54 characters long.`,
    );
  }
  checkPools(arrayAt(properties, 'agentPoolProfiles').filter(isObject));
  checkNetwork(objectAt(properties, 'networkProfile'));
  checkKubeProxy(objectAt(properties, 'networkProfile'), arm);
  checkMonitoring(properties, arm);
};

const checkPools = (pools: readonly JsonObject[]): void => {
  if (pools.length === 0) throw invalid('agentPoolProfiles', 'At least one agent pool is required.');
  const names = pools.map((pool) => textAt(pool, 'name') ?? '');
  if (new Set(names).size < names.length) throw invalid('agentPoolProfiles', 'Agent pool names must be unique.');
  if (!pools.some((pool) => textAt(pool, 'mode') === 'System')) {
    throw aksError(400, 'NoSystemPool', 'There has to be at least one system agent pool.', 'agentPoolProfiles');
  }
  for (const pool of pools) checkPool(pool);
};

/** A pool on its own: name, mode, count and taints. */
export const checkPool = (pool: JsonObject): void => {
  const name = textAt(pool, 'name') ?? '';
  if (!/^[a-z][a-z0-9]{0,11}$/u.test(name) || name === 'aksmanagedap') {
    throw invalid(
      'agentPoolProfile.name',
      `Agent pool name '${name}' must start with a lowercase letter, have max length of 12, and only have characters a-z0-9.`,
    );
  }
  const mode = textAt(pool, 'mode');
  if (mode !== 'System' && mode !== 'User')
    throw invalid('agentPoolProfile.mode', `Agent pool '${name}' needs a mode, System or User.`);
  const count = numberAt(pool, 'count') ?? 1;
  if (count < (mode === 'System' ? 1 : 0) || count > 1000) {
    throw invalid('agentPoolProfile.count', `Agent pool '${name}' of mode ${mode} cannot have ${count} nodes.`);
  }
  for (const taint of arrayAt(pool, 'nodeTaints').map(String)) {
    if (!/^[^=:\s]+(=[^=:\s]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$/u.test(taint)) {
      throw invalid('agentPoolProfile.nodeTaints', `Taint '${taint}' is not of the form key=value:Effect.`);
    }
    if (mode === 'System' && taint.endsWith(':NoExecute')) {
      throw invalid('agentPoolProfile.nodeTaints', `System agent pool '${name}' cannot have the taint '${taint}'.`);
    }
  }
};

const range = (network: JsonObject, name: string): Range | undefined => {
  const text = textAt(network, name);
  if (text === undefined) return undefined;
  const parsed = parseCidr(text);
  if (parsed === undefined)
    throw invalid(
      `networkProfile.${name}`,
      `'${text}' is not a valid CIDR: it must be the first address of a range, such as 10.0.0.0/16.`,
    );
  const kept = forbidden.find((other) => {
    const taken = parseCidr(other);
    return taken !== undefined && overlap(taken, parsed);
  });
  if (kept !== undefined)
    throw invalid(`networkProfile.${name}`, `${text} overlaps the range ${kept}, which is reserved.`);
  return parsed;
};

const checkNetwork = (network: JsonObject): void => {
  const plugin = textAt(network, 'networkPlugin');
  if (
    plugin === 'none' &&
    textAt(network, 'networkPolicy') !== undefined &&
    textAt(network, 'networkPolicy') !== 'none'
  ) {
    throw invalid(
      'networkProfile.networkPolicy',
      `Network policy '${textAt(network, 'networkPolicy') ?? ''}' cannot be used with network plugin none.`,
    );
  }
  const pod = range(network, 'podCidr');
  const service = range(network, 'serviceCidr');
  if (service !== undefined && service.prefix < 12) {
    throw invalid('networkProfile.serviceCidr', 'The service CIDR must be smaller than /12.');
  }
  if (pod !== undefined && service !== undefined && overlap(pod, service)) {
    throw invalid(
      'networkProfile.podCidr',
      `Pod CIDR ${String(network['podCidr'])} overlaps service CIDR ${String(network['serviceCidr'])}.`,
    );
  }
  const dns = textAt(network, 'dnsServiceIP');
  const address = dns === undefined ? undefined : parseAddress(dns);
  if (dns === undefined || service === undefined) return;
  if (address === undefined || address < service.first || address > service.last) {
    throw invalid(
      'networkProfile.dnsServiceIP',
      `DNS service IP ${dns} is not within the service CIDR ${String(network['serviceCidr'])}.`,
    );
  }
  if (address <= service.first + 1) {
    throw invalid(
      'networkProfile.dnsServiceIP',
      `DNS service IP ${dns} cannot be one of the first addresses of the service CIDR: they are the Kubernetes service's own.`,
    );
  }
};

const checkKubeProxy = (network: JsonObject, arm: Arm): void => {
  if (!isObject(network['kubeProxyConfig'])) return;
  const enabled = at(network, 'kubeProxyConfig', 'enabled') === true;
  const mode = textAt(network, 'kubeProxyConfig', 'mode');
  const byoCni = textAt(network, 'networkPlugin') === 'none';
  const cilium = textAt(network, 'networkDataplane') === 'cilium';
  if (enabled && cilium) {
    throw new ArmError(
      400,
      'BadRequest',
      "The kube-proxy configuration must have 'enabled' set to false with network dataplane cilium.",
      {
        flat: true,
        target: 'networkProfile.kubeProxyConfig.enabled',
        subcode: 'CiliumDataplaneRequiresKubeProxyConfigDisabled',
      },
    );
  }
  if (!enabled && !byoCni && !cilium) {
    throw aksError(
      400,
      'KubeProxyConfigDisabledBYOCNIOnly',
      'Disabling kube-proxy is only allowed for bring your own (BYO) CNI clusters.',
      'networkProfile.kubeProxyConfig.enabled',
    );
  }
  // Since the release of 2025-04-27 only other forms than "off on BYO CNI" need the feature; the fault brings back what was before.
  const needed = enabled || arm.faults.find('feature-required') !== undefined;
  if (needed && !arm.registrations.featureInEffect('Microsoft.ContainerService', 'KubeProxyConfigurationPreview')) {
    throw aksError(
      400,
      'KubeProxyConfigFeatureNotRegistered',
      'The KubeProxyConfig feature is not registered for this subscription: register Microsoft.ContainerService/KubeProxyConfigurationPreview, then register the provider Microsoft.ContainerService again.',
      'networkProfile.kubeProxyConfig',
    );
  }
  if (isObject(at(network, 'kubeProxyConfig', 'ipvsConfig')) && mode !== 'IPVS') {
    throw aksError(
      400,
      'KubeProxyConfigFieldUnsupported',
      `Field ipvsConfig is only supported in mode IPVS, not in ${mode ?? 'IPTABLES'}.`,
      'networkProfile.kubeProxyConfig.ipvsConfig',
    );
  }
};

const checkMonitoring = (properties: JsonObject, arm: Arm): void => {
  const addon = objectAt(properties, 'addonProfiles', 'omsagent');
  if (addon['enabled'] !== true) return;
  const id = textAt(addon, 'config', 'logAnalyticsWorkspaceResourceID') ?? '';
  if (arm.resources.get(id) === undefined) {
    throw aksError(
      400,
      'BadRequest',
      `The Log Analytics workspace '${id}' of add-on omsagent was not found.`,
      'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
    );
  }
};
