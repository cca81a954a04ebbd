import type { KubeObject } from '../objects.ts';
import { tableColumns } from './table-columns.ts';
import type { Page } from './list.ts';
import { json, type ApiReply, type ApiRequest } from './request.ts';
import type { ApiResource } from './resource-table.ts';
import { keptForm } from './views.ts';

/** Whether the client would rather have a Table, as `kubectl get` does. */
export const wantsTable = (request: ApiRequest): boolean =>
  request.accept
    .split(',')
    .some((part) => part.includes('as=Table') && part.includes('v=v1') && part.includes('g=meta.k8s.io'));

/** A meta.k8s.io/v1 Table. `now` is in ms, for ages. */
export const table = (
  resource: ApiResource,
  objects: readonly KubeObject[],
  metadata: object,
  include: string,
  printerColumns: readonly unknown[],
  now: number,
): object => {
  const columns = tableColumns(resource, printerColumns);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, wide, description }) => ({
      name,
      type: type ?? 'string',
      format: name === 'Name' ? 'name' : '',
      description: description ?? '',
      priority: wide === true ? 1 : 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(keptForm(resource, object), now)),
      ...(include === 'None'
        ? {}
        : {
            object:
              include === 'Object'
                ? object
                : { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
          }),
    })),
  };
};

export const tableReply = (
  resource: ApiResource,
  page: Page,
  request: ApiRequest,
  printerColumns: readonly unknown[],
  now: number,
): ApiReply =>
  json(
    table(resource, page.items, page.metadata, request.query.get('includeObject') ?? 'Metadata', printerColumns, now),
  );
