import { ACCESS_RULES } from '../errors/access-rules.ts';
import { AZURE_RULES } from '../errors/azure-rules.ts';
import { CONFLICT_RULES } from '../errors/conflict-rules.ts';
import { ENTRA_RULES } from '../errors/entra-rules.ts';
import { findRule } from '../errors/error-rule.ts';
import { NETWORK_RULES } from '../errors/network-rules.ts';
import { Problem, type ProblemKind } from '../errors/problem.ts';
import { redact } from '../errors/redact.ts';
import { readError, type RawFacts } from './error-facts.ts';
import { grantScope, roleFor } from './role-for-action.ts';

const RULES = [...ENTRA_RULES, ...ACCESS_RULES, ...AZURE_RULES, ...CONFLICT_RULES, ...NETWORK_RULES];

/** Values that only the caller knows, for the sentences of the rules. */
export interface ErrorContext {
  readonly tenant?: string | undefined;
  readonly subscription?: string | undefined;
  readonly authority?: string | undefined;
}

/** Any error of an SDK, a credential or a request as a `Problem`; a `Problem` stays what it is. */
export function toProblem(error: unknown, context: ErrorContext = {}): Problem {
  if (error instanceof Problem) return error;
  return problemOf(readError(error), context, harmlessCause(error));
}

/** The same for facts that were read from a document, such as the record of an operation. */
export function problemOf(facts: RawFacts, context: ErrorContext, cause?: Error): Problem {
  const ruled = findRule(RULES, { ...facts, values: valuesOf(facts, context) });
  const code =
    ruled?.code ?? facts.codes.at(-1) ?? (facts.status === undefined ? 'azure-error' : `http-${facts.status}`);
  const said = ruled?.says ?? ownWords(facts, code);
  return new Problem(redact(said), {
    kind: ruled?.rule.kind ?? kindOfStatus(facts.status),
    code,
    hint: ruled?.hint === undefined ? undefined : redact(ruled.hint),
    link: ruled?.rule.link,
    correlationId: facts.correlationId,
    retryAfterMs: facts.retryAfterMs,
    cause,
  });
}

/** 404s that say that a thing is not there; others mean that the question was wrong. */
const NOT_ABSENT = new Set([
  'subscriptionnotfound',
  'invalidresourcetype',
  'invalidresourcenamespace',
  'tenantnotfound',
]);

export function isAbsent(error: unknown): boolean {
  const facts = readError(error);
  return facts.status === 404 && !facts.codes.some((code) => NOT_ABSENT.has(code.toLowerCase()));
}

const ownWords = (facts: RawFacts, code: string): string =>
  facts.message === ''
    ? `Azure answered ${facts.status ?? 'with an error'} and gave no reason.`
    : `Azure refused (${code}): ${facts.message}`;

function kindOfStatus(status: number | undefined): ProblemKind {
  if (status === 401) return 'sign-in';
  if (status === 403) return 'permission';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 408 || status === 429 || (status !== undefined && status >= 500)) return 'transient';
  return 'failed';
}

function valuesOf(facts: RawFacts, context: ErrorContext): Readonly<Record<string, string>> {
  const { message } = facts;
  const lacks = /action\(?s?\)? '([^']+)' (?:over|on the linked) scope\(?s?\)? '([^']+)'/i.exec(message);
  const found = {
    tenant: /tenant '?([\w.-]+)'? not found/i.exec(message)?.[1] ?? context.tenant,
    application: /(?:application with identifier|for app) '([\w-]+)'/i.exec(message)?.[1],
    subscription: /subscription '([\w-]+)'/i.exec(message)?.[1] ?? context.subscription,
    authority: context.authority,
    client: /object id '([\w-]+)'/i.exec(message)?.[1] ?? /client '([\w@.-]+)'/i.exec(message)?.[1],
    role: roleFor(lacks?.[1]),
    grant: grantScope(lacks?.[1], lacks?.[2]),
    host: facts.host ?? 'the service',
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** SDK errors carry the whole request with its bearer token: only their name, words and stack go on. */
function harmlessCause(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = new Error(redact(error.message));
  cause.name = error.name;
  if (error.stack !== undefined) cause.stack = redact(error.stack);
  return cause;
}
