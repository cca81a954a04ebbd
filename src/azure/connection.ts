import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { CloudProfile } from '../config/cloud-profile.ts';
import { Problem } from '../errors/problem.ts';

/** How sockets to a cloud are opened; every client and credential gets the same options. */
export interface Connection {
  /** PEM of the CA in place of the public ones; undefined trusts what Node trusts. */
  readonly ca: string | undefined;
  /** Options that every Azure client and credential takes. */
  readonly options: ConnectionOptions;
}

export interface ConnectionOptions {
  readonly tlsOptions?: { readonly ca: string };
  readonly agent?: Agent;
}

/** Reads the profile's CA once. NODE_EXTRA_CA_CERTS would be too late for a process that already runs. */
export async function openConnection(profile: CloudProfile): Promise<Connection> {
  const ca = profile.caFile === undefined ? undefined : await readCa(profile.caFile, profile.name);
  // Whoever proxies the internet does not proxy this machine: without an agent of its own, HTTPS_PROXY would take loopback, too.
  const agent = isLoopback(profile.armEndpoint)
    ? new Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
    : undefined;
  return {
    ca,
    options: { ...(ca === undefined ? {} : { tlsOptions: { ca } }), ...(agent === undefined ? {} : { agent }) },
  };
}

async function readCa(file: string, cloud: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  } catch (error) {
    throw new Problem(`The CA file ${file} of cloud ${cloud} cannot be read.`, {
      kind: 'usage',
      code: 'ca-file',
      cause: error,
    });
  }
  throw new Problem(`The CA file ${file} of cloud ${cloud} holds no PEM certificate.`, {
    kind: 'usage',
    code: 'ca-file',
  });
}

const isLoopback = (url: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
