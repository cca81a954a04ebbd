import { communityMinutes } from './durations.ts';
import { entityIdentifiers } from './entities.ts';
import type { PackProblem, Rule } from './pack.ts';
import { requiredTactics } from './techniques.ts';

const FIVE_MINUTES = 5;
const FOURTEEN_DAYS = 14 * 1440;

/** What the community's checks and the service refuse though the shape of the file is right. */
export function checkRule(rule: Rule): PackProblem[] {
  return [...schedule(rule), ...techniques(rule), ...entities(rule), ...details(rule), ...texts(rule)].map(
    ([at, message]) => ({
      file: rule.file,
      at,
      message,
    }),
  );
}

type Finding = readonly [at: string, message: string];

function* schedule(rule: Rule): Generator<Finding> {
  const durations = {
    queryFrequency: rule.queryFrequency,
    queryPeriod: rule.queryPeriod,
    suppressionDuration: rule.suppressionDuration,
    ...(rule.incidentConfiguration && {
      'incidentConfiguration.groupingConfiguration.lookbackDuration':
        rule.incidentConfiguration.groupingConfiguration.lookbackDuration,
    }),
  };
  for (const [at, text] of Object.entries(durations)) {
    const minutes = communityMinutes(text);
    if (minutes === undefined) yield [at, `"${text}" is no duration such as 5m, 1h or 1d`];
    else if (minutes < FIVE_MINUTES || minutes > FOURTEEN_DAYS) yield [at, `${text} is not between 5m and 14d`];
  }
  const frequency = communityMinutes(rule.queryFrequency) ?? 0;
  const period = communityMinutes(rule.queryPeriod) ?? 0;
  const suppression = communityMinutes(rule.suppressionDuration) ?? 0;
  if (period < frequency)
    yield [
      'queryPeriod',
      `${rule.queryPeriod} is shorter than the frequency ${rule.queryFrequency}: events would be missed`,
    ];
  if (period >= 2 * 1440 && frequency < 60)
    yield ['queryFrequency', `a period of ${rule.queryPeriod} needs a frequency of 1h or more`];
  if (suppression > 1440) yield ['suppressionDuration', `${rule.suppressionDuration} is longer than 24h`];
}

function* techniques(rule: Rule): Generator<Finding> {
  for (const technique of rule.relevantTechniques) {
    const needed = requiredTactics(technique);
    if (needed === undefined) {
      yield ['relevantTechniques', `${technique} is not among the techniques that Sentinel is known to accept`];
      continue;
    }
    const missing = needed.filter((tactic) => !rule.tactics.includes(tactic));
    if (missing.length > 0) yield ['tactics', `${technique} needs ${missing.join(' and ')} as well`];
  }
  const covered = new Set(rule.relevantTechniques.flatMap((technique) => requiredTactics(technique) ?? []));
  for (const tactic of rule.tactics) {
    if (!covered.has(tactic)) yield ['tactics', `no technique of the rule belongs to ${tactic}`];
  }
}

function* entities(rule: Rule): Generator<Finding> {
  for (const [index, mapping] of rule.entityMappings.entries()) {
    const allowed: readonly string[] = entityIdentifiers[mapping.entityType];
    for (const { identifier } of mapping.fieldMappings) {
      if (!allowed.includes(identifier)) {
        yield [
          `entityMappings[${index}]`,
          `${mapping.entityType} has no identifier ${identifier}; it has ${allowed.join(', ')}`,
        ];
      }
    }
  }
  const grouping = rule.incidentConfiguration?.groupingConfiguration;
  if (grouping === undefined) return;
  const mapped = new Set(rule.entityMappings.map(({ entityType }) => entityType));
  for (const type of grouping.groupByEntities) {
    if (!mapped.has(type))
      yield ['incidentConfiguration', `incidents are grouped by ${type}, which the rule does not map`];
  }
  for (const key of grouping.groupByCustomDetails) {
    if (!Object.hasOwn(rule.customDetails, key))
      yield ['incidentConfiguration', `incidents are grouped by ${key}, which is no custom detail`];
  }
  const keys = [...grouping.groupByEntities, ...grouping.groupByAlertDetails, ...grouping.groupByCustomDetails];
  if (grouping.matchingMethod === 'Selected' && keys.length === 0)
    yield ['incidentConfiguration', 'matchingMethod Selected selects nothing'];
}

function* details(rule: Rule): Generator<Finding> {
  const keys = Object.keys(rule.customDetails);
  if (keys.length > 20) yield ['customDetails', `${keys.length} details; Sentinel takes 20`];
  for (const key of keys) {
    if (!/^[a-zA-Z]\w{0,19}$/.test(key))
      yield [`customDetails.${key}`, 'a key is at most 20 letters, digits and _, and starts with a letter'];
  }
  for (const [field, format] of Object.entries(rule.alertDetailsOverride ?? {})) {
    if (field.endsWith('Format') && placeholders(String(format)).length > 3)
      yield [`alertDetailsOverride.${field}`, 'more than three {{columns}}'];
  }
}

function* texts(rule: Rule): Generator<Finding> {
  if (/\b(search|union)\s+\*/.test(rule.query)) yield ['query', 'search * and union * are not allowed in rules'];
  for (const [at, text] of [
    ['name', rule.name],
    ['description', rule.description],
    ['query', rule.query],
  ] as const) {
    if (/\P{ASCII}/u.test(text)) yield [at, 'only ASCII passes the community checks'];
  }
}

/** Columns that a format such as `Shell in {{Pod}}` names. */
export function placeholders(format: string): string[] {
  return [...format.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '');
}
