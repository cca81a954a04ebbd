import { badRequest, invalid, invalidValue, type StatusCause } from './api-error.ts';
import { flag } from './pod-channels.ts';

export interface LogOptions {
  readonly container: string | null;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  readonly sinceSeconds: number | undefined;
  /** Milliseconds since 1970. */
  readonly sinceTime: number | undefined;
}

const numberOf = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
};

const layout = '2006-01-02T15:04:05Z07:00';
/** What each part of a time has to look like, beside how Go writes that part in a layout. */
const parts: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d\d/, '01'],
  [/^-/, '-'],
  [/^\d\d/, '02'],
  [/^T/, 'T'],
  [/^\d\d/, '15'],
  [/^:/, ':'],
  [/^\d\d/, '04'],
  [/^:/, ':'],
  [/^\d\d(?:[.,]\d+)?/, '05'],
  [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00'],
];

const timeOf = (text: string | null): number | undefined => {
  if (text === null || text === '') return undefined;
  let rest = text;
  for (const [pattern, part] of parts) {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined)
      throw badRequest(
        `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(part)}`,
      );
    rest = rest.slice(found.length);
  }
  if (rest !== '') throw badRequest(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`);
  return Date.parse(text);
};

const atLeast = (field: string, value: number | undefined, lowest: 0 | 1): readonly StatusCause[] =>
  value === undefined || value >= lowest
    ? []
    : [invalidValue(field, value, lowest === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0')];

const forbidden = (field: string, why: string): StatusCause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

/** Reads what is asked of a log, and refuses what a cluster without the alpha feature PodLogsQuerySplitStreams does, before it looks for the pod. */
export const logOptions = (query: URLSearchParams, name: string): LogOptions => {
  const options = {
    container: query.get('container'),
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    tailLines: numberOf(query, 'tailLines'),
    limitBytes: numberOf(query, 'limitBytes'),
    sinceSeconds: numberOf(query, 'sinceSeconds'),
    sinceTime: timeOf(query.get('sinceTime')),
  };
  const causes = [
    ...atLeast('tailLines', options.tailLines, 0),
    ...atLeast('limitBytes', options.limitBytes, 1),
    ...(options.sinceSeconds !== undefined && options.sinceTime !== undefined
      ? [forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified')]
      : atLeast('sinceSeconds', options.sinceSeconds, 1)),
    ...(query.has('stream') ? [forbidden('stream', 'may not be specified')] : []),
  ];
  if (causes.length > 0) throw invalid('', 'PodLogOptions', name, causes);
  return options;
};
