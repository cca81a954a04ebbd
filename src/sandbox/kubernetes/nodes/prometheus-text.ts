export type Labels = Readonly<Record<string, string>>;
export type Sample = readonly [labels: Labels, value: number];

const escaped = (value: string): string =>
  value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);

/** As Go prints floats: with an exponent from a million on, and so a time in seconds as 1.763920616e+09. */
const number = (value: number): string => {
  if (!Number.isInteger(value) || Math.abs(value) < 1e6) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e+');
  return exponent === '' ? String(value) : `${digits}e+${exponent.padStart(2, '0')}`;
};

/** One metric in Prometheus' text format. Without samples nothing is printed, as client_golang does. */
export const metric = (
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly Sample[],
): readonly string[] =>
  samples.length === 0
    ? []
    : [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(([labels, value]) => {
          const pairs = Object.entries(labels)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, text]) => `${key}="${escaped(text)}"`);
          return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${number(value)}`;
        }),
      ];

export const contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
