import type { EntityType } from './entities.ts';
import type { Tactic } from './techniques.ts';

/** The detection content of a folder: `kql/functions` and `kql/rules` below its root, read and checked. */
export interface Pack {
  /** Each one after those that it calls. */
  readonly functions: readonly PackFunction[];
  /** By slug. */
  readonly rules: readonly Rule[];
  /** What is wrong with the files; a pack with problems must not be deployed. */
  readonly problems: readonly PackProblem[];
}

export interface PackProblem {
  /** Path below the root. */
  readonly file: string;
  /** Key in the file, for example `entityMappings[1].entityType`; empty for the file as a whole. */
  readonly at: string;
  readonly message: string;
}

export interface FunctionParameter {
  readonly name: string;
  /** KQL type, for example `string`. */
  readonly type: string;
  /** As text, without quotes; undefined for a parameter that every call must give. */
  readonly default: string | undefined;
}

/** A saved function that rules call by its alias. */
export interface PackFunction {
  /** The file's name without its ending. */
  readonly slug: string;
  readonly file: string;
  readonly id: string;
  readonly title: string;
  readonly alias: string;
  readonly version: string;
  readonly parameters: readonly FunctionParameter[];
  readonly query: string;
}

export type Severity = 'Informational' | 'Low' | 'Medium' | 'High';
export type TriggerOperator = 'gt' | 'lt' | 'eq' | 'ne';

export interface EntityMapping {
  readonly entityType: EntityType;
  readonly fieldMappings: readonly { readonly identifier: string; readonly columnName: string }[];
}

export interface AlertDetailsOverride {
  readonly alertDisplayNameFormat?: string | undefined;
  readonly alertDescriptionFormat?: string | undefined;
  readonly alertSeverityColumnName?: string | undefined;
  readonly alertTacticsColumnName?: string | undefined;
}

export interface IncidentConfiguration {
  readonly createIncident: boolean;
  readonly groupingConfiguration: {
    readonly enabled: boolean;
    readonly reopenClosedIncident: boolean;
    readonly lookbackDuration: string;
    readonly matchingMethod: 'AllEntities' | 'AnyAlert' | 'Selected';
    readonly groupByEntities: readonly EntityType[];
    readonly groupByAlertDetails: readonly ('DisplayName' | 'Severity')[];
    readonly groupByCustomDetails: readonly string[];
  };
}

/** A scheduled analytics rule in the form of the Azure-Sentinel community; durations as the file writes them (`5m`, `1h`, `1d`). */
export interface Rule {
  readonly slug: string;
  readonly file: string;
  readonly id: string;
  readonly kind: 'Scheduled';
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly severity: Severity;
  readonly requiredDataConnectors: readonly { readonly connectorId: string; readonly dataTypes: readonly string[] }[];
  readonly queryFrequency: string;
  readonly queryPeriod: string;
  readonly triggerOperator: TriggerOperator;
  readonly triggerThreshold: number;
  readonly tactics: readonly Tactic[];
  /** `T####` or `T####.###`. */
  readonly relevantTechniques: readonly string[];
  readonly tags: readonly string[];
  readonly query: string;
  readonly entityMappings: readonly EntityMapping[];
  readonly customDetails: Readonly<Record<string, string>>;
  readonly alertDetailsOverride: AlertDetailsOverride | undefined;
  readonly aggregationKind: 'SingleAlert' | 'AlertPerResult';
  readonly incidentConfiguration: IncidentConfiguration | undefined;
  readonly suppressionEnabled: boolean;
  readonly suppressionDuration: string;
}

/** What a rule stands on, from its tags: `policy:NAME`, `table:NAME`, `setting:NAME`, `catalogue:ID`. */
export function taggedWith(rule: Rule, kind: 'policy' | 'table' | 'setting' | 'catalogue'): readonly string[] {
  return rule.tags.filter((tag) => tag.startsWith(`${kind}:`)).map((tag) => tag.slice(kind.length + 1));
}
