import { formatAddress, networkAddress, overlaps, parseAddress, parseCidr } from '../cidr.ts';
import type { Field, Scalar } from '../field.ts';

/** Azure and AKS keep these to themselves in every virtual network. */
const reserved = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];

const rangeCheck = (value: Scalar): string | undefined => {
  const range = parseCidr(String(value));
  if (range === undefined) return 'that is not an IPv4 range';
  if (networkAddress(range) !== range.text) return `the range is written ${networkAddress(range)}`;
  const clash = reserved.map((text) => parseCidr(text)).find((other) => other !== undefined && overlaps(range, other));
  return clash === undefined ? undefined : `AKS reserves ${clash.text}`;
};

const serviceCheck = (value: Scalar): string | undefined => {
  const range = parseCidr(String(value));
  if (range !== undefined && range.prefix <= 12) return 'a service range must be smaller than a /12';
  if (range !== undefined && range.prefix > 28) return 'a service range must be a /28 or larger';
  return rangeCheck(value);
};

const dnsAddressOf = (serviceCidr: string): string => {
  const range = parseCidr(serviceCidr);
  return range === undefined ? '10.0.0.10' : formatAddress(range.first + 10);
};

export const networkFields = [
  {
    path: 'cluster.podCidr',
    flag: 'pod-cidr',
    kind: 'text',
    group: 'network',
    help: 'IPv4 range of the pods, for AKS and Cilium alike; every node takes a /24 of it',
    form: 'an IPv4 range in CIDR form that no connected network uses',
    example: '10.100.0.0/16',
    fallback: { words: '10.244.0.0/16', of: () => '10.244.0.0/16' },
    check: rangeCheck,
  },
  {
    path: 'cluster.serviceCidr',
    flag: 'service-cidr',
    kind: 'text',
    group: 'network',
    help: 'IPv4 range of the services',
    form: 'an IPv4 range in CIDR form from /13 to /28 that no connected network uses',
    example: '10.101.0.0/20',
    fallback: { words: '10.0.0.0/16', of: () => '10.0.0.0/16' },
    check: serviceCheck,
  },
  {
    path: 'cluster.dnsServiceIP',
    flag: 'dns-service-ip',
    kind: 'text',
    group: 'network',
    help: "address of the cluster's DNS service",
    form: 'an IPv4 address inside the service range, but not its first',
    example: '10.0.0.53',
    fallback: {
      words: 'the tenth address of the service range',
      of: (known) => dnsAddressOf(String(known['cluster.serviceCidr'])),
    },
    check: (value) => (parseAddress(String(value)) === undefined ? 'that is not an IPv4 address' : undefined),
  },
] as const satisfies readonly Field[];
