import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotServe } from '../cannot-serve.ts';
import { issueAuthority, issueLeaf, type KeyPair } from '../server/certificates.ts';
import { writePrivateFile } from '../server/private-file.ts';
import { newToken } from './api/api-server.ts';

/** What of a cluster outlives the process beside its objects. */
export interface ClusterState {
  readonly authority: KeyPair;
  readonly client: KeyPair;
  readonly tokens: { readonly clusterUser: string; readonly clusterAdmin: string };
  /** Of the last run; 0 before the first. */
  readonly port: number;
}

const fileOf = (dir: string): string => join(dir, 'cluster.json');

/** Reads a cluster's state, or makes it: a CA of its own, a client certificate of system:masters, two tokens. `now` in ms. */
export const loadState = async (dir: string, now: number): Promise<ClusterState> => {
  if (existsSync(fileOf(dir))) return readState(fileOf(dir));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const authority = await issueAuthority('ca', now);
  const client = await issueLeaf(
    authority,
    { commonName: 'masterclient', organization: 'system:masters', usage: 'client' },
    now,
  );
  const state: ClusterState = {
    authority,
    client,
    tokens: { clusterUser: newToken(), clusterAdmin: newToken() },
    port: 0,
  };
  saveState(dir, state);
  return state;
};

const readState = (file: string): ClusterState => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ClusterState;
  } catch (error) {
    const folder = dirname(dirname(dirname(file)));
    throw new CannotServe(`${file} is damaged: move the folder ${folder} away to start with an empty sandbox.`, error);
  }
};

export const saveState = (dir: string, state: ClusterState): void =>
  writePrivateFile(fileOf(dir), JSON.stringify(state));
