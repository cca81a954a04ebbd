import { ApiError, badRequest, invalid, required, unsupportedValue, type StatusCause } from './api-error.ts';

const forbidden = (field: string, why: string): StatusCause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});

const refuse = (kind: string, causes: readonly StatusCause[]): void => {
  if (causes.length > 0) throw invalid('meta.k8s.io', kind, '', causes);
};

/** Checks what a list or watch says of the moment it wants to see; throws 422 with every contradiction. */
export const checkListOptions = (query: URLSearchParams): void => {
  const watches = isWatch(query);
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const initial = query.has('sendInitialEvents');
  const continues = (query.get('continue') ?? '') !== '';
  const causes: StatusCause[] = [];
  const say = (wrong: boolean, why: string, field = 'resourceVersionMatch'): void => {
    if (wrong) causes.push(forbidden(field, why));
  };
  if (watches) {
    say(initial && match !== 'NotOlderThan', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    if (match !== '') {
      say(!initial, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
      if (match !== 'NotOlderThan') causes.push(unsupportedValue('resourceVersionMatch', match, ['NotOlderThan']));
      say(continues, 'resourceVersionMatch is forbidden when continue is provided');
    }
  } else {
    if (match !== '') {
      say(version === '', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
      say(continues, 'resourceVersionMatch is forbidden when continue is provided');
      if (match !== 'Exact' && match !== 'NotOlderThan')
        causes.push(unsupportedValue('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
      say(match === 'Exact' && version === '0', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
    say(initial, 'sendInitialEvents is forbidden for list', 'sendInitialEvents');
  }
  refuse('ListOptions', causes);
};

export const isWatch = (query: URLSearchParams): boolean => ['true', '1'].includes(query.get('watch') ?? '');

/** A resourceVersion as a number; 0 where there is none. */
export const versionNumber = (text: string): number => {
  if (/^\d*$/.test(text)) return Number(text);
  throw badRequest(`invalid resource version: ${noVersion(text)}`);
};

export const noVersion = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;

/** 504: the server waits a while for that version to come, and gives up. */
export const tooLarge = (asked: string, newest: number): ApiError =>
  new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${newest}`, {
    retryAfterSeconds: 1,
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
  });

/** Checks the query of a write; `kind` is what the API server calls its options. */
export const checkWriteOptions = (
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'ApplyOptions' | 'DeleteOptions',
): void => {
  const manager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const validation = query.get('fieldValidation') ?? '';
  const apply = kind === 'ApplyOptions';
  refuse(apply ? 'PatchOptions' : kind, [
    ...(apply && manager === '' ? [required('fieldManager', 'is required for apply patch')] : []),
    ...(kind === 'PatchOptions' && query.has('force')
      ? [forbidden('force', 'may not be specified for non-apply patch')]
      : []),
    ...(Buffer.byteLength(manager) > 128
      ? [{ reason: 'FieldValueTooLong', message: 'Too long: may not be more than 128 bytes', field: 'fieldManager' }]
      : []),
    ...(dryRun.some((value) => value !== 'All') ? [unsupportedValue('dryRun', dryRun, ['All'])] : []),
    ...(kind !== 'DeleteOptions' && !['', 'Ignore', 'Strict', 'Warn'].includes(validation)
      ? [unsupportedValue('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn'])]
      : []),
  ]);
};
