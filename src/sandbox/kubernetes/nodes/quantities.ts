const SUFFIX: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity such as `250m`, `64Mi` or 2, in its base unit; 0 for what is none. */
export const quantity = (value: unknown): number => {
  if (typeof value === 'number') return value;
  const [, number = '0', suffix = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(typeof value === 'string' ? value : '') ?? [];
  return Number(number) * (SUFFIX[suffix] ?? 0);
};
