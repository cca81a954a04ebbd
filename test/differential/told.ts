import type { Ran } from '../sandbox/kubernetes/run-tool.ts';

/** Kubernetes' alphabet for names that it makes up. */
const safe = '[bcdfghjklmnpqrstvwxz2456789]';
const age = '(?:\\d+[smhd]){1,2}|<invalid>';

const marks: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`-${safe}{8,10}-${safe}{5}\\b`, 'g'), '-<hash>-<random>'],
  [new RegExp(`-${safe}{8,10}\\b`, 'g'), '-<hash>'],
  [new RegExp(`(?<=[a-z]-)${safe}{5}\\b(?=[ "'\\n]|$)`, 'gm'), '<random>'],
  [new RegExp(`(?<=^|[ (])(?:${age})(?=[ )\\n]|$)`, 'gm'), '<age>'],
  [/(?<=resourceVersion"?: ?)"?\d+"?/g, '<version>'],
  [/(?<=nodePort"?: ?)3\d{4}\b|(?<=:)3[0-2]\d{3}(?=\/(?:TCP|UDP))/g, '<node-port>'],
  [/(?<=^|[ "'(])[0-9a-f]{64}\b/gm, '<sha256>'],
  [
    /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:[A-Z][a-z]{2} +\d+|\d+ [A-Z][a-z]{2}) [\d :]+(?:[+-]\d{4})?(?: \d{4})?/g,
    '<date>',
  ],
  [/^[IWE]\d{4} \d\d:\d\d:\d\.\d+ +\d+ /gm, '<klog> '],
];

/** Lines of a command's output without what two honest clusters may not share: ages, random names, column widths. */
const lines = (text: string): readonly string[] => {
  let rest = text;
  for (const [pattern, mark] of marks) rest = rest.replace(pattern, mark);
  return rest.split('\n').map((line) => line.replaceAll(/(?<=\S) {2,}/g, '  ').trimEnd());
};

/** What a command said, ready to be compared. */
export const told = ({ code, stdout, stderr }: Ran): unknown => ({
  code,
  stdout: lines(stdout),
  stderr: lines(stderr),
});
