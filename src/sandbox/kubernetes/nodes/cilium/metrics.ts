import type { KubeObject } from '../../objects.ts';
import { type Labels, metric } from '../prometheus-text.ts';
import { recall } from '../processes.ts';
import type { Cluster } from '../cluster.ts';
import { numberAt } from '../fields.ts';
import { agentView } from './agent-view.ts';
import { OPERATOR } from './programs.ts';
import { statusResponse } from './status-response.ts';

type Feature = readonly [name: string, help: string, on: boolean, labels?: Labels];

const prefixed = (prefix: string, features: readonly Feature[]): readonly string[] =>
  features.flatMap(([name, help, on, labels = {}]) =>
    metric(`${prefix}_feature_${name}`, 'gauge', help, [[labels, on ? 1 : 0]]),
  );

/** What an agent counts about its own configuration, by what it read at its start; a subset of what the real ones know. */
export const agentMetrics = (cluster: Cluster, pod: KubeObject): string => {
  const { config, pods } = agentView(cluster, pod);
  const on = (key: string): boolean => config[key] === 'true';
  const tunnel = `overlay-${config['tunnel-protocol'] ?? 'vxlan'}`;
  const encryption = on('enable-wireguard') ? 'wireguard' : on('enable-ipsec') ? 'ipsec' : undefined;
  return [
    ...metric('cilium_endpoint', 'gauge', 'Number of endpoints managed by this agent', [[{}, pods.length + 2]]),
    ...prefixed('cilium', [
      [
        'adv_connect_and_lb_bandwidth_manager_enabled',
        'Bandwidth Manager enabled on the agent',
        on('enable-bandwidth-manager'),
      ],
      ['adv_connect_and_lb_bgp_enabled', 'BGP enabled on the agent', on('enable-bgp-control-plane')],
      [
        'adv_connect_and_lb_cilium_envoy_config_enabled',
        'Cilium Envoy Config enabled on the agent',
        on('enable-envoy-config'),
      ],
      [
        'adv_connect_and_lb_egress_gateway_enabled',
        'Egress Gateway enabled on the agent',
        on('enable-egress-gateway') || on('enable-ipv4-egress-gateway'),
      ],
      [
        'adv_connect_and_lb_envoy_proxy_enabled',
        'Envoy Proxy mode enabled on the agent',
        on('enable-l7-proxy'),
        { mode: on('external-envoy-proxy') ? 'standalone' : 'embedded' },
      ],
      [
        'adv_connect_and_lb_kube_proxy_replacement_enabled',
        'KubeProxyReplacement enabled on the agent',
        on('kube-proxy-replacement'),
      ],
      ['adv_connect_and_lb_l2_lb_enabled', 'L2 LB announcement enabled on the agent', on('enable-l2-announcements')],
      ...(encryption === undefined
        ? []
        : [
            [
              'adv_connect_and_lb_transparent_encryption',
              'Encryption mode enabled on the agent',
              true,
              { mode: encryption, node2node_enabled: String(on('encrypt-node')), strict_mode_enabled: 'false' },
            ] as const,
          ]),
      [
        'controlplane_identity_allocation',
        'Identity Allocation mode enabled on the agent',
        true,
        { mode: config['identity-allocation-mode'] ?? 'crd' },
      ],
      ['controlplane_ipam', 'IPAM mode enabled on the agent', true, { mode: config['ipam'] ?? 'cluster-pool' }],
      [
        'datapath_internet_protocol',
        'IP mode enabled on the agent',
        true,
        { address_family: on('enable-ipv6') ? 'ipv4-ipv6-dual-stack' : 'ipv4-only' },
      ],
      [
        'datapath_network',
        'Network mode enabled on the agent',
        true,
        { mode: config['routing-mode'] === 'native' ? 'direct-routing' : tunnel },
      ],
      ['network_policies_host_firewall_enabled', 'Host firewall enabled on the agent', on('enable-host-firewall')],
    ]),
    '',
  ].join('\n');
};

/** Hubble's own port: of the metrics that the chart can turn on, `flow` has something to count from the start. */
export const hubbleMetrics = (cluster: Cluster, pod: KubeObject): string => {
  const view = agentView(cluster, pod);
  const seen = numberAt(statusResponse(view), 'hubble', 'observer', 'seen-flows') ?? 0;
  const wanted = (view.config['hubble-metrics'] ?? '').split(/\s+/).map((one) => one.replace(/[:;].*$/, ''));
  return [
    ...metric(
      'hubble_flows_processed_total',
      'counter',
      'Total number of flows processed',
      wanted.includes('flow')
        ? [[{ protocol: 'UDP', subtype: 'to-endpoint', type: 'Trace', verdict: 'FORWARDED' }, seen]]
        : [],
    ),
    '',
  ].join('\n');
};

export const operatorMetrics = (cluster: Cluster, pod: KubeObject): string => {
  const config = recall(cluster, pod, OPERATOR);
  const on = (key: string): boolean => config[key] === 'true';
  return [
    ...prefixed('cilium_operator', [
      ['adv_connect_and_lb_gateway_api_enabled', 'GatewayAPI enabled on the operator', on('enable-gateway-api')],
      [
        'adv_connect_and_lb_ingress_controller_enabled',
        'IngressController enabled on the operator',
        on('enable-ingress-controller'),
      ],
      [
        'adv_connect_and_lb_l7_aware_traffic_management_enabled',
        'L7 Aware Traffic Management enabled on the operator',
        config['loadbalancer-l7'] === 'envoy',
      ],
      ['adv_connect_and_lb_lb_ipam_enabled', 'LB IPAM enabled on the operator', config['enable-lb-ipam'] !== 'false'],
      ['adv_connect_and_lb_node_ipam_enabled', 'Node IPAM enabled on the operator', on('enable-node-ipam')],
    ]),
    '',
  ].join('\n');
};
