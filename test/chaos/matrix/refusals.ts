import { type Aim, aims, orderAt, placeOf } from './aims.ts';
import { type Cell, finishes, type Order } from './cell.ts';

// What ARM refuses before it has done anything, and what becomes of its answers on their way.

const armWrites = aims.filter(({ service, does }) => service === 'arm' && does === 'write');
const puts = armWrites.filter(({ method }) => method === 'PUT');
const inGroup = puts.filter(({ step }) => step !== 'resource-group');
const at = (...steps: readonly string[]): readonly Aim[] => puts.filter(({ step }) => steps.includes(step));

const cell = (aim: Aim, order: Order, how: string, more: Partial<Cell> = {}): Cell => ({
  fault: order.name,
  step: aim.step,
  how: `${placeOf(aim)}, ${how}`,
  orders: [orderAt(aim, order)],
  outcome: finishes,
  ...more,
});

const twice = (name: string, which: readonly Aim[]): readonly Cell[] =>
  which.map((aim) => cell(aim, { name, count: 2 }, 'twice'));

const once = (name: string, which: readonly Aim[], more: Partial<Cell> = {}): readonly Cell[] =>
  which.map((aim) => cell(aim, { name, count: 1 }, 'once', more));

const looks = aims.filter(({ service, does, method }) => service === 'arm' && does === 'look' && method === 'GET');

const refused: readonly Cell[] = [
  ...once(
    'not-found',
    looks.filter(({ step }) => step !== 'preflight' && step !== 'providers'),
  ),
  ...twice(
    'not-found',
    armWrites.filter(({ step }) => step !== 'providers'),
  ),
  ...twice('precondition-failed', at('cluster')),
  ...twice('group-being-deleted', inGroup),
  ...twice('subscription-not-registered', inGroup),
  ...twice('another-operation-in-progress', inGroup),
  ...twice('workspace-busy', at('workspace')),
  ...twice('table-busy', at('log-table')),
  ...twice('rule-conflict', at('rules')),
  ...twice('saved-search-conflict', at('functions')),
];

const lost: readonly Cell[] = [
  ...once('duplicate-put', puts),
  ...once('error-after', puts),
  ...once('created-then-not-found', puts),
];

const cluster = at('cluster');

const odd: readonly Cell[] = [
  ...once('empty-accepted', at('log-table', 'cluster')),
  ...once('operation-header-missing', cluster),
  ...cluster.map((aim) => cell(aim, { name: 'long-operation-url' }, 'always')),
  ...puts.map((aim) => ({
    ...cell(aim, { name: 'changed-casing' }, 'always'),
    orders: [{ name: 'changed-casing', path: aim.path }],
  })),
  ...cluster.map((aim) => ({
    ...cell(aim, { name: 'unknown-status' }, 'once'),
    orders: [{ name: 'unknown-status', count: 1 }],
  })),
  ...at('workspace', 'log-table', 'cluster').map((aim) => ({
    ...cell(aim, { name: 'unknown-provisioning-state' }, 'once'),
    orders: [{ name: 'unknown-provisioning-state', count: 1, path: aim.path }],
  })),
];

export const refusals: readonly Cell[] = [...refused, ...lost, ...odd];
