import { Problem } from '../errors/problem.ts';

/** Bits of the smallest block that still holds a node's pods: /26 has 62 addresses, AKS asks for at least 30 pods a node. */
const smallestBlock = 26;

/**
 * Prefix length of each node's block in Cilium's cluster pool: /24 where that leaves a block for every node and one for the
 * node that an upgrade adds, else smaller blocks. It cannot be changed later. Throws Problem `usage` where nothing fits.
 */
export function podMaskSize(podCidr: string, nodeCount: number): number {
  const prefix = prefixOf(podCidr);
  for (let mask = 24; mask <= smallestBlock; mask++) {
    if (2 ** (mask - prefix) >= nodeCount + 1) return mask;
  }
  throw new Problem(
    `The pod CIDR ${podCidr} has no room for ${nodeCount} nodes and the one that an upgrade adds, with at least 62 pod addresses each.`,
    {
      kind: 'usage',
      code: 'pod-cidr',
      hint: `Choose a range of /${smallestBlock - Math.ceil(Math.log2(nodeCount + 1))} or larger, for example 10.244.0.0/16.`,
    },
  );
}

function prefixOf(cidr: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [octets, prefix] = [match?.slice(1, 5).map(Number) ?? [], Number(match?.[5])];
  if (match !== null && octets.every((octet) => octet <= 255) && prefix <= 32) return prefix;
  throw new Problem(`The pod CIDR ${cidr} is not an IPv4 range, for example 10.244.0.0/16.`, {
    kind: 'usage',
    code: 'pod-cidr',
  });
}
