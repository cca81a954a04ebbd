/**
 * Takes out of an answer what two honest API servers may not share: identities, times, addresses and random names.
 * Each becomes a mark that keeps what it was to the rest of the answer: the same uid is the same mark wherever it stands.
 */
export const normalise = (answer: unknown): unknown => {
  const words = new Map<string, string>();
  collect(answer, words);
  const longestFirst = [...words].toSorted(([a], [b]) => b.length - a.length);
  return rewrite(answer, undefined, (text) => {
    let result = text;
    for (const [word, mark] of longestFirst) result = result.replaceAll(word, mark);
    for (const [pattern, mark] of patterns) result = result.replace(pattern, mark);
    return result;
  });
};

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/(?<=too old resource version: \d+ \()\d+|(?<=, current: )\d+/g, '<resourceVersion>'],
  [/(?<=in record \()\d+(?=\))/g, '<resourceVersion>'],
  [/\bkube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<random>'],
  // In messages that quote a whole object.
  [/(?<=resourceVersion\\*":\\*")\d+/g, '<resourceVersion>'],
  [/\b127\.0\.0\.1:\d+/g, '<server>'],
  // The real one reaches its pods through a proxy, as on AKS, which has a word of its own for what it cannot reach.
  [
    /(?<=error trying to reach service: )(?:proxy error from \S+ while dialing \S+, code 502: 502 Bad Gateway|dial tcp \S+: connect: connection refused)/g,
    '<nothing listens>',
  ],
  // The service range and the pod range of both sides; who gets which address is chance.
  [/\b10\.0\.\d+\.\d+\b(?!\/)/g, '<service-ip>'],
  [/\b10\.24[0-9]\.\d+\.\d+\b(?!\/)/g, '<pod-ip>'],
  [/\b10\.224\.\d+\.\d+\b(?!\/)/g, '<node-ip>'],
  [/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n?/g, '<certificate>'],
  [/\baks-([a-z0-9]+)-\d{8}-vmss/g, 'aks-$1-<number>-vmss'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
];

const versionKeys = new Set(['resourceVersion', 'continue', '_continue']);
/** Labels whose value is a hash of a template, as one implementation writes templates down. */
const hashLabels = ['pod-template-hash', 'controller-revision-hash'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const collect = (value: unknown, words: Map<string, string>): void => {
  if (Array.isArray(value)) for (const item of value) collect(item, words);
  if (!isObject(value)) return;
  const mark = (word: unknown, kind: string): void => {
    if (typeof word === 'string' && word !== '' && !words.has(word))
      words.set(word, `<${kind} ${[...words.values()].filter((known) => known.startsWith(`<${kind} `)).length}>`);
  };
  const { metadata } = value;
  if (isObject(metadata)) {
    mark(metadata['uid'], 'uid');
    const labels = metadata['labels'];
    if (isObject(labels))
      for (const label of hashLabels) {
        const text = labels[label];
        // A controller revision's hash is often given with its owner's name in front.
        if (typeof text === 'string') mark(text.split('-').at(-1), 'hash');
      }
    const { name, generateName } = metadata;
    if (typeof name === 'string' && typeof generateName === 'string' && name.startsWith(generateName))
      mark(name.slice(generateName.length), 'random');
  }
  for (const child of Object.values(value)) collect(child, words);
};

const managerOf = (entry: unknown): string =>
  isObject(entry)
    ? JSON.stringify(['operation', 'manager', 'apiVersion', 'subresource'].map((name) => entry[name]))
    : '';

const rewrite = (value: unknown, key: string | undefined, text: (given: string) => string): unknown => {
  if (Array.isArray(value)) {
    const items = value.map((item) => rewrite(item, key, text));
    // Managers stand in the order of the second in which they last wrote, which is chance for those that follow each other.
    // And which of several conflicts is named first is the order of a Go map.
    if (key === 'causes' && items.some((item) => isObject(item) && item['reason'] === 'FieldManagerConflict'))
      return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return key === 'managedFields' ? items.toSorted((a, b) => (managerOf(a) < managerOf(b) ? -1 : 1)) : items;
  }
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [text(name), rewrite(child, name, text)]));
  if (key !== undefined && versionKeys.has(key) && value !== '' && value !== '0') return `<${key}>`;
  if (key === 'nodePort' && typeof value === 'number' && value >= 30_000) return '<node-port>';
  return typeof value === 'string' ? text(value) : value;
};
