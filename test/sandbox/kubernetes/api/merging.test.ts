import { describe, expect, test } from 'vitest';
import { fieldsOf, parseFields, printPath, writeFields } from '../../../../src/sandbox/kubernetes/api/field-set.ts';
import { jsonPatch, mergePatch } from '../../../../src/sandbox/kubernetes/api/json-patch.ts';
import { loadBuiltinShapes } from '../../../../src/sandbox/kubernetes/api/shape-builtin.ts';
import { anything, type Shape } from '../../../../src/sandbox/kubernetes/api/shape.ts';
import { strategicMerge } from '../../../../src/sandbox/kubernetes/api/strategic-merge.ts';

const shapes = await loadBuiltinShapes();
const podSpec: Shape = shapes.shapeOf('v1', 'PodSpec') ?? anything;
const service: Shape = shapes.shapeOf('v1', 'Service') ?? anything;
const meta: Shape = shapes.shapeOf('v1', 'ObjectMeta') ?? anything;

describe('strategic merge', () => {
  test('merges containers by name and their environment by name', () => {
    const live = {
      containers: [
        { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: '2' },
      ],
    };
    const patch = {
      containers: [
        { name: 'a', env: [{ name: 'Y', value: '2' }] },
        { name: 'c', image: '3' },
      ],
    };
    expect(strategicMerge(live, patch, podSpec)).toEqual({
      containers: [
        {
          name: 'a',
          image: '1',
          env: [
            { name: 'Y', value: '2' },
            { name: 'X', value: '1' },
          ],
        },
        { name: 'c', image: '3' },
        { name: 'b', image: '2' },
      ],
    });
  });

  test('obeys the directives that kubectl writes', () => {
    const live = {
      containers: [
        { name: 'a', image: '1' },
        { name: 'b', image: '2' },
        { name: 'c', image: '3' },
      ],
    };
    expect(strategicMerge(live, { containers: [{ name: 'b', $patch: 'delete' }] }, podSpec)).toEqual({
      containers: [live.containers[0], live.containers[2]],
    });
    expect(
      strategicMerge(live, { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }, { name: 'b' }] }, podSpec)[
        'containers'
      ],
    ).toEqual([live.containers[2], live.containers[0], live.containers[1]]);
    expect(strategicMerge(live, { containers: [{ $patch: 'replace' }, { name: 'd' }] }, podSpec)).toEqual({
      containers: [{ name: 'd' }],
    });
    expect(strategicMerge({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, meta)).toEqual({
      finalizers: ['b'],
    });
    const strategy = strategicMerge(
      { emptyDir: {}, name: 'x' },
      { $retainKeys: ['name', 'hostPath'], hostPath: { path: '/' } },
      anything,
    );
    expect(strategy).toEqual({ name: 'x', hostPath: { path: '/' } });
  });

  test('replaces lists without a key, removes with null, and refuses an item without its key', () => {
    expect(strategicMerge({ tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }, podSpec)).toEqual({
      tolerations: [{ key: 'b' }],
    });
    expect(strategicMerge({ nodeSelector: { a: '1', b: '2' } }, { nodeSelector: { a: null } }, podSpec)).toEqual({
      nodeSelector: { b: '2' },
    });
    expect(() => strategicMerge({}, { containers: [{ image: 'x' }] }, podSpec)).toThrow(
      'does not contain declared merge key: name',
    );
  });
});

describe('JSON patch', () => {
  const document = { a: [1, 2], b: { 'c/d': 3 } };

  test('adds, replaces, removes, moves, copies and tests', () => {
    const patch = [
      { op: 'test', path: '/a/0', value: 1 },
      { op: 'add', path: '/a/1', value: 9 },
      { op: 'add', path: '/a/-', value: 8 },
      { op: 'replace', path: '/b/c~1d', value: 4 },
      { op: 'copy', from: '/a/0', path: '/x' },
      { op: 'move', from: '/b', path: '/y' },
      { op: 'remove', path: '/a/0' },
    ];
    expect(jsonPatch(document, patch)).toEqual({ a: [9, 2, 8], x: 1, y: { 'c/d': 4 } });
    expect(document).toEqual({ a: [1, 2], b: { 'c/d': 3 } });
  });

  test.each([
    [[{ op: 'test', path: '/a/0', value: 2 }], 422],
    [[{ op: 'remove', path: '/nope' }], 422],
    [[{ op: 'add', path: '/nope/deeper', value: 1 }], 422],
    [[{ op: 'frob', path: '/a' }], 422],
  ])('refuses %j', (patch, code) => {
    expect(() => jsonPatch(document, patch)).toThrow(expect.objectContaining({ code }) as Error);
  });
});

test('a merge patch replaces lists and removes with null', () => {
  expect(mergePatch({ a: { b: 1, c: [1] }, d: 2 }, { a: { b: null, c: [2, 3] }, e: 5 })).toEqual({
    a: { c: [2, 3] },
    d: 2,
    e: 5,
  });
});

describe('field sets', () => {
  test('are written as FieldsV1: items and map entries with themselves, structs without', () => {
    const object = {
      metadata: { labels: { a: 'b' } },
      spec: { selector: { app: 'x' }, ports: [{ port: 80, targetPort: 1 }] },
    };
    expect(writeFields(fieldsOf(object, service))).toEqual({
      'f:metadata': { 'f:labels': { 'f:a': {} } },
      'f:spec': {
        'f:selector': {},
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {}, 'f:targetPort': {} } },
      },
    });
  });

  test('survive being written and read', () => {
    const set = fieldsOf(
      { containers: [{ name: 'a', env: [{ name: 'X', value: '1' }] }], nodeSelector: { a: 'b' } },
      podSpec,
    );
    expect(parseFields(writeFields(set))).toEqual(set);
    expect([...set].map(printPath).sort()).toEqual([
      '.containers[name="a"]',
      '.containers[name="a"].env[name="X"]',
      '.containers[name="a"].env[name="X"].name',
      '.containers[name="a"].env[name="X"].value',
      '.containers[name="a"].name',
      '.nodeSelector',
    ]);
  });
});
