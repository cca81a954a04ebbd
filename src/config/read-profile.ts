import { Problem } from '../errors/problem.ts';
import type { CloudProfile, PinnedChart } from './cloud-profile.ts';
import { clouds } from './clouds.ts';

const known = [
  'name',
  'armEndpoint',
  'armAudience',
  'authorityHost',
  'logsEndpoint',
  'logsAudience',
  'portal',
  'caFile',
  'pollIntervalMs',
  'subscriptionId',
  'tenantId',
  'location',
  'credential',
  'charts',
  'clustersOutliveDeletion',
  'notes',
];

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a cloud profile's JSON; `fileName` is for messages only.
 * @throws Problem `cloud-profile`, naming the key and what it must be.
 */
export const parseCloudProfile = (text: string, fileName: string): CloudProfile => {
  const refuse = (message: string): Problem =>
    new Problem(`${fileName} is no cloud profile: ${message}.`, { kind: 'usage', code: 'cloud-profile' });
  const root = parse(text);
  if (!isFields(root)) throw refuse('it must be a JSON object');
  const stray = Object.keys(root).find((key) => !known.includes(key));
  if (stray !== undefined) throw refuse(`the key ${stray} is not known (known: ${known.join(', ')})`);

  const optional = (from: Fields, key: string, path = key): string | undefined => {
    const value = from[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' || value === '') throw refuse(`${path} must be a text`);
    return value;
  };
  const text_ = (from: Fields, key: string, path = key): string => {
    const value = optional(from, key, path);
    if (value === undefined) throw refuse(`${path} is missing`);
    return value;
  };
  const url = (key: string): string => {
    const value = text_(root, key);
    if (!URL.canParse(value) || !value.startsWith('https://')) throw refuse(`${key} must be an https:// address`);
    return value;
  };
  const endpoint = (key: string): string => url(key).replace(/\/+$/u, '');

  const chart = (from: Fields, key: string): PinnedChart | undefined => {
    const value = from[key];
    if (value === undefined) return undefined;
    if (!isFields(value)) throw refuse(`charts.${key} must be an object`);
    const part = (name: string): string => text_(value, name, `charts.${key}.${name}`);
    return { reference: part('reference'), version: part('version'), sha256: part('sha256') };
  };
  const charts = root['charts'] ?? {};
  if (!isFields(charts)) throw refuse('charts must be an object');
  const [cilium, tetragon] = [chart(charts, 'cilium'), chart(charts, 'tetragon')];

  const credential = root['credential'];
  if (credential !== undefined && (!isFields(credential) || credential['kind'] !== 'client-secret')) {
    throw refuse('credential.kind must be client-secret');
  }
  const poll = root['pollIntervalMs'] ?? 10_000;
  if (typeof poll !== 'number' || !(poll > 0)) throw refuse('pollIntervalMs must be a number of milliseconds above 0');
  const notes = root['notes'] ?? [];
  if (!Array.isArray(notes) || !notes.every((note) => typeof note === 'string')) {
    throw refuse('notes must be a list of texts');
  }
  const outlive = root['clustersOutliveDeletion'] ?? false;
  if (typeof outlive !== 'boolean') throw refuse('clustersOutliveDeletion must be true or false');
  const authorityHost = endpoint('authorityHost');
  return {
    name: text_(root, 'name'),
    armEndpoint: endpoint('armEndpoint'),
    armAudience: url('armAudience'),
    authorityHost,
    privateAuthority: !clouds.some((cloud) => cloud.authorityHost === authorityHost),
    logsEndpoint: endpoint('logsEndpoint'),
    logsAudience: url('logsAudience'),
    portal: endpoint('portal'),
    caFile: optional(root, 'caFile'),
    pollIntervalMs: poll,
    subscriptionId: optional(root, 'subscriptionId'),
    tenantId: optional(root, 'tenantId'),
    location: optional(root, 'location'),
    credential: isFields(credential)
      ? {
          kind: 'client-secret',
          clientId: text_(credential, 'clientId', 'credential.clientId'),
          clientSecretFile: text_(credential, 'clientSecretFile', 'credential.clientSecretFile'),
        }
      : undefined,
    charts: { ...(cilium && { cilium }), ...(tetragon && { tetragon }) },
    ...(outlive && { clustersOutliveDeletion: true }),
    notes,
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
