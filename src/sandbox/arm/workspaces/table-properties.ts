import { arrayAt, numberAt, objectAt, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { ResourceRecord } from '../resources.ts';

/** A table of Azure's that nobody has changed exists in every workspace, with the workspace's retention. */
export const untouched = (name: string, workspace: ResourceRecord): JsonObject => ({
  totalRetentionInDays: workspace.properties['retentionInDays'],
  archiveRetentionInDays: 0,
  plan: 'Analytics',
  retentionInDaysAsDefault: true,
  totalRetentionInDaysAsDefault: true,
  schema: {
    tableSubType: 'Any',
    name,
    tableType: 'Microsoft',
    standardColumns: [],
    solutions: ['LogManagement'],
    isTroubleshootingAllowed: true,
  },
  provisioningState: 'Succeeded',
  retentionInDays: workspace.properties['retentionInDays'],
});

/** Days, and whether they are only the ones that it falls back to; -1 asks for those. */
const days = (
  asked: number | undefined,
  before: JsonObject,
  name: string,
  fallback: number,
): readonly [days: number, asDefault: boolean] => {
  if (asked !== undefined && asked !== -1) return [asked, false];
  const kept = asked === undefined && before[`${name}AsDefault`] === false ? numberAt(before, name) : undefined;
  return kept === undefined ? [fallback, true] : [kept, false];
};

const column = (entry: unknown): JsonObject => ({ isDefaultDisplay: false, isHidden: false, ...objectAt(entry) });

/** A PATCH adds columns and changes those it names; a PUT says all of them. */
const columnsOf = (request: JsonObject, before: JsonObject): readonly JsonObject[] => {
  const named = [...arrayAt(before, 'schema', 'columns'), ...arrayAt(request, 'schema', 'columns')].map(column);
  return [...new Map(named.map((entry) => [textAt(entry, 'name')?.toLowerCase(), entry])).values()];
};

export interface TableWrite {
  readonly name: string;
  readonly custom: boolean;
  /** What the request says, and what the table was; nothing of the latter where all is to be as the request says. */
  readonly request: JsonObject;
  readonly before: JsonObject;
  readonly workspace: ResourceRecord;
}

/** A table as a PUT or PATCH leaves it: what is kept beyond the interactive retention is the archive. */
export const writtenTable = ({ name, custom, request, before, workspace }: TableWrite): JsonObject => {
  const ofWorkspace = numberAt(workspace.properties, 'retentionInDays') ?? 30;
  const [kept, asDefault] = days(numberAt(request, 'retentionInDays'), before, 'retentionInDays', ofWorkspace);
  const [total, totalAsDefault] = days(numberAt(request, 'totalRetentionInDays'), before, 'totalRetentionInDays', kept);
  const base = { ...untouched(name, workspace), ...before };
  const own = custom
    ? {
        tableSubType: 'DataCollectionRuleBased',
        standardColumns: [column({ name: 'TenantId', type: 'guid' })],
        columns: columnsOf(request, before),
      }
    : {};
  return {
    ...base,
    plan: textAt(request, 'plan') ?? textAt(base, 'plan') ?? 'Analytics',
    retentionInDays: kept,
    retentionInDaysAsDefault: asDefault,
    totalRetentionInDays: total,
    totalRetentionInDaysAsDefault: totalAsDefault,
    archiveRetentionInDays: Math.max(0, total - kept),
    schema: {
      ...objectAt(base, 'schema'),
      ...objectAt(request, 'schema'),
      ...own,
      name,
      tableType: custom ? 'CustomLog' : 'Microsoft',
    },
    provisioningState: 'Updating',
  };
};
