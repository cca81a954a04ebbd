import { expect, test } from 'vitest';
import { apiProblem, connectionProblem } from '../../src/kubernetes/api-error.ts';
import { exitCodeOf } from '../../src/errors/exit-code.ts';

const status = (reason: string, message: string, details?: object): string =>
  JSON.stringify({ kind: 'Status', status: 'Failure', reason, message, ...(details === undefined ? {} : { details }) });

test.each([
  [401, 'Unauthorized', 'sign-in'],
  [403, 'Forbidden', 'permission'],
  [409, 'Conflict', 'conflict'],
  [409, 'AlreadyExists', 'conflict'],
  [408, 'Timeout', 'transient'],
  [410, 'Expired', 'transient'],
  [429, 'TooManyRequests', 'transient'],
  [500, 'InternalError', 'transient'],
  [503, 'ServiceUnavailable', 'transient'],
  [400, 'BadRequest', 'failed'],
  [422, 'Invalid', 'failed'],
])('%i %s means %s', (code, reason, kind) => {
  expect(apiProblem('get Pod x', code, status(reason, 'in its own words'))).toMatchObject({
    kind,
    code: reason,
    message: 'get Pod x: in its own words',
  });
});

test('who may not do something is told what is needed, and the exit code says identity', () => {
  const problem = apiProblem('list Node', 403, status('Forbidden', 'User "me" cannot list resource "nodes"'));
  expect(problem.hint).toContain('cluster-admin');
  expect(exitCodeOf(problem)).toBe(3);
});

test('a field that somebody else owns is no conflict to wait out', () => {
  const details = {
    causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl"', field: '.data.x' }],
  };
  const problem = apiProblem('apply ConfigMap a/b', 409, status('Conflict', 'Apply failed with 1 conflict', details));
  expect(problem).toMatchObject({ kind: 'drift', code: 'FieldManagerConflict' });
  expect(exitCodeOf(problem)).toBe(6);
});

test('how long the API server asks us to wait is kept', () => {
  const body = status('TooManyRequests', 'later', { retryAfterSeconds: 7 });
  expect(apiProblem('list Pod', 429, body).retryAfterMs).toBe(7000);
});

test('an answer that is no Status is told by its number and its first words', () => {
  expect(apiProblem('list Pod', 502, `<html>${'x'.repeat(1000)}`)).toMatchObject({
    kind: 'transient',
    code: 'http-502',
  });
  expect(apiProblem('list Pod', 502, 'x'.repeat(1000)).message.length).toBeLessThan(400);
});

test('a connection that broke is worth another try, with its code', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  expect(connectionProblem('get Pod x', error)).toMatchObject({
    kind: 'transient',
    code: 'ECONNREFUSED',
    message: 'get Pod x: the API server did not answer (connect ECONNREFUSED)',
  });
});
