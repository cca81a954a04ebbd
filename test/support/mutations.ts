/** A body with one thing wrong, perhaps: whether it is wrong, a schema says. */
export interface Mutation {
  /** `drop /properties/kind`, as a failure names it. */
  readonly name: string;
  readonly kind: 'drop' | 'type' | 'value' | 'range' | 'unknown';
  readonly body: unknown;
}

type Path = readonly (string | number)[];
type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const paths = (value: unknown, at: Path = []): readonly Path[] => {
  const inner = Array.isArray(value)
    ? // One of a list stands for its neighbours.
      value.slice(0, 1).flatMap((each, index) => paths(each, [...at, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, each]) => paths(each, [...at, name]))
      : [];
  return [at, ...inner];
};

const read = (value: unknown, at: Path): unknown =>
  at.reduce<unknown>((inner, part) => (inner as Json | undefined)?.[part], value);

/** A copy with another value there; undefined takes the member away. */
const changed = (value: unknown, at: Path, next: unknown): unknown => {
  const [first, ...rest] = at;
  if (first === undefined) return next;
  if (Array.isArray(value)) return value.map((each, index) => (index === first ? changed(each, rest, next) : each));
  const own = value as Json;
  const inner = changed(own[first], rest, next);
  return inner === undefined
    ? Object.fromEntries(Object.entries(own).filter(([name]) => name !== first))
    : { ...own, [first]: inner };
};

const otherTypes = (value: unknown): readonly unknown[] => {
  if (typeof value === 'string') return [17, { odd: true }];
  if (typeof value === 'number') return ['many', [value]];
  if (typeof value === 'boolean') return ['perhaps', 1];
  return Array.isArray(value) ? ['one', { odd: true }] : ['one', [value]];
};

const otherValues = (value: unknown): readonly (readonly [Mutation['kind'], unknown])[] => {
  if (typeof value === 'string')
    return [
      ['value', 'NoSuchValue'],
      ['range', `${value}${'x'.repeat(12_000)}`],
    ];
  if (typeof value === 'number')
    return [
      ['range', -7],
      ['range', 1_000_000_007],
      ['type', 1.5],
    ];
  return [];
};

/** Every way of this kind to spoil a body in one place. */
export const mutationsOf = (body: unknown): readonly Mutation[] =>
  paths(body).flatMap((at) => {
    const value = read(body, at);
    const pointer = `/${at.join('/')}`;
    const made = (kind: Mutation['kind'], what: string, next: unknown): Mutation => ({
      name: `${what} ${pointer}`,
      kind,
      body: changed(body, at, next),
    });
    const inList = typeof at.at(-1) === 'number';
    return [
      ...(at.length === 0 || inList ? [] : [made('drop', 'drop', undefined)]),
      ...(at.length === 0
        ? []
        : otherTypes(value).map((next) => made('type', `${JSON.stringify(next).slice(0, 20)} as`, next))),
      ...otherValues(value).map(([kind, next]) => made(kind, `${JSON.stringify(next).slice(0, 20)} as`, next)),
      ...(isObject(value) ? [made('unknown', 'odd member in', { ...value, oddMember: 1 })] : []),
    ];
  });
