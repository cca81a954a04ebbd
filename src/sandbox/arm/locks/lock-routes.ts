import { textAt } from '../../json.ts';
import { json } from '../../server/http.ts';
import type { HttpReply } from '../../server/http.ts';
import { isWithin } from '../access/action.ts';
import type { Arm, ArmCall, Route } from '../context.ts';
import { ArmError } from '../errors.ts';
import { page } from '../paging.ts';
import { parsePath } from '../path.ts';
import type { Lock } from './locks.ts';

const own = { namespace: 'Microsoft.Authorization', type: 'locks' } as const;
const base = '{scope}/providers/Microsoft.Authorization/locks';
const levels = ['CanNotDelete', 'ReadOnly'] as const;

const view = ({ name, scope, level, notes }: Lock): unknown => ({
  properties: { level, ...(notes === undefined ? {} : { notes }) },
  id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
  type: 'Microsoft.Authorization/locks',
  name,
});

const find = (call: ArmCall, arm: Arm): Lock => {
  const lock = arm.locks.get(call.param('scope'), call.param('name'));
  if (lock !== undefined) return lock;
  throw new ArmError(404, 'LockNotFound', `The lock '${call.param('name')}' could not be found.`);
};

/** What does not exist cannot be locked. */
const checkScope = (scope: string, arm: Arm): void => {
  const { segments, group } = parsePath(scope);
  if (segments.length <= 4 || arm.resources.get(scope) !== undefined) return;
  throw new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${segments.slice(-3).join('/')}' under resource group '${group ?? ''}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
};

const put = (call: ArmCall, arm: Arm): HttpReply => {
  const [scope, name] = [call.param('scope'), call.param('name')];
  if (name.length > 260 || /[<>%&:\\?/]/u.test(name) || /[. ]$/u.test(name))
    throw new ArmError(400, 'InvalidLockName', `The lock name '${name}' is not valid.`);
  checkScope(scope, arm);
  const asked = textAt(call.body, 'properties', 'level') ?? '';
  const level = levels.find((one) => one.toLowerCase() === asked.toLowerCase());
  if (level === undefined)
    throw new ArmError(
      400,
      'InvalidLockLevel',
      `The lock level '${asked}' is not valid: it must be 'CanNotDelete' or 'ReadOnly'.`,
    );
  const notes = textAt(call.body, 'properties', 'notes');
  const before = arm.locks.get(scope, name);
  const lock: Lock = { name, scope, level, ...(notes === undefined ? {} : { notes }) };
  arm.locks.put(lock);
  return json(before === undefined ? 201 : 200, view(lock));
};

/** Those at and below a scope. */
const list = (call: ArmCall, arm: Arm): HttpReply =>
  page(
    call,
    arm.locks
      .list()
      .filter(({ scope }) => isWithin(scope, call.param('scope')))
      .map(view),
  );

export const lockRoutes: readonly Route[] = [
  { ...own, method: 'GET', pattern: base, handle: list },
  { ...own, method: 'GET', pattern: `${base}/{name}`, handle: (call, arm) => json(200, view(find(call, arm))) },
  { ...own, method: 'PUT', pattern: `${base}/{name}`, handle: put },
  {
    ...own,
    method: 'DELETE',
    pattern: `${base}/{name}`,
    handle(call, arm) {
      const lock = arm.locks.get(call.param('scope'), call.param('name'));
      if (lock === undefined) return { status: 204 };
      arm.locks.remove(lock);
      return { status: 200 };
    },
  },
];
