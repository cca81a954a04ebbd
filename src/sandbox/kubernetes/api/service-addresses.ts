import type { KubeObject, ObjectStore } from '../objects.ts';
import { invalid, invalidValue } from './api-error.ts';
import { listAt, numberAt, objectAt, textAt, type JsonObject } from './json.ts';
import { builtin } from './resource-table.ts';

const services = builtin('services');

/** Gives a Service its cluster IP out of the service CIDR and node ports out of 30000-32767; what it has it keeps. */
export const allocateAddresses = (
  store: ObjectStore,
  serviceCidr: string,
  object: KubeObject,
  before: KubeObject | undefined,
): KubeObject => {
  const spec = objectAt(object, 'spec');
  const type = textAt(spec, 'type') ?? 'ClusterIP';
  if (type === 'ExternalName') return object;
  const others = store
    .list(services)
    .filter((other) => other.metadata.uid !== before?.metadata.uid || before === undefined);
  const kept = textAt(spec, 'clusterIP') || textAt(before, 'spec', 'clusterIP');
  const taken = new Set(others.map((other) => textAt(other, 'spec', 'clusterIP')));
  if (before === undefined && kept !== undefined && kept !== '' && kept !== 'None') {
    const why = !inCidr(kept, serviceCidr)
      ? `failed to allocate IP ${kept}: the provided IP (${kept}) is not in the valid range. The range of valid IPs is ${serviceCidr}`
      : taken.has(kept)
        ? 'failed to allocate IP: provided IP is already allocated'
        : undefined;
    if (why !== undefined)
      throw invalid('', 'Service', object.metadata.name, [invalidValue('spec.clusterIPs', [kept], why)]);
  }
  const clusterIP = kept || freeAddress(serviceCidr, taken);
  return {
    ...object,
    spec: {
      ...spec,
      clusterIP,
      clusterIPs: [clusterIP],
      ...(type === 'ClusterIP' ? {} : { ports: withNodePorts(spec, before, others) }),
    },
  };
};

const withNodePorts = (
  spec: JsonObject,
  before: KubeObject | undefined,
  others: readonly KubeObject[],
): readonly unknown[] => {
  const used = new Set(
    others.flatMap((other) => listAt(other, 'spec', 'ports').map((port) => numberAt(port, 'nodePort'))),
  );
  const old = listAt(before, 'spec', 'ports');
  return listAt(spec, 'ports').map((port) => {
    const same = old.find(
      (known) =>
        numberAt(known, 'port') === numberAt(port, 'port') && textAt(known, 'protocol') === textAt(port, 'protocol'),
    );
    let nodePort = numberAt(port, 'nodePort') ?? numberAt(same, 'nodePort');
    for (let candidate = 30000; nodePort === undefined; candidate += 1) if (!used.has(candidate)) nodePort = candidate;
    used.add(nodePort);
    return { ...objectAt({ port }, 'port'), nodePort };
  });
};

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

const range = (cidr: string): { readonly first: number; readonly size: number } => {
  const [address = '10.0.0.0', bits = '16'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return { first: Math.floor(toNumber(address) / size) * size, size };
};

const inCidr = (address: string, cidr: string): boolean => {
  const { first, size } = range(cidr);
  const value = toNumber(address);
  return value > first && value < first + size - 1;
};

/** The lowest free address above the part that Kubernetes keeps for addresses that are asked for by number. */
const freeAddress = (cidr: string, taken: ReadonlySet<string | undefined>): string => {
  const { first, size } = range(cidr);
  const reserved = Math.min(Math.max(16, Math.floor(size / 16)), 256);
  for (let offset = Math.min(reserved, size - 2); offset < size - 1; offset += 1) {
    const address = toAddress(first + offset);
    if (!taken.has(address)) return address;
  }
  throw invalid('', 'Service', '', [
    invalidValue('spec.clusterIPs', [], 'failed to allocate a serviceIP: range is full'),
  ]);
};
