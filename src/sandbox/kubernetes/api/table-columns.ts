import { accessColumns, createdAt, toldByDate } from './table-access.ts';
import { age } from './table-cells.ts';
import { clusterColumns } from './table-cluster.ts';
import { column, type Column, type KindColumns } from './table-column.ts';
import { customColumn } from './table-custom.ts';
import { eventColumns } from './table-events.ts';
import { valueAt } from './json.ts';
import type { ApiResource } from './resource-table.ts';
import { storageColumns } from './table-storage.ts';
import { workloadColumns } from './table-workloads.ts';

const kinds: Readonly<Record<string, KindColumns>> = {
  ...workloadColumns,
  ...clusterColumns,
  ...storageColumns,
  ...accessColumns,
};

const name = column('Name', ({ metadata }) => metadata.name);
const created = column('Age', ({ metadata }, now) => age(metadata.creationTimestamp, now));

/** The storage class that claims get which name none says so in its name. */
const classColumn = column('Name', (object) => {
  const isDefault = valueAt(object.metadata.annotations, 'storageclass.kubernetes.io/is-default-class') === 'true';
  return `${object.metadata.name}${isDefault ? ' (default)' : ''}`;
});

/** The columns `kubectl get` shows for a kind. */
export const tableColumns = (resource: ApiResource, printerColumns: readonly unknown[]): readonly Column[] => {
  if (resource.custom)
    return [name, ...printerColumns.map(customColumn), ...(printerColumns.length > 0 ? [] : [created])];
  const { plural } = resource;
  if (plural === 'events') return eventColumns;
  if (toldByDate.has(plural)) return [name, createdAt];
  const { before = [], after = [] } = kinds[plural] ?? {};
  if (plural === 'podtemplates') return [name, ...before];
  return [plural === 'storageclasses' ? classColumn : name, ...before, created, ...after];
};
