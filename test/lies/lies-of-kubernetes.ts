import type { Lie } from './lie.ts';

const real = (script: string, says: RegExp): Lie['caughtBy'] => ({
  judge: 'cluster',
  file: 'test/differential/differential.test.ts',
  test: 'differ in nothing but',
  scripts: [script],
  says,
});

/** What a real API server, scheduler and controllers have to notice, asked the same as the sandbox. */
export const liesOfKubernetes: readonly Lie[] = [
  {
    name: 'server-side apply overwrites the fields of others',
    file: 'kubernetes/api/apply.ts',
    find: '&& !force) throw',
    replace: '&& !force && live === undefined) throw',
    caughtBy: real('server-side-apply', /conflict/u),
  },
  {
    name: 'the scheduler overlooks taints',
    file: 'kubernetes/nodes/scheduler.ts',
    find: "untolerated(listAt(spec, 'tolerations'), node)",
    replace: "untolerated([{ operator: 'Exists' }], node)",
    caughtBy: real('pods-by-http', /only tainted/u),
  },
  {
    name: 'kubectl is shown a table with another heading',
    file: 'kubernetes/api/table-workloads.ts',
    find: "count('Ready', 'status', 'numberReady')",
    replace: "count('Prepared', 'status', 'numberReady')",
    caughtBy: real('workloads', /PREPARED|Prepared/u),
  },
  {
    name: 'what has a finalizer is gone at once',
    file: 'kubernetes/store.ts',
    find: '      if ((object.metadata.finalizers ?? []).length === 0) {\n        erase(resource, object);',
    replace: '      if ((object.metadata.finalizers ?? []).length < 99) {\n        erase(resource, object);',
    caughtBy: real('remove', /held/u),
  },
  {
    name: 'a list gives no way to its next page',
    file: 'kubernetes/api/list.ts',
    find: 'continue: next, ',
    replace: '',
    caughtBy: real('lists', /page/u),
  },
  {
    name: 'a dry run of a DELETE deletes',
    file: 'kubernetes/api/remove.ts',
    find: ".includes('All')) return undefined;",
    replace: ".includes('all')) return undefined;",
    caughtBy: real('config-maps', /config-maps: delete with another/u),
  },
  {
    name: 'a selector need not match the template',
    file: 'kubernetes/api/validate.ts',
    find: '!selectorMatches(selector, labels)',
    replace: 'labels === undefined',
    caughtBy: real('validation', /selector/u),
  },
  {
    name: 'a changed spec is the same generation',
    file: 'kubernetes/store.ts',
    find: '? { generation: generation + 1 }',
    replace: '? { generation }',
    caughtBy: real('custom', /generation/u),
  },
];
