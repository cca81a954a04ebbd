import type { AlertRuleBody } from '../azure/azure.ts';
import { communityMinutes, isoDuration } from './durations.ts';
import type { Rule, TriggerOperator } from './pack.ts';
import { baseTechnique } from './techniques.ts';
import { uuidV5 } from './uuid-v5.ts';

// Ours alone, chosen once: changing it would leave every deployed rule behind and make a second one.
const ruleNamespace = '8d3a2c1e-6b0f-5d47-9a68-3c9e52f0b71d';

const operators: Readonly<Record<TriggerOperator, string>> = {
  gt: 'GreaterThan',
  lt: 'LessThan',
  eq: 'Equal',
  ne: 'NotEqual',
};

/** Name of a rule's resource in a workspace: a GUID as the portal expects, the same on every run and every machine. */
export function ruleId(workspaceId: string, slug: string): string {
  return uuidV5(ruleNamespace, `${workspaceId.toLowerCase()}/${slug}`);
}

/**
 * A rule as ARM takes it (Microsoft.SecurityInsights/alertRules, from 2025-09-01 on). `enabled` is the user's choice once the rule exists.
 * @throws RangeError for a duration that `checkRule` would have refused.
 */
export function ruleBody(rule: Rule, options: { readonly enabled?: boolean } = {}): AlertRuleBody {
  const incident = rule.incidentConfiguration;
  return {
    kind: rule.kind,
    properties: {
      displayName: rule.name,
      description: description(rule),
      severity: rule.severity,
      enabled: options.enabled ?? true,
      query: rule.query,
      queryFrequency: iso(rule.queryFrequency),
      queryPeriod: iso(rule.queryPeriod),
      triggerOperator: operators[rule.triggerOperator],
      triggerThreshold: rule.triggerThreshold,
      suppressionEnabled: rule.suppressionEnabled,
      suppressionDuration: iso(rule.suppressionDuration),
      tactics: [...rule.tactics],
      techniques: [...new Set(rule.relevantTechniques.map(baseTechnique))],
      eventGroupingSettings: { aggregationKind: rule.aggregationKind },
      entityMappings: rule.entityMappings.map(({ entityType, fieldMappings }) => ({
        entityType,
        fieldMappings: fieldMappings.map((field) => ({ ...field })),
      })),
      customDetails: { ...rule.customDetails },
      ...(rule.alertDetailsOverride === undefined ? {} : { alertDetailsOverride: defined(rule.alertDetailsOverride) }),
      ...(incident === undefined
        ? {}
        : {
            incidentConfiguration: {
              createIncident: incident.createIncident,
              groupingConfiguration: {
                ...incident.groupingConfiguration,
                lookbackDuration: iso(incident.groupingConfiguration.lookbackDuration),
              },
            },
          }),
    },
  };
}

// The stable api-version has no field for sub-techniques: the description is where an analyst still finds them.
function description(rule: Rule): string {
  const text = rule.description.trim();
  const finer = rule.relevantTechniques.filter((technique) => technique.includes('.'));
  return finer.length === 0 ? text : `${text}\nATT&CK: ${rule.relevantTechniques.join(', ')}.`;
}

function iso(duration: string): string {
  const minutes = communityMinutes(duration);
  if (minutes === undefined) throw new RangeError(`"${duration}" is no duration such as 5m, 1h or 1d.`);
  return isoDuration(minutes);
}

function defined(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
