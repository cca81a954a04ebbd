import { holds, overlaps, parseAddress, parseCidr, type Cidr } from './cidr.ts';
import type { Config } from './config.ts';

/** The VNet that AKS makes for a cluster that brings none of its own. */
const nodeNetwork = '10.224.0.0/12';

/** Cilium's cluster pool hands every node a /24. */
const nodeMask = 24;

/** AKS surges by 10 %, at least one node, in every pool that has nodes. */
const surgeOf = (count: number): number => (count === 0 ? 0 : Math.max(1, Math.ceil(count / 10)));

/** How many nodes a pod range serves. */
export const nodesIn = (pods: Cidr): number => (pods.prefix > nodeMask ? 0 : 2 ** (nodeMask - pods.prefix));

const checkNodes = (config: Config, pods: Cidr): string | undefined => {
  const { systemPool, workloadPool } = config.cluster;
  const nodes = systemPool.count + workloadPool.count;
  const needed = nodes + surgeOf(systemPool.count) + surgeOf(workloadPool.count);
  const room = nodesIn(pods);
  if (room >= needed) return undefined;
  const prefix = nodeMask - Math.ceil(Math.log2(needed));
  return (
    `--pod-cidr ${pods.text} has room for ${room} nodes (every node takes a /${nodeMask}), but ${nodes} nodes and ` +
    `the surge of an upgrade need ${needed}; give a range of /${prefix} or larger, or fewer nodes with --nodes.`
  );
};

const checkRanges = (config: Config): readonly (string | undefined)[] => {
  const pods = parseCidr(config.cluster.podCidr);
  const services = parseCidr(config.cluster.serviceCidr);
  const nodes = parseCidr(nodeNetwork);
  const dns = parseAddress(config.cluster.dnsServiceIP);
  if (pods === undefined || services === undefined || nodes === undefined || dns === undefined) return [];
  return [
    overlaps(pods, services)
      ? `--pod-cidr ${pods.text} and --service-cidr ${services.text} overlap; give two ranges that share no address, for example 10.244.0.0/16 and 10.0.0.0/16.`
      : undefined,
    ...(
      [
        ['--pod-cidr', pods, '10.244.0.0/16'],
        ['--service-cidr', services, '10.0.0.0/16'],
      ] as const
    ).map(([flag, range, example]) =>
      overlaps(range, nodes)
        ? `${flag} ${range.text} overlaps ${nodeNetwork}, the network that AKS makes for the nodes; give a range outside it, for example ${example}.`
        : undefined,
    ),
    holds(services, dns) && dns !== services.first && dns !== services.first + services.size - 1
      ? undefined
      : `--dns-service-ip ${config.cluster.dnsServiceIP} must be an address inside --service-cidr ${services.text}, and neither its first nor its last; leave it away to get the tenth.`,
    checkNodes(config, pods),
  ];
};

const checkWorkspace = ({ workspace }: Config): string | undefined => {
  const named = workspace.id?.split('/').at(-1);
  return named !== undefined && named.toLowerCase() !== workspace.name.toLowerCase()
    ? `--workspace-name ${workspace.name} is not the workspace that --workspace-id names (${named}); leave one of the two away.`
    : undefined;
};

/** The system pool is tainted: a shop without a node of its own would wait for one for ever. A cluster taken over has pools that we do not know. */
const checkDemo = ({ demo, cluster, adopt }: Config): string | undefined =>
  demo.enabled && cluster.workloadPool.count === 0 && !adopt
    ? '--demo needs a node for workloads, and --nodes is 0; give --nodes 1 or more, or --no-demo.'
    : undefined;

/** What is right by itself but wrong together: one sentence for each thing, none when all is well. */
export const checkTogether = (config: Config): readonly string[] =>
  [...checkRanges(config), checkWorkspace(config), checkDemo(config)].filter((sentence) => sentence !== undefined);
