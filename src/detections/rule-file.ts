import type { z } from 'zod';
import { type EntityType, entityIdentifiers } from './entities.ts';
import type { PackProblem, Rule } from './pack.ts';
import { tactics } from './techniques.ts';

type Zod = typeof z;

/** A rule or what is wrong with the file. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly PackProblem[] };

/** Reads the community's YAML of one scheduled rule, already parsed; `zod` is passed in because it is loaded only when a pack is read. */
export function parseRule(zod: Zod, file: string, slug: string, document: unknown): Parsed<Rule> {
  const parsed = ruleSchema(zod).safeParse(document);
  if (!parsed.success) return { problems: problemsOf(file, parsed.error) };
  const { eventGroupingSettings, status: _, alertDetailsOverride, incidentConfiguration, ...rule } = parsed.data;
  return {
    value: {
      ...rule,
      slug,
      file,
      aggregationKind: eventGroupingSettings.aggregationKind,
      alertDetailsOverride,
      incidentConfiguration,
    },
  };
}

/** Zod's issues as ours. */
export function problemsOf(file: string, error: z.ZodError): PackProblem[] {
  return error.issues.map((issue) => ({
    file,
    at: issue.path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('')
      .replace(/^\./, ''),
    message: issue.message,
  }));
}

// Limits are those of the community's checks (detection template schema) and of the service; whichever is tighter.
function ruleSchema(zod: Zod) {
  const entityType = zod.enum(Object.keys(entityIdentifiers) as [EntityType, ...EntityType[]]);
  const column = zod.string().min(1);
  return zod.strictObject({
    id: zod.guid(),
    kind: zod.literal('Scheduled'),
    name: zod.string().min(1).max(256),
    version: zod
      .string()
      .max(20)
      .regex(/^\d+\.\d+\.\d+$/, 'expected a version such as 1.0.0'),
    status: zod.string().optional(),
    description: zod.string().min(1).max(5000),
    severity: zod.enum(['Informational', 'Low', 'Medium', 'High']),
    requiredDataConnectors: zod.array(
      zod.strictObject({ connectorId: zod.string().min(1), dataTypes: zod.array(zod.string()) }),
    ),
    queryFrequency: zod.string(),
    queryPeriod: zod.string(),
    triggerOperator: zod.enum(['gt', 'lt', 'eq', 'ne']),
    triggerThreshold: zod.int().min(0).max(10_000),
    tactics: zod.array(zod.enum(tactics)).min(1),
    relevantTechniques: zod
      .array(zod.string().regex(/^T\d{4}(\.\d{3})?$/, 'expected a technique such as T1003 or T1003.008'))
      .min(1),
    tags: zod.array(zod.string()).default([]),
    query: zod.string().min(1).max(10_000),
    entityMappings: zod
      .array(
        zod.strictObject({
          entityType,
          fieldMappings: zod
            .array(zod.strictObject({ identifier: zod.string(), columnName: column }))
            .min(1)
            .max(3),
        }),
      )
      .min(1)
      .max(5),
    customDetails: zod.record(zod.string(), column).default({}),
    alertDetailsOverride: zod
      .strictObject({
        alertDisplayNameFormat: zod.string().min(1).max(256).optional(),
        alertDescriptionFormat: zod.string().min(1).max(5000).optional(),
        alertSeverityColumnName: column.optional(),
        alertTacticsColumnName: column.optional(),
      })
      .optional(),
    eventGroupingSettings: zod
      .strictObject({ aggregationKind: zod.enum(['SingleAlert', 'AlertPerResult']) })
      .default({ aggregationKind: 'SingleAlert' }),
    incidentConfiguration: zod
      .strictObject({
        createIncident: zod.boolean(),
        groupingConfiguration: zod.strictObject({
          enabled: zod.boolean(),
          reopenClosedIncident: zod.boolean(),
          lookbackDuration: zod.string(),
          matchingMethod: zod.enum(['AllEntities', 'AnyAlert', 'Selected']),
          groupByEntities: zod.array(entityType).default([]),
          groupByAlertDetails: zod.array(zod.enum(['DisplayName', 'Severity'])).default([]),
          groupByCustomDetails: zod.array(zod.string()).default([]),
        }),
      })
      .optional(),
    suppressionEnabled: zod.boolean().default(false),
    suppressionDuration: zod.string().default('5h'),
  });
}
