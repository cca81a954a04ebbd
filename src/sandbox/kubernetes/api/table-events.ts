import type { KubeObject } from '../objects.ts';
import { numberAt, textAt } from './json.ts';
import { age } from './table-cells.ts';
import { column, wide, type Column } from './table-column.ts';

const first = (event: KubeObject): string | undefined =>
  textAt(event, 'firstTimestamp') ?? textAt(event, 'eventTime') ?? undefined;
const last = (event: KubeObject): string | undefined =>
  textAt(event, 'series', 'lastObservedTime') ?? textAt(event, 'lastTimestamp') ?? first(event);

/** Events are read by time, not by name. */
export const eventColumns: readonly Column[] = [
  column('Last Seen', (event, now) => age(last(event), now)),
  column('Type', (event) => textAt(event, 'type') ?? ''),
  column('Reason', (event) => textAt(event, 'reason') ?? ''),
  column('Object', (event) => {
    const [kind, name] = ['kind', 'name'].map((field) => textAt(event, 'involvedObject', field) ?? '');
    return kind === '' ? '' : `${kind?.toLowerCase() ?? ''}${name === '' ? '' : `/${name ?? ''}`}`;
  }),
  wide(column('Subobject', (event) => textAt(event, 'involvedObject', 'fieldPath') ?? '')),
  wide(
    column('Source', (event) => {
      const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent') || '';
      const host = textAt(event, 'source', 'host') || '';
      return host === '' ? component : `${component}, ${host}`;
    }),
  ),
  column('Message', (event) => (textAt(event, 'message') ?? '').trim()),
  wide(column('First Seen', (event, now) => age(first(event), now))),
  wide(column('Count', (event) => numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1)),
  wide(column('Name', ({ metadata }) => metadata.name)),
];
