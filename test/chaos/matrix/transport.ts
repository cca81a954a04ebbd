import { type Aim, aims, orderAt, placeOf } from './aims.ts';
import { type Cell, finishes, type Order, type Outcome, stops } from './cell.ts';

// What happens to a request or its connection, wherever it goes.

interface Weather {
  readonly how: string;
  readonly order: Order;
}

const passing: readonly Weather[] = [
  { how: 'twice', order: { name: 'throttled', retryAfter: 2, count: 2 } },
  { how: 'twice', order: { name: 'throttled-without-header', count: 2 } },
  { how: '503 twice', order: { name: 'http-500', status: 503, count: 2 } },
  { how: '504 once', order: { name: 'http-500', status: 504, count: 1 } },
  { how: 'twice', order: { name: 'reset-before', count: 2 } },
  { how: 'once', order: { name: 'reset-after', count: 1 } },
  { how: 'once', order: { name: 'truncated', count: 1 } },
  { how: 'once', order: { name: 'stall', count: 1 } },
];

const lasting: readonly Weather[] = [
  { how: 'always', order: { name: 'throttled', retryAfter: 2, count: 100_000 } },
  { how: '503 always', order: { name: 'http-500', status: 503, count: 100_000 } },
  { how: 'always', order: { name: 'reset-before', count: 100_000 } },
];

const withDemo = ({ step }: Aim): Pick<Cell, 'args'> => (step === 'demo-app' ? { args: ['--demo'] } : {});

const cellOf = (aim: Aim, { how, order }: Weather, outcome: Outcome): Cell => ({
  fault: order.name,
  step: aim.step,
  how: `${placeOf(aim)}, ${how}`,
  orders: [orderAt(aim, order)],
  outcome,
  ...withDemo(aim),
});

const outOfTime = stops(8, 'step-timeout', /not finished within .*run the same command again/su);

export const transport: readonly Cell[] = [
  ...aims.flatMap((aim) => passing.map((weather) => cellOf(aim, weather, finishes))),
  ...aims.flatMap((aim) => lasting.map((weather) => cellOf(aim, weather, outOfTime))),
];
