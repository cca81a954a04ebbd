import { type Pack, type Rule, taggedWith } from './pack.ts';

/** What was seen to happen: each attack recording with the rules that fired on it. */
export interface Sighting {
  readonly scenario: string;
  readonly what: string;
  readonly rules: readonly string[];
}

/** A tracing policy by the comment at the head of its file. */
export interface PolicyNote {
  readonly name: string;
  readonly notes: readonly string[];
}

/** docs/detections.md: what each rule sees, what it needs and what it does not see, and which recordings it was seen to fire on. */
export function detectionsDocument(
  pack: Pack,
  policies: readonly PolicyNote[],
  sightings: readonly Sighting[],
): string {
  return `${[
    '# Detections',
    '',
    '<!-- Written by scripts/write-detections-doc.ts from kql/, templates/tracing-policies/ and the recordings. -->',
    '',
    ...introduction(pack),
    '## Rules',
    '',
    ...pack.rules.flatMap((rule) => ruleSection(rule, sightings)),
    '## Functions',
    '',
    'No rule parses JSON itself: these do, each one on top of those that it names.',
    '',
    '| function | what it gives |',
    '| --- | --- |',
    ...pack.functions.map(
      (fn) =>
        `| \`${fn.alias}(${fn.parameters.map(({ name }) => name).join(', ')})\` | ${fn.title}. ${cell(comments(fn.query))} |`,
    ),
    '',
    '## Tracing policies',
    '',
    ...policies.flatMap(({ name, notes }) => [`**${name}**`, '', ...notes.map((note) => `- ${note}`), '']),
    '## Recorded attacks and what fired',
    '',
    'Found by running every rule over every attack recording. A recording is one attack as Tetragon 1.7 saw it on a real kernel; none of the benign recordings',
    'fires a rule, but for the exceptions that stand with their reasons in `kql/tests`. The policies that made the recordings have the same hooks as those above,',
    'not the very same text; file_open events of one more policy are among them. That the ones above load on 5.15, 6.6 and 6.8 has not been tried.',
    '',
    '| recording | what was done | rules |',
    '| --- | --- | --- |',
    ...sightings.map(
      ({ scenario, what, rules }) =>
        `| ${scenario} | ${cell(what)} | ${rules.length === 0 ? 'none' : rules.map((slug) => `[${slug}](#${slug})`).join(', ')} |`,
    ),
  ].join('\n')}\n`;
}

function introduction(pack: Pack): string[] {
  return [
    `${pack.rules.length} scheduled rules and ${pack.functions.length} functions, in the YAML of the Azure-Sentinel community (\`kql/\`). Nothing here has run in a real workspace yet:`,
    'queries are bound by the language service of Microsoft and executed over recorded events by our own evaluator.',
    '',
    'What holds for all of them:',
    '',
    '- A rule runs every five minutes over what arrived in the last ten (`ingestion_time()`). Sentinel delays scheduled rules by five minutes and does not say',
    '  whether `now()` is delayed with them: the overlap makes sure that nothing is missed, and an event may alert twice. The second alert joins the incident of the first.',
    '- One incident for what happens to one workload: the alerts of a rule are grouped by namespace and workload for five hours. Events of a node carry the',
    '  namespace `(node)`, those of a container whose pod Tetragon could not find `(unresolved)`.',
    '- Pods are custom details (Namespace, Pod, Container, Workload, Image); Sentinel has no entity for them. Entities are the node, the process, the file, the address and the cluster.',
    '- Sentinel takes techniques without their sub-techniques; the full ones stand in the description.',
    '- What Tetragon does not export cannot alert: starts of processes in kube-system and cilium, health checks, and lines over 64 KB.',
    '- Known to be invisible to these sensors as set up: environment variables (LD_PRELOAD, GLIBC_TUNABLES), reads through a hard link, writes to /proc/PID/mem,',
    '  files created empty, changes of mode and owner, UDP destinations.',
    '',
  ];
}

function ruleSection(rule: Rule, sightings: readonly Sighting[]): string[] {
  const policies = taggedWith(rule, 'policy');
  const settings = taggedWith(rule, 'setting');
  const seen = sightings.filter(({ rules }) => rules.includes(rule.slug)).map(({ scenario }) => scenario);
  const needs = [
    ...taggedWith(rule, 'table').map((table) => `table ${table}`),
    ...policies.map((policy) => `tracing policy ${policy}`),
    ...settings.map((setting) => `\`${setting}: true\``),
  ];
  return [
    `### ${rule.slug}`,
    '',
    `**${rule.name}** (${rule.severity}${rule.alertDetailsOverride?.alertSeverityColumnName === undefined ? '' : ', or as the row says'})`,
    '',
    ...rule.description
      .trim()
      .split('\n')
      .map((line) => `- ${line}`),
    `- ATT&CK: ${rule.relevantTechniques.join(', ')} (${rule.tactics.join(', ')}).`,
    `- Needs: ${needs.join(', ')}.`,
    `- Every ${rule.queryFrequency} over ${rule.queryPeriod}. Seen to fire on: ${seen.length === 0 ? 'no recording of an attack; its test gives it tables' : seen.join(', ')}.`,
    '',
  ];
}

const comments = (query: string): string =>
  query
    .split('\n')
    .filter((line) => line.startsWith('//'))
    .map((line) => line.slice(2).trim())
    .join(' ');

const cell = (text: string): string => text.replaceAll('|', '\\|');
