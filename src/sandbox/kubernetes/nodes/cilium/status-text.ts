import { type Fields, at, fieldsAt, listAt, numberAt, textAt } from '../fields.ts';
import type { AgentView } from './agent-view.ts';
import { statusResponse } from './status-response.ts';

const line = (name: string, text: string): string => `${`${name}:`.padEnd(25)}${text}`;

const state = (status: Fields, key: string): string =>
  [textAt(status, key, 'state'), textAt(status, key, 'msg')]
    .filter((word) => word !== undefined && word !== '')
    .join('   ');

/** What `cilium-dbg status` prints for people. */
export const statusText = (view: AgentView): string => {
  const status = statusResponse(view);
  const proxyFree = fieldsAt(status, 'kube-proxy-replacement');
  const controllers = listAt(status, 'controllers');
  const nodes = listAt(status, 'cluster', 'nodes').length;
  const healthy = controllers.filter((one) => at(one, 'status', 'consecutive-failure-count') === undefined).length;
  const devices = listAt(proxyFree, 'deviceList').map((device) => `${textAt(device, 'name')} ${view.nodeAddress}`);
  return [
    line('KVStore', 'Disabled'),
    line('Kubernetes', state(status, 'kubernetes')),
    line(
      'KubeProxyReplacement',
      [textAt(proxyFree, 'mode'), ...(devices.length === 0 ? [] : [`[${devices.join(', ')} (Direct Routing)]`])].join(
        '   ',
      ),
    ),
    line('Host firewall', textAt(status, 'host-firewall', 'mode') ?? ''),
    line('CNI Chaining', 'none'),
    line('CNI Config file', textAt(status, 'cni-file', 'msg') ?? ''),
    line('Cilium', state(status, 'cilium')),
    line('NodeMonitor', 'Listening for events on 4 CPUs with 64x4096 of shared memory'),
    line('Cilium health daemon', state(fieldsAt(status, 'cluster'), 'ciliumHealth')),
    line('IPAM', textAt(status, 'ipam', 'status') ?? ''),
    line(
      'Routing',
      `Network: ${textAt(status, 'routing', 'inter-host-routing-mode')} [${textAt(status, 'routing', 'tunnel-protocol') ?? ''}]   Host: ${textAt(status, 'routing', 'intra-host-routing-mode')}`,
    ),
    line('Masquerading', `${textAt(status, 'masquerading', 'mode')}   [IPv4: Enabled, IPv6: Disabled]`),
    line('Controller Status', `${healthy}/${controllers.length} healthy`),
    line(
      'Proxy Status',
      `OK, ip ${view.routerAddress}, 0 redirects active on ports 10000-20000, Envoy: ${textAt(status, 'proxy', 'envoy-deployment-mode') ?? 'disabled'}`,
    ),
    line(
      'Hubble',
      `${textAt(status, 'hubble', 'state')}   Current/Max Flows: ${numberAt(status, 'hubble', 'observer', 'current-flows') ?? 0}/4095   Metrics: ${textAt(status, 'hubble-metrics', 'state')}`,
    ),
    line('Encryption', textAt(status, 'encryption', 'mode') ?? ''),
    line('Cluster health', `${view.trouble === undefined ? nodes : 0}/${nodes} reachable`),
  ].join('\n');
};
