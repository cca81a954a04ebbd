import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from './json.ts';
import { writePrivateFile } from './server/private-file.ts';

/** What `sandbox start -o json` prints. URLs without a trailing slash. */
export interface Published {
  readonly arm: string;
  readonly authority: string;
  readonly logs: string;
  readonly control: string;
  readonly controlToken: string;
  readonly caFile: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly subscriptionId: string;
  readonly pid: number;
  /** Where the metadata service is, where the machine was given a managed identity. */
  readonly metadata?: string;
  /** The real cluster behind this sandbox, where it has one. */
  readonly cluster?: PublishedCluster;
}

export interface PublishedCluster {
  readonly context: string;
  readonly server: string;
  readonly kubernetesVersion: string;
  readonly nodes: number;
  /** Where its nodes reach its API server. */
  readonly kubernetesService: string;
}

const fileOf = (dir: string): string => join(dir, 'published.json');

export const writePublished = (dir: string, published: Published): void =>
  writePrivateFile(fileOf(dir), `${JSON.stringify(published, null, 2)}\n`);

export const removePublished = (dir: string): void => rmSync(fileOf(dir), { force: true });

/** What the last process to serve a directory had published; it may be dead. */
export const readPublished = (dir: string): Published | undefined => {
  if (!existsSync(fileOf(dir))) return undefined;
  try {
    const parsed: unknown = JSON.parse(readFileSync(fileOf(dir), 'utf8'));
    return isObject(parsed) && typeof parsed['pid'] === 'number' ? (parsed as unknown as Published) : undefined;
  } catch {
    return undefined;
  }
};
