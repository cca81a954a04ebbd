/** One line of Prometheus' text format (version 0.0.4), without its time. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const label = /([a-zA-Z_]\w*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"/g;

const unescaped = (text: string): string =>
  text.replaceAll(/\\(.)/g, (whole, char: string) =>
    char === 'n' ? '\n' : char === '"' || char === '\\' ? char : whole,
  );

const numberOf = (text: string): number =>
  /^[+-]?inf$/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);

/** The samples of a scrape in their order. Comments are left out, and so is a line that is none of the format's: one bad line must not hide the others. */
export const parsePrometheus = (text: string): readonly Sample[] =>
  text.split('\n').flatMap((each) => {
    const [, name, labels = '', value = ''] = line.exec(each.trimEnd()) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(label)].map(([, key = '', quoted = '']) => [key, unescaped(quoted)] as const);
    return [{ name, labels: Object.fromEntries(pairs), value: numberOf(value) }];
  });

/** The sum over all label values; undefined where the scrape has no such metric. A value that is no finite number counts for nothing. */
export const sumOf = (samples: readonly Sample[], name: string): number | undefined => {
  const found = samples.filter((sample) => sample.name === name);
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + finite(value), 0);
};

/** Sums by the value of one label; samples without that label are left out. */
export const sumsBy = (samples: readonly Sample[], name: string, key: string): Readonly<Record<string, number>> => {
  const sums = new Map<string, number>();
  for (const sample of samples) {
    const value = sample.labels[key];
    if (sample.name === name && value !== undefined) sums.set(value, (sums.get(value) ?? 0) + finite(sample.value));
  }
  return Object.fromEntries(sums);
};

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
