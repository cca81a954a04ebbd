import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wallClock } from '../../../src/sandbox/clock.ts';
import type { KubeObject, StoreEvent } from '../../../src/sandbox/kubernetes/objects.ts';
import { createObjectStore, StoreError, type DurableObjectStore } from '../../../src/sandbox/kubernetes/store.ts';
import { scratch } from '../../support/scratch.ts';

const pods = { group: '', version: 'v1', plural: 'pods' };
const sets = { group: 'apps', version: 'v1', plural: 'replicasets' };
const maps = { group: '', version: 'v1', plural: 'configmaps' };

const open = (file = join(scratch(), 'objects.ndjson')): { store: DurableObjectStore; file: string } => ({
  store: createObjectStore({ file, clock: wallClock(1) }),
  file,
});

const named = (kind: string, name: string, rest: object = {}, meta: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'default', ...meta },
  ...rest,
});

describe('writing', () => {
  test('every write gets the next version and is announced in order', () => {
    const { store } = open();
    const events: StoreEvent[] = [];
    store.subscribe((event) => void events.push(event));
    const made = store.create(maps, named('ConfigMap', 'a', { data: { x: '1' } }));
    store.replace(maps, { ...made, data: { x: '2' } });
    store.remove(maps, 'default', 'a');
    expect(events.map(({ type, object }) => `${type} ${object.metadata.resourceVersion}`)).toEqual([
      'ADDED 1',
      'MODIFIED 2',
      'DELETED 3',
    ]);
    expect(store.version()).toBe(3);
  });

  test('a replacement that changes nothing writes nothing', () => {
    const { store } = open();
    const made = store.create(maps, named('ConfigMap', 'a', { data: { x: '1', y: '2' } }));
    expect(store.replace(maps, named('ConfigMap', 'a', { data: { y: '2', x: '1' } }))).toEqual(made);
    expect(store.version()).toBe(1);
  });

  test('generation counts changes of what is wanted, not of metadata or status, and some kinds have none', () => {
    const { store } = open();
    const made = store.create(sets, named('ReplicaSet', 'a', { spec: { replicas: 1 } }));
    const status = store.replace(sets, { ...made, status: { replicas: 1 } });
    const labelled = store.replace(sets, { ...status, metadata: { ...status.metadata, labels: { a: 'b' } } });
    expect(labelled.metadata.generation).toBe(1);
    expect(store.replace(sets, { ...labelled, spec: { replicas: 2 } }).metadata.generation).toBe(2);
    expect(store.create(maps, named('ConfigMap', 'a')).metadata).not.toHaveProperty('generation');
  });

  test('a taken name and a missing one are errors of their own', () => {
    const { store } = open();
    store.create(maps, named('ConfigMap', 'a'));
    expect(() => store.create(maps, named('ConfigMap', 'a'))).toThrow(StoreError);
    expect(() => store.replace(maps, named('ConfigMap', 'b'))).toThrow('configmaps "b" not found');
  });

  test('what is stored cannot be changed from outside', () => {
    const { store } = open();
    const data = { x: '1' };
    store.create(maps, named('ConfigMap', 'a', { data }));
    data.x = '2';
    expect(store.get(maps, 'default', 'a')?.['data']).toEqual({ x: '1' });
  });
});

describe('removing', () => {
  test('what an object owns goes with it, down to the last generation, but not what has another owner', () => {
    const { store } = open();
    const owner = (object: KubeObject): object => ({
      apiVersion: 'v1',
      kind: object.kind,
      name: object.metadata.name,
      uid: object.metadata.uid ?? '',
    });
    const top = store.create(maps, named('ConfigMap', 'top'));
    const other = store.create(maps, named('ConfigMap', 'other'));
    const set = store.create(sets, named('ReplicaSet', 'set', {}, { ownerReferences: [owner(top)] }));
    store.create(pods, named('Pod', 'mine', {}, { ownerReferences: [owner(set)] }));
    store.create(pods, named('Pod', 'shared', {}, { ownerReferences: [owner(set), owner(other)] }));
    store.remove(maps, 'default', 'top');
    expect(store.list(sets)).toEqual([]);
    expect(store.list(pods).map(({ metadata }) => metadata.name)).toEqual(['shared']);
  });

  test('a finalizer holds an object until it is taken off', () => {
    const { store } = open();
    const made = store.create(maps, named('ConfigMap', 'a', {}, { finalizers: ['x/y'] }));
    store.remove(maps, 'default', 'a');
    const going = store.get(maps, 'default', 'a');
    expect(going?.metadata.deletionTimestamp).toBeDefined();
    store.replace(maps, { ...made, metadata: { ...going?.metadata, name: 'a', finalizers: [] } });
    expect(store.get(maps, 'default', 'a')).toBeUndefined();
  });
});

describe('the file', () => {
  test('another store on the same file has the same objects and goes on counting', () => {
    const { store, file } = open();
    store.create(maps, named('ConfigMap', 'gone'));
    store.create(maps, named('ConfigMap', 'kept', { data: { x: '1' } }));
    store.remove(maps, 'default', 'gone');
    // No close(): this is what kill -9 leaves.
    const again = open(file).store;
    expect(again.list(maps)).toEqual(store.list(maps));
    expect(again.version()).toBe(3);
    expect(again.create(maps, named('ConfigMap', 'new')).metadata.resourceVersion).toBe('4');
  });

  test('a line that is damaged in the middle is not taken for the end', () => {
    const { store, file } = open();
    store.create(maps, named('ConfigMap', 'a'));
    store.create(maps, named('ConfigMap', 'b'));
    store.close();
    writeFileSync(file, readFileSync(file, 'utf8').replace('{', '['));
    expect(() => open(file)).toThrow(/^Line 1 of .*objects\.ndjson is damaged: move the folder .* away/u);
  });

  test('a line that was torn is forgotten and written over', () => {
    const { store, file } = open();
    store.create(maps, named('ConfigMap', 'a'));
    store.close();
    appendFileSync(file, '{"v":2,"r":{"group":"","ver');
    const again = open(file).store;
    again.create(maps, named('ConfigMap', 'b'));
    again.close();
    expect(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toHaveLength(2);
    expect(open(file).store.list(maps)).toHaveLength(2);
  });

  test('it does not grow without end, and only its owner can read it', () => {
    const { store, file } = open();
    const text = 'x'.repeat(200_000);
    let object = store.create(maps, named('ConfigMap', 'a', { data: { text } }));
    for (let i = 0; i < 100; i += 1) object = store.replace(maps, { ...object, data: { text: `${text}${i}` } });
    expect(statSync(file).size).toBeLessThan(10 * 1024 * 1024);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(open(file).store.get(maps, 'default', 'a')).toEqual(object);
  });
});
