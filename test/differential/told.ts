import type { Ran } from '../sandbox/kubernetes/run-tool.ts';

/** Kubernetes' alphabet for names that it makes up. */
const safe = '[bcdfghjklmnpqrstvwxz2456789]';
const age = '(?:\\d+[smhd]){1,2}|<invalid>';

const marks: readonly (readonly [RegExp, string])[] = [
  // What client-go logs of its watches is a matter of milliseconds.
  [/^[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ .*\n/gm, ''],
  [new RegExp(`(?<=hash[=:"\\\\ ]+(?:[a-z]+-)?)${safe}{8,10}\\b`, 'g'), '<hash>'],
  [new RegExp(`-${safe}{8,10}-${safe}{5}\\b`, 'g'), '-<hash>-<random>'],
  [new RegExp(`-${safe}{8,10}\\b`, 'g'), '-<hash>'],
  [new RegExp(`(?<=[a-z]-)${safe}{5}\\b(?=[ "':,\\n]|$)`, 'gm'), '<random>'],
  [new RegExp(`(?<=^|[ (])(?:${age})(?=[ )\\n]|$)`, 'gm'), '<age>'],
  [/(?<=resource ?version"?: *)"?\d+"?/gi, '<version>'],
  [/(?<=nodePort"?: ?)3\d{4}\b|(?<=:)3[0-2]\d{3}(?=\/(?:TCP|UDP))/g, '<node-port>'],
  [/(?<=^|[ "'(])[0-9a-f]{64}\b/gm, '<sha256>'],
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)? ?(?:[+-]\d\d:?\d\d|Z)(?: UTC)?/g, '<date>'],
  [/(?<=(?:created|modified)At=)\d+/gi, '<seconds>'],
  [/(?<=[a-z]\.)[0-9a-f]{16}\b/g, '<event>'],
  // The kubelets of the real one are played by kwok, which starts no container.
  [/(?<=(?:Container|Image) ID:) .*/g, ' <id>'],
  [/^ +PodReadyToStartContainers +True *\n/gm, ''],
  // Go's dump of two of its own structs says nothing that a client could read.
  [/^@@ [^]*?\n\n/gm, ''],
  // Whose build it is.
  [/(?<=(?:gitCommit|buildDate|goVersion)"?: )"?[\w.:$%-]+"?/g, '<build>'],
  // Which of two equal nodes a pod lands on is chance.
  [/(?<=vmss)\d{6}\b/g, '<node>'],
  [/(?<=zone["=: ]+)(?:westeurope-)?\d\b/gi, '<zone>'],
  [
    /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:[A-Z][a-z]{2} +\d+|\d+ [A-Z][a-z]{2}) [\d :]+(?:[+-]\d{4})?(?: \d{4})?/g,
    '<date>',
  ],
];

/** Lines of a command's output without what two honest clusters may not share: ages, random names, column widths. */
export const linesOf = (text: string): readonly string[] => {
  let rest = text;
  for (const [pattern, mark] of marks) rest = rest.replace(pattern, mark);
  return rest.split('\n').map((line) => line.replaceAll(/(?<=\S) {2,}/g, '  ').trimEnd());
};

export interface Told {
  readonly code: number;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** What a command said, ready to be compared. */
export const told = ({ code, stdout, stderr }: Ran): Told => ({
  code,
  stdout: linesOf(stdout),
  stderr: linesOf(stderr),
});
