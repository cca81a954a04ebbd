import { isObject } from '../json.ts';
import { json } from '../server/http.ts';
import type { HttpReply } from '../server/http.ts';
import { killPhases } from '../server/kill-point.ts';
import type { Processes } from './kill-processes.ts';
import type { KillOrder, Kills } from './kills.ts';

const keys = ['pid', 'at', 'phase', 'tree', 'skip', 'delayMs'];

const isCount = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least;

/** The order of a body, or what is wrong with it. */
const orderOf = (body: unknown): KillOrder | string => {
  if (!isObject(body)) return 'An order to kill is an object: {"pid", "at"?, "phase"?, "tree"?, "skip"?, "delayMs"?}.';
  const unknown = Object.keys(body).find((key) => !keys.includes(key));
  if (unknown !== undefined) return `An order to kill has no '${unknown}', only ${keys.join(', ')}.`;
  const { pid, at = 1, phase: named = 'before-apply', tree = false, skip = [], delayMs = 0 } = body;
  const phase = killPhases.find((one) => one === named);
  if (!isCount(pid, 2)) return "'pid' is a whole number above 1.";
  if (!isCount(at, 1)) return "'at' counts requests from 1.";
  if (phase === undefined) return `'phase' is one of ${killPhases.join(', ')}.`;
  if (typeof tree !== 'boolean') return "'tree' is true or false.";
  if (!Array.isArray(skip) || !skip.every((one) => typeof one === 'string')) return "'skip' is a list of signatures.";
  if (!isCount(delayMs, 0) || (delayMs > 0 && phase !== 'after-reply'))
    return "'delayMs' is a number of milliseconds, in the phase after-reply alone.";
  return { pid, at, phase, tree, skip, delayMs };
};

/** `POST /kills`: 201 with the order, 400 with a sentence. */
export const orderKill = (body: unknown, kills: Kills, processes: Processes): HttpReply => {
  const order = orderOf(body);
  if (typeof order === 'string') return json(400, { error: order });
  const refusal = processes.refusal(order.pid);
  return refusal === undefined ? json(201, kills.order(order)) : json(400, { error: refusal });
};
