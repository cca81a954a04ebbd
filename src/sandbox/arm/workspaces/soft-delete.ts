import { durations } from '../../durations.ts';
import type { Arm } from '../context.ts';
import { ArmError } from '../errors.ts';
import type { ResourceRecord } from '../resources.ts';

/** A workspace in the 14 days after its deletion, with everything that was in it. */
export interface DeletedWorkspace {
  readonly record: ResourceRecord;
  /** Tables, saved searches, Sentinel's state: extension resources come back with it. */
  readonly inside: readonly ResourceRecord[];
  /** Milliseconds since the epoch. */
  readonly deletedAt: number;
}

const shelf = (arm: Arm) => arm.store.collection<DeletedWorkspace>('deleted-workspace');

export const softDelete = (record: ResourceRecord, arm: Arm): void => {
  const own = `${record.id.toLowerCase()}/`;
  const inside = arm.resources.list(({ id }) => id.toLowerCase().startsWith(own));
  shelf(arm).set(record.id.toLowerCase(), { record, inside, deletedAt: arm.clock.now() });
};

export const deletedWorkspaces = (arm: Arm): readonly DeletedWorkspace[] =>
  shelf(arm)
    .values()
    .filter(({ deletedAt }) => deletedAt + durations.workspaceSoftDeleted > arm.clock.now());

export const findDeleted = (id: string, arm: Arm): DeletedWorkspace | undefined =>
  deletedWorkspaces(arm).find(({ record }) => record.id.toLowerCase() === id.toLowerCase());

export const forgetDeleted = (id: string, arm: Arm): void => shelf(arm).delete(id.toLowerCase());

/** A deleted workspace comes back where it was; as long as it can, its name is taken in its group for every other region. */
export const checkRegion = ({ record }: DeletedWorkspace, location: string): void => {
  if (record.location === location) return;
  throw new ArmError(409, 'Conflict', `The workspace name '${record.name}' is not unique`, {
    target: 'name',
    headers: { 'x-ms-failure-cause': 'service' },
  });
};
