import type { KubeObject } from '../objects.ts';
import { type Cluster, stamp } from './cluster.ts';
import { type Fields, listAt } from './fields.ts';
import { CRDS } from './resources.ts';

export interface CustomKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  readonly statusSubresource: boolean;
  /** A structural schema; without one every field is kept. */
  readonly schema?: Fields;
}

const OPEN: Fields = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const crdName = ({ plural, group }: CustomKind): string => `${plural}.${group}`;

/** The CRD as it stands once the API server has accepted it. */
const crdObject = (cluster: Cluster, custom: CustomKind, labels: Readonly<Record<string, string>>): KubeObject => {
  const names = {
    ...(custom.categories === undefined ? {} : { categories: custom.categories }),
    kind: custom.kind,
    listKind: `${custom.kind}List`,
    plural: custom.plural,
    ...(custom.shortNames.length === 0 ? {} : { shortNames: custom.shortNames }),
    singular: custom.kind.toLowerCase(),
  };
  const since = stamp(cluster);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: crdName(custom), labels },
    spec: {
      group: custom.group,
      names,
      scope: custom.namespaced ? 'Namespaced' : 'Cluster',
      conversion: { strategy: 'None' },
      versions: [
        {
          name: custom.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: custom.schema ?? OPEN },
          ...(custom.statusSubresource ? { subresources: { status: {} } } : {}),
        },
      ],
    },
    status: {
      acceptedNames: names,
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'True',
          reason: 'NoConflicts',
          message: 'no conflicts found',
          lastTransitionTime: since,
        },
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
          lastTransitionTime: since,
        },
      ],
      storedVersions: [custom.version],
    },
  };
};

/** Registers a kind unless a CRD of its name is there already, made by whomever. */
export const registerKind = (cluster: Cluster, custom: CustomKind, labels: Readonly<Record<string, string>>): void => {
  if (cluster.store.get(CRDS, undefined, crdName(custom)) !== undefined) return;
  cluster.store.create(CRDS, crdObject(cluster, custom, labels));
};

/** Whether the API serves it: present and Established. One that a user created gets its conditions from the API server. */
export const hasCrd = (cluster: Cluster, custom: CustomKind): boolean => {
  const found = cluster.store.get(CRDS, undefined, crdName(custom));
  return (
    found !== undefined &&
    listAt(found, 'status', 'conditions').some((one) => one['type'] === 'Established' && one['status'] === 'True')
  );
};
