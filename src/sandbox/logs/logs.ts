import { randomUUID } from 'node:crypto';
import type { Arm } from '../arm/context.ts';
import { textAt } from '../json.ts';
import { queryTarget } from './query-target.ts';
import type { QueryTarget, Targeted } from './query-target.ts';
import { header, json } from '../server/http.ts';
import type { HttpReply, HttpRequest } from '../server/http.ts';

/** A query's answer, or the refusal of a query that cannot be run. */
export type QueryOutcome =
  | {
      readonly kind: 'rows';
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly rows: readonly (readonly unknown[])[];
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** Runs KQL over the rows of one workspace, or of one resource in it. */
export type RunQuery = (target: QueryTarget, query: string, timespan: string | undefined) => Promise<QueryOutcome>;

export interface Logs {
  answer(request: HttpRequest): Promise<HttpReply>;
}

const error = (
  status: number,
  code: string,
  message: string,
  inner?: { readonly code: string; readonly message: string },
): HttpReply =>
  json(status, {
    error: { message, code, correlationId: randomUUID(), ...(inner === undefined ? {} : { innererror: inner }) },
  });

/** The refusals of a path that leads to no rows; a resource without logs has no table that a query could name. */
const untargeted = (kind: Exclude<Targeted['kind'], 'target'>): HttpReply => {
  switch (kind) {
    case 'no-path':
      return error(404, 'PathNotFoundError', 'The requested path does not exist');
    case 'no-workspace':
      return error(404, 'WorkspaceNotFoundError', 'The workspace could not be found');
    case 'no-resource':
      return error(404, 'ResourceNotFoundError', 'The resource could not be found');
    case 'no-logs':
      return error(400, 'BadArgumentError', 'The request had some invalid properties', {
        code: 'SemanticError',
        message: 'Failed to resolve table or column expression: the resource sends its logs to no workspace',
      });
  }
  return kind satisfies never;
};

/** The query endpoint of Log Analytics: `POST /v1/workspaces/{customerId}/query` and `POST /v1/{resourceId}/query`. */
export const createLogs = (arm: Arm, run: RunQuery): Logs => ({
  async answer(request) {
    const token = /^Bearer (\S+)$/iu.exec(header(request, 'authorization') ?? '')?.[1];
    if (token === undefined) return error(401, 'AuthorizationRequiredError', 'Valid authentication was not provided');
    const verified = arm.tokens.verify(token, arm.endpoints().logsAudiences);
    if (verified.kind === 'wrong-audience') {
      return error(403, 'InvalidTokenError', 'The provided authentication is not valid for this resource');
    }
    if (verified.kind !== 'valid') return error(401, 'InvalidTokenError', 'The provided authentication is invalid');
    await arm.tasks.settle();
    const targeted = queryTarget(request.path, arm);
    if (targeted.kind !== 'target') return untargeted(targeted.kind);
    const body = parsed(request);
    const query = textAt(body, 'query') ?? request.url.searchParams.get('query') ?? undefined;
    if (query === undefined || query.trim() === '') {
      return error(400, 'BadArgumentError', 'The request had some invalid properties', {
        code: 'QueryMissing',
        message: 'Query cannot be empty',
      });
    }
    const outcome = await run(targeted.target, query, textAt(body, 'timespan'));
    if (outcome.kind === 'refused')
      return error(400, 'BadArgumentError', 'The request had some invalid properties', outcome);
    return json(200, { tables: [{ name: 'PrimaryResult', columns: outcome.columns, rows: outcome.rows }] });
  },
});

const parsed = (request: HttpRequest): unknown => {
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};
