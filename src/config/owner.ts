import { createHash } from 'node:crypto';
import type { Config } from './config.ts';

/** Namespace of all owner ids; any fixed UUID does, but it may never change: owners of existing clusters hang on it. */
const namespace = '5b0cb8f3-6d0f-5f0e-9a3c-7b5a0c1e4d21';

/** RFC 9562 name-based UUID, version 5. */
export const uuidV5 = (space: string, name: string): string => {
  const hash = createHash('sha1')
    .update(Buffer.from(space.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/**
 * Who a deployment is, on any machine and in any run that has the same config.
 * The tenant is the one that was signed in to: the config may leave it to the subscription.
 */
export const ownerOf = (
  { subscription, resourceGroup, name }: Pick<Config, 'subscription' | 'resourceGroup' | 'name'>,
  tenantId: string,
): string => uuidV5(namespace, [tenantId, subscription, resourceGroup, name].join('/').toLowerCase());
