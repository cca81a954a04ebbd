import type { KubeObject } from '../objects.ts';
import { listAt, textAt } from './json.ts';
import { column, wide, type Column, type KindColumns } from './table-column.ts';

const subjects =
  (kind: string) =>
  (binding: KubeObject): string =>
    listAt(binding, 'subjects')
      .filter((one) => textAt(one, 'kind') === kind)
      .map((one) => {
        const namespace = textAt(one, 'namespace');
        return `${namespace === undefined ? '' : `${namespace}/`}${textAt(one, 'name') ?? ''}`;
      })
      .join(', ');

const binding: KindColumns = {
  before: [
    column('Role', (object) => `${textAt(object, 'roleRef', 'kind') ?? ''}/${textAt(object, 'roleRef', 'name') ?? ''}`),
  ],
  after: [
    wide(column('Users', subjects('User'))),
    wide(column('Groups', subjects('Group'))),
    wide(column('ServiceAccounts', subjects('ServiceAccount'))),
  ],
};

/** Columns of who may do what. */
export const accessColumns: Readonly<Record<string, KindColumns>> = {
  rolebindings: binding,
  clusterrolebindings: binding,
};

/** Kinds that tell when they were made instead of how old they are. */
export const createdAt: Column = {
  name: 'Created At',
  type: 'date',
  cell: ({ metadata }) => metadata.creationTimestamp ?? '',
};
export const toldByDate = new Set([
  'roles',
  'clusterroles',
  'limitranges',
  'csistoragecapacities',
  'customresourcedefinitions',
]);
