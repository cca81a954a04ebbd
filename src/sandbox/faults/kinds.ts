/** How a parameter is written: `switch` is true or false, a `list` is joined by plus signs where it is typed. */
export type ParameterType = 'integer' | 'text' | 'switch' | 'list';

export const faultServices = ['arm', 'kubernetes', 'logs', 'registry'] as const;
export type FaultService = (typeof faultServices)[number];

export interface FaultKind {
  /**
   * `once`, or as often as `count` says; `lasting` until it is taken away, or as often as `count` says; `state` until it is taken away,
   * there being nothing to count; `instant`: it happens when it is set, and nothing of it stays.
   */
  readonly lasts: 'once' | 'lasting' | 'state' | 'instant';
  /** Services whose requests it happens to, whatever they ask for; the first where none is named. */
  readonly services?: readonly FaultService[];
  readonly parameters: Readonly<Record<string, ParameterType>>;
}

const everywhere = faultServices;

/** What happens to a request or its connection. */
const transport = {
  throttled: { lasts: 'once', services: everywhere, parameters: { retryAfter: 'integer' } },
  'throttled-without-header': { lasts: 'once', services: everywhere, parameters: {} },
  'http-500': { lasts: 'once', services: everywhere, parameters: { status: 'integer', retryAfter: 'integer' } },
  'reset-before': { lasts: 'once', services: everywhere, parameters: {} },
  'reset-after': { lasts: 'once', services: everywhere, parameters: {} },
  truncated: { lasts: 'once', services: everywhere, parameters: {} },
  'slow-body': { lasts: 'once', services: everywhere, parameters: { seconds: 'integer' } },
  stall: { lasts: 'once', services: everywhere, parameters: {} },
} as const satisfies Record<string, FaultKind>;

/** What ARM refuses a request with, before it has done anything. */
const refusals = {
  'not-found': { lasts: 'once', services: ['arm'], parameters: { exact: 'switch' } },
  'precondition-failed': { lasts: 'once', services: ['arm'], parameters: {} },
  'group-being-deleted': { lasts: 'once', services: ['arm'], parameters: {} },
  'subscription-not-registered': { lasts: 'once', services: ['arm'], parameters: {} },
  'another-operation-in-progress': { lasts: 'once', services: ['arm'], parameters: {} },
  'workspace-busy': { lasts: 'once', services: ['arm'], parameters: {} },
  'table-busy': { lasts: 'once', services: ['arm'], parameters: {} },
  'rule-conflict': { lasts: 'once', services: ['arm'], parameters: {} },
  'saved-search-conflict': { lasts: 'once', services: ['arm'], parameters: {} },
} as const satisfies Record<string, FaultKind>;

/** What becomes of an answer of ARM's on its way to the client. */
const answers = {
  'duplicate-put': { lasts: 'once', parameters: {} },
  'error-after': { lasts: 'once', parameters: { status: 'integer' } },
  'created-then-not-found': { lasts: 'once', parameters: { times: 'integer' } },
  'empty-accepted': { lasts: 'once', parameters: {} },
  'operation-header-missing': { lasts: 'once', parameters: {} },
  'long-operation-url': { lasts: 'lasting', parameters: { length: 'integer' } },
  'changed-casing': { lasts: 'lasting', parameters: {} },
  'unknown-status': { lasts: 'once', parameters: { status: 'text' } },
  'unknown-provisioning-state': { lasts: 'once', parameters: { state: 'text' } },
} as const satisfies Record<string, FaultKind>;

/** What one service knows the meaning of. */
const lasting = {
  'authorization-failed': { lasts: 'lasting', parameters: { actions: 'list' } },
  'quota-exceeded': { lasts: 'state', parameters: { limit: 'integer', family: 'text' } },
  'sku-unavailable': { lasts: 'state', parameters: { vmSize: 'text' } },
  'feature-required': { lasts: 'state', parameters: {} },
  'feature-stuck': { lasts: 'state', parameters: { state: 'text' } },
  'provider-stuck': { lasts: 'state', parameters: {} },
  'invalid-client': { lasts: 'lasting', parameters: {} },
  'onboarding-conflict': { lasts: 'state', parameters: {} },
  'token-lifetime': { lasts: 'state', parameters: { seconds: 'integer' } },
  'token-not-yet-valid': { lasts: 'once', parameters: { seconds: 'integer' } },
  'token-expired': { lasts: 'instant', parameters: { challenge: 'switch' } },
} as const satisfies Record<string, FaultKind>;

/** What a write to a cluster or its operation meets. */
const operations = {
  'changed-meanwhile': { lasts: 'once', parameters: {} },
  'conflict-in-progress': { lasts: 'once', parameters: {} },
  'operation-failed': { lasts: 'once', parameters: { code: 'text', message: 'text' } },
  'operation-record-lost': { lasts: 'once', parameters: {} },
  'operation-canceled': { lasts: 'once', parameters: {} },
  'operation-succeeded-resource-failed': { lasts: 'once', parameters: {} },
  'operation-failed-resource-succeeded': {
    lasts: 'once',
    parameters: { status: 'text', code: 'text', message: 'text' },
  },
  'workspace-failed': { lasts: 'once', parameters: {} },
} as const satisfies Record<string, FaultKind>;

/** What is wrong in the imitated clusters; a real one behind the sandbox has none of it. */
const clusters = {
  'api-server-unreachable': { lasts: 'state', parameters: {} },
  'node-not-ready': { lasts: 'state', parameters: { node: 'text' } },
  'pod-crash-loop': { lasts: 'state', parameters: { pod: 'text', container: 'text' } },
  'pod-not-ready': { lasts: 'state', parameters: { pod: 'text', container: 'text' } },
  'release-pending': {
    lasts: 'once',
    parameters: { release: 'text', namespace: 'text', status: 'text', age: 'integer' },
  },
} as const satisfies Record<string, FaultKind>;

export const faultKinds = { ...transport, ...refusals, ...answers, ...lasting, ...operations, ...clusters } as const;

export type FaultName = keyof typeof faultKinds;
export type TransportFaultName = keyof typeof transport;
export type RefusalName = keyof typeof refusals;
export type AnswerFaultName = keyof typeof answers;

const namesOf = <T extends string>(kinds: Readonly<Record<T, FaultKind>>): readonly T[] => Object.keys(kinds) as T[];

export const faultNames: readonly FaultName[] = namesOf(faultKinds);
export const answerFaultNames: readonly AnswerFaultName[] = namesOf(answers);

export const isFaultName = (text: string): text is FaultName => Object.hasOwn(faultKinds, text);
export const isRefusalName = (text: string): text is RefusalName => Object.hasOwn(refusals, text);

export const kindOf = (name: FaultName): FaultKind => faultKinds[name];
