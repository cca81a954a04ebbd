import { forgetScope } from './access/forget-scope.ts';
import type { Arm } from './context.ts';
import type { ResourceRecord } from './resources.ts';
import { softDelete } from './workspaces/soft-delete.ts';

/** Removes a resource as the end of its deletion does, with what Azure keeps or stops beside it. */
export const release = async (
  record: ResourceRecord,
  arm: Arm,
  options: { readonly purge: boolean },
): Promise<void> => {
  const type = record.type.toLowerCase();
  const own = record.id.toLowerCase();
  if (type === 'microsoft.containerservice/managedclusters') {
    arm.tasks.cancel(({ subject }) => subject === own || subject.startsWith(`${own}/`));
    await arm.clusterHost.remove(record.id);
  }
  for (const group of arm.groups.list()) if (group.managedBy?.toLowerCase() === own) arm.groups.remove(group.name);
  if (type === 'microsoft.operationalinsights/workspaces' && !options.purge) softDelete(record, arm);
  arm.resources.remove(record.id);
  forgetScope(record.id, arm);
};
