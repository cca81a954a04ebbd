import { findProvider, findType } from './catalog.ts';
import type { Arm } from './context.ts';
import type { DeploymentStep } from './deployment-record.ts';
import { hexOf } from './resources.ts';
import type { ResourceRecord } from './resources.ts';

/**
 * What the mode Complete takes away: top-level resources of the deployment's own group that no template of it names.
 * What stands on them or in them goes with them, and what stands on one that stays is left alone.
 */
export const unnamed = (group: string, kept: readonly string[], arm: Arm): readonly ResourceRecord[] => {
  const named = new Set(kept.map((id) => id.toLowerCase()));
  return arm.resources.list(
    (record) =>
      record.group?.toLowerCase() === group.toLowerCase() &&
      record.location !== undefined &&
      !named.has(record.id.toLowerCase()),
  );
};

/** The newest stable api-version of a type, with which ARM itself speaks to its provider. */
export const ownVersion = (type: string): string => {
  const [namespace = '', ...rest] = type.split('/');
  const provider = findProvider(namespace);
  const versions = provider === undefined ? [] : (findType(provider, rest.join('/'))?.apiVersions ?? []);
  return versions.find((version) => !version.endsWith('-preview')) ?? versions[0] ?? '';
};

export const deletion = ({ id, type, name }: ResourceRecord): DeploymentStep => ({
  operationId: hexOf(`${id}/delete`, 16).toUpperCase(),
  id,
  type,
  name,
  apiVersion: ownVersion(type),
  after: [],
  deletes: true,
  state: 'waiting',
});
