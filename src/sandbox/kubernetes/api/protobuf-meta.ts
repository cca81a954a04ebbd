import type { Field, Message } from './protobuf.ts';

export const text = (name: string): Field => ({ name, type: 'string' });
export const texts = (name: string): Field => ({ name, type: 'string', repeated: true });
export const flag = (name: string): Field => ({ name, type: 'bool' });
export const int = (name: string): Field => ({ name, type: 'int' });

const owner: Message = {
  1: text('kind'),
  3: text('name'),
  4: text('uid'),
  5: text('apiVersion'),
  6: flag('controller'),
  7: flag('blockOwnerDeletion'),
};
const managed: Message = {
  1: text('manager'),
  2: text('operation'),
  3: text('apiVersion'),
  4: { name: 'time', type: 'time' },
  6: text('fieldsType'),
  7: { name: 'fieldsV1', type: 'raw-json' },
  8: text('subresource'),
};
const meta: Message = {
  1: text('name'),
  2: text('generateName'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  8: { name: 'creationTimestamp', type: 'time' },
  9: { name: 'deletionTimestamp', type: 'time' },
  11: { name: 'labels', type: 'string-map' },
  12: { name: 'annotations', type: 'string-map' },
  13: { name: 'ownerReferences', type: owner, repeated: true },
  14: texts('finalizers'),
  17: { name: 'managedFields', type: managed, repeated: true },
};
export const metadata: Field = { name: 'metadata', type: meta };
export const nameOnly: Message = { 1: text('name') };
export const deleteOptions: Message = {
  1: int('gracePeriodSeconds'),
  2: { name: 'preconditions', type: { 1: text('uid'), 2: text('resourceVersion') } },
  3: flag('orphanDependents'),
  4: text('propagationPolicy'),
  5: texts('dryRun'),
};
export const status: Field = { name: 'status', type: 'ignored' };
