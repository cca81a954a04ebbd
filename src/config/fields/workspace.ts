import type { Field } from '../field.ts';

const nameInId = (id: string): string => id.split('/').at(-1) ?? '';

export const workspaceFields = [
  {
    path: 'workspace.id',
    flag: 'workspace-id',
    kind: 'text',
    group: 'workspace',
    help: 'existing Log Analytics workspace to use instead of making one',
    form: 'the resource id of a workspace: /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.OperationalInsights/workspaces/<name>',
    example:
      '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/log-security',
    identifies: true,
    fallback: { words: 'a workspace of its own', of: () => undefined },
    pattern:
      /^\/subscriptions\/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\/[Rr]esource[Gg]roups\/[^/]{1,90}\/providers\/[Mm]icrosoft\.[Oo]perational[Ii]nsights\/workspaces\/[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/u,
  },
  {
    path: 'workspace.name',
    flag: 'workspace-name',
    kind: 'text',
    group: 'workspace',
    help: 'name of the Log Analytics workspace',
    form: '4 to 63 letters, digits and hyphens, starting and ending with a letter or digit',
    example: 'log-security',
    identifies: true,
    fallback: {
      words: 'log-<name>',
      of: (known) => {
        const id = known['workspace.id'];
        return id === undefined ? `log-${String(known.name)}` : nameInId(String(id));
      },
    },
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/u,
  },
  {
    path: 'workspace.location',
    flag: 'workspace-location',
    kind: 'text',
    group: 'workspace',
    help: 'region of the workspace',
    form: 'the short name of a region, lower-case letters and digits without spaces',
    example: 'westeurope',
    fallback: { words: 'the location of the cluster', of: (known) => known.location },
    pattern: /^[a-z][a-z0-9]{2,40}$/u,
  },
  {
    path: 'workspace.retentionDays',
    flag: 'retention-days',
    kind: 'integer',
    group: 'workspace',
    help: 'days that the workspace keeps its logs',
    form: 'a whole number from 30 to 730',
    example: 180,
    fallback: { words: '90', of: () => 90 },
    minimum: 30,
    maximum: 730,
  },
] as const satisfies readonly Field[];
