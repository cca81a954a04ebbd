import { RestError } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { isAbsent, toProblem } from '../../src/azure/arm-error.ts';
import { Problem } from '../../src/errors/problem.ts';

/** What an SDK throws for an HTTP answer. */
function refused(status: number, body: unknown, headers: Record<string, string> = {}): RestError {
  const known = new Map(Object.entries(headers));
  const response = {
    status,
    headers: { get: (name: string) => known.get(name) },
    bodyAsText: typeof body === 'string' ? body : JSON.stringify(body),
    request: { url: 'https://management.azure.com/subscriptions/s?api-version=1' },
  };
  return Object.assign(new RestError('refused', { statusCode: status }), { response });
}

const wrapped = (code: string, message = 'why'): unknown => ({ error: { code, message } });
const flat = (code: string, message = 'why'): unknown => ({ code, message, details: null, subcode: '', target: '' });

const NOT_YOURS =
  "The client 'me@example.com' with object id 'aaaa-bbbb' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/write' over scope '/subscriptions/s/resourceGroups/lab' or the scope is invalid. If access was recently granted, please refresh your credentials.";
const LINKED =
  "The client 'x' with object id 'aaaa-bbbb' has permission to perform action 'Microsoft.Insights/dataCollectionRules/write' on scope '/subscriptions/s'; however, it does not have permission to perform action(s) 'Microsoft.OperationalInsights/workspaces/sharedKeys/action' on the linked scope(s) '/subscriptions/s/w' (respectively) or the linked scope(s) are invalid.";
const CORES =
  'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: uksouth, Current Limit: 10, Current Usage: 8, Additional Required: 16, (Minimum) New Limit Required: 24.';

test.each([
  [401, wrapped('ExpiredAuthenticationToken'), 'sign-in', 'ExpiredAuthenticationToken'],
  [401, wrapped('InvalidAuthenticationTokenTenant'), 'sign-in', 'InvalidAuthenticationTokenTenant'],
  [401, '', 'sign-in', 'http-401'],
  [404, wrapped('SubscriptionNotFound'), 'sign-in', 'SubscriptionNotFound'],
  [403, wrapped('AuthorizationFailed', NOT_YOURS), 'permission', 'AuthorizationFailed'],
  [403, wrapped('LinkedAuthorizationFailed', LINKED), 'permission', 'LinkedAuthorizationFailed'],
  [403, wrapped('SomethingNew'), 'permission', 'SomethingNew'],
  [403, wrapped('RequestDisallowedByPolicy'), 'failed', 'RequestDisallowedByPolicy'],
  [
    409,
    flat('OperationNotAllowed', "there's an in progress update managed cluster operation"),
    'conflict',
    'OperationNotAllowed',
  ],
  [409, flat('OperationNotAllowed', CORES), 'failed', 'QuotaExceeded'],
  [409, flat('OperationNotAllowed', 'managed cluster is in stopped state'), 'failed', 'ClusterStopped'],
  [409, flat('EtagMismatch', 'Operation is not allowed: Another operation is in progress'), 'conflict', 'EtagMismatch'],
  [409, wrapped('ResourceGroupBeingDeleted'), 'conflict', 'ResourceGroupBeingDeleted'],
  [
    409,
    wrapped('MissingSubscriptionRegistration', "not registered to use namespace 'Microsoft.Insights'."),
    'conflict',
    'MissingSubscriptionRegistration',
  ],
  [400, flat('KubeProxyConfigFeatureNotRegistered'), 'conflict', 'KubeProxyConfigFeatureNotRegistered'],
  [409, wrapped('ScopeLocked'), 'failed', 'ScopeLocked'],
  [409, wrapped('Conflict', 'Newer data exists'), 'conflict', 'Conflict'],
  [412, '', 'conflict', 'http-412'],
  [400, flat('QuotaExceeded', CORES), 'failed', 'QuotaExceeded'],
  [400, flat('SkuNotAvailable'), 'failed', 'SkuNotAvailable'],
  [
    400,
    flat('InvalidParameter', 'The value of parameter agentPoolProfile.count is invalid.'),
    'failed',
    'InvalidParameter',
  ],
  [
    400,
    flat('UnmarshalError', 'UnmarshalEntity encountered error: json: unknown field "kubeProxyConfig" Check that'),
    'failed',
    'UnmarshalError',
  ],
  [400, wrapped('NoRegisteredProviderFound'), 'failed', 'NoRegisteredProviderFound'],
  [
    400,
    wrapped('BadRequest', 'Failed to run the analytics rule query. One of the tables does not exist.'),
    'conflict',
    'TableNotKnownYet',
  ],
  [400, wrapped('BadRequest', "Invalid data model. [: The technique 'T1071.001' is invalid."), 'failed', 'BadRequest'],
  [429, wrapped('Throttled'), 'transient', 'Throttled'],
  [429, '', 'transient', 'http-429'],
  [503, '<html>busy</html>', 'transient', 'http-503'],
  [500, wrapped('InternalServerError'), 'transient', 'InternalServerError'],
  [418, wrapped('NeverSeenBefore', 'tea'), 'failed', 'NeverSeenBefore'],
])('%i %j is %s, %s', (status, body, kind, code) => {
  expect(toProblem(refused(status, body))).toMatchObject({ kind, code });
});

test('names the missing action, the scope and the command that grants it', () => {
  const problem = toProblem(refused(403, wrapped('AuthorizationFailed', NOT_YOURS)));
  expect(problem.message).toBe(
    'The signed-in account lacks Microsoft.ContainerService/managedClusters/write on /subscriptions/s/resourceGroups/lab.',
  );
  expect(problem.hint).toContain(
    "az role assignment create --assignee aaaa-bbbb --role 'Azure Kubernetes Service Contributor Role' --scope /subscriptions/s/resourceGroups/lab",
  );
});

test('of a linked scope it names what is missing, not what is there', () => {
  const problem = toProblem(refused(403, wrapped('LinkedAuthorizationFailed', LINKED)));
  expect(problem.message).toBe(
    'The signed-in account lacks Microsoft.OperationalInsights/workspaces/sharedKeys/action on /subscriptions/s/w.',
  );
  expect(problem.hint).toContain("--role 'Log Analytics Contributor'");
});

test('puts the numbers of a quota into one sentence', () => {
  expect(toProblem(refused(409, flat('OperationNotAllowed', CORES))).message).toBe(
    'The subscription uses 8 of 10 vCPUs (Total Regional Cores) in uksouth; this plan needs 16 more.',
  );
});

test.each([
  'Insufficient regional vcpu quota requested 16, remaining 4 for region uksouth.',
  'Insufficient regional vcpu quota left for location uksouth. left regional vcpu quota 4, requested quota 16.',
])('knows the words of AKS for a regional quota: %s', (message) => {
  expect(toProblem(refused(400, flat('ErrCode_InsufficientVCPUQuota', message)))).toMatchObject({
    code: 'QuotaExceeded',
    message: 'The subscription has 4 vCPUs left in uksouth; this plan needs 16.',
  });
});

test('the deepest code of nested details wins, and JSON inside a message is opened', () => {
  const inner = { code: 'SkuNotAvailable', message: 'not here' };
  const details = {
    error: { code: 'DeploymentFailed', message: 'see details', details: [{ code: 'Outer', details: [inner] }] },
  };
  expect(toProblem(refused(400, details)).code).toBe('SkuNotAvailable');
  const embedded = { error: { code: 'BadRequest', message: JSON.stringify({ error: inner }) } };
  expect(toProblem(refused(400, embedded)).code).toBe('SkuNotAvailable');
});

test('an unknown inner code does not hide what is known of the outer one', () => {
  const body = { error: { code: 'ScopeLocked', message: 'm', details: [{ code: 'Odd', message: 'n' }] } };
  expect(toProblem(refused(409, body))).toMatchObject({ kind: 'failed', code: 'ScopeLocked' });
});

test.each([
  [{ 'retry-after': '17' }, 17_000],
  [{ 'retry-after-ms': '250' }, 250],
  [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT', date: 'Mon, 23 Nov 2026 12:00:00 GMT' }, 30_000],
  [{}, undefined],
])('hands on how long Azure asked to wait: %j', (headers, ms) => {
  expect(toProblem(refused(429, wrapped('Throttled'), headers)).retryAfterMs).toBe(ms);
});

test("keeps the correlation id for Azure's support", () => {
  const headers = { 'x-ms-correlation-request-id': 'corr-9' };
  expect(toProblem(refused(500, '', headers)).correlationId).toBe('corr-9');
});

test.each([
  ['ENOTFOUND', 'transient', 'ENOTFOUND'],
  ['EAI_AGAIN', 'transient', 'EAI_AGAIN'],
  ['ECONNREFUSED', 'transient', 'ECONNREFUSED'],
  ['ECONNRESET', 'transient', 'ECONNRESET'],
  ['EPIPE', 'transient', 'EPIPE'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'failed', 'tls-not-trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'failed', 'tls-not-trusted'],
  ['CERT_HAS_EXPIRED', 'failed', 'tls-expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'failed', 'tls-wrong-host'],
])('a socket that says %s is %s', (code, kind, published) => {
  const cause = Object.assign(new Error('socket'), { code });
  const request = { url: 'https://management.azure.com/x?sig=1' } as never;
  const error = new RestError('send failed', { code: 'REQUEST_SEND_ERROR', request });
  const problem = toProblem(Object.assign(error, { cause }));
  expect(problem).toMatchObject({ kind, code: published });
  expect(problem.message).toContain('management.azure.com');
});

const entra = (text: string): Error => Object.assign(new Error(text), { name: 'AuthenticationRequiredError' });

test.each([
  ['AADSTS7000215', /client secret/, ''],
  ['AADSTS7000222', /expired/, ''],
  ['AADSTS90002', /no tenant contoso in this cloud/, ": Tenant 'contoso' not found. Check to make sure"],
  [
    'AADSTS700016',
    /Application app-1 does not exist in tenant t-1/,
    ": Application with identifier 'app-1' was not found",
  ],
  ['AADSTS700024', /outside its time/, ''],
  ['AADSTS700213', /federated identity/, ''],
  ['AADSTS50076', /multi-factor/, ''],
  ['AADSTS700082', /expired or was revoked/, ''],
  ['AADSTS999999', /did not succeed: invalid_x: 1 - AADSTS999999/, ''],
])('%s is a matter of signing in', (code, says, rest) => {
  const text = `invalid_x: 1 - ${code}${rest} Trace ID: 11 Correlation ID: 22 Timestamp: 2026-11-23`;
  const problem = toProblem(entra(text), { tenant: 't-1' });
  expect(problem.kind).toBe('sign-in');
  expect(problem.message).toMatch(says);
  expect(problem.message).not.toContain('Trace ID');
});

test('an Azure CLI that is missing or signed out is said with the command that helps', () => {
  const missing = Object.assign(new Error('Azure CLI could not be found. Please visit https://aka.ms/azure-cli'), {
    name: 'CredentialUnavailableError',
  });
  expect(toProblem(missing)).toMatchObject({ kind: 'sign-in', code: 'azure-cli-missing' });
  const out = Object.assign(
    new Error("Please run 'az login' from a command prompt to authenticate before using this credential."),
    { name: 'CredentialUnavailableError' },
  );
  expect(toProblem(out, { tenant: 't-1' })).toMatchObject({
    code: 'azure-cli-signed-out',
    hint: 'Sign in again with `az login --tenant t-1`, then run the same command.',
  });
});

test('no token, secret or signed URL gets into what is told', () => {
  const message =
    'GET https://management.azure.com/op/1?t=1&c=CERT&s=SIGNATURE failed with Bearer eyJhbGciOi.eyJzdWIi.c2ln and client_secret=hunter2';
  const problem = toProblem(refused(400, wrapped('Odd', message)));
  const told = `${problem.message} ${problem.hint ?? ''} ${String(problem.cause)} ${String((problem.cause as Error).stack)}`;
  for (const secret of ['SIGNATURE', 'CERT', 'eyJ', 'hunter2']) expect(told).not.toContain(secret);
});

test('the cause holds no request, so no logger can print its bearer token', () => {
  const error = refused(500, '');
  Object.assign(error, { request: { headers: { authorization: 'Bearer abc' } } });
  expect(Object.keys(toProblem(error).cause as object)).not.toContain('request');
});

test('a Problem stays what it is', () => {
  const problem = new Problem('x', { kind: 'usage', code: 'x' });
  expect(toProblem(problem)).toBe(problem);
});

test('things that are no errors of a service are told as they are', () => {
  expect(toProblem('a string')).toMatchObject({ kind: 'failed', code: 'azure-error' });
  expect(toProblem(undefined)).toMatchObject({ kind: 'failed' });
  expect(
    toProblem(new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) })),
  ).toMatchObject({
    kind: 'transient',
  });
});

test.each([
  [404, wrapped('ResourceNotFound'), true],
  [404, wrapped('ResourceGroupNotFound'), true],
  [404, '', true],
  [404, wrapped('SubscriptionNotFound'), false],
  [404, wrapped('InvalidResourceType'), false],
  [400, wrapped('ResourceNotFound'), false],
])('%i %j means absent: %s', (status, body, absent) => {
  expect(isAbsent(refused(status, body))).toBe(absent);
});

const inGroup = '/subscriptions/s/resourceGroups/lab';
const lacking = (action: string, scope: string): string =>
  `The client 'app' with object id 'aaaa-bbbb' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;

test.each([
  ['Microsoft.Resources/subscriptions/resourcegroups/write', inGroup, 'Contributor', '/subscriptions/s'],
  ['Microsoft.Insights/register/action', '/subscriptions/s', 'Contributor', '/subscriptions/s'],
  [
    'Microsoft.SecurityInsights/alertRules/write',
    `${inGroup}/providers/Microsoft.OperationalInsights/workspaces/w/providers/Microsoft.SecurityInsights/alertRules/r`,
    'Microsoft Sentinel Contributor',
    inGroup,
  ],
])('a role for %s is asked for where it can be given: on what is there already', (action, scope, role, grant) => {
  const { hint } = toProblem(refused(403, wrapped('AuthorizationFailed', lacking(action, scope))));
  expect(hint).toContain(`--assignee aaaa-bbbb --role '${role}' --scope ${grant}\``);
});

test('a deny assignment is named, and no role is asked for that would not help', () => {
  const message = `The client 'app' with object id 'aaaa' has permission to perform action 'Microsoft.Resources/subscriptions/resourcegroups/delete' on scope '${inGroup}'; however, the access is denied because of the deny assignment with name 'made by 'them'' and Id '12' at scope '${inGroup}'.`;
  const problem = toProblem(refused(403, wrapped('DenyAssignmentAuthorizationFailed', message)));
  expect(problem.message).toBe(
    `A deny assignment on ${inGroup}, "made by 'them'", forbids Microsoft.Resources/subscriptions/resourcegroups/delete to everybody.`,
  );
  expect(problem.hint).not.toContain('role assignment create');
});

test('a policy is named with the resource and the scope that it is assigned at, or with its own reason', () => {
  const identifiers = JSON.stringify([
    {
      policyAssignment: {
        name: 'Only Europe',
        id: '/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/guard',
      },
      policyDefinition: { name: 'Allowed locations', id: '/providers/x', version: '1.0.0' },
    },
  ]);
  const said = (message: string): string =>
    toProblem(refused(403, wrapped('RequestDisallowedByPolicy', message))).message;
  expect(said(`Resource 'log' was disallowed by policy. Policy identifiers: '${identifiers}'.`)).toBe(
    'Azure Policy of the organisation forbids log: "Only Europe", assigned at /subscriptions/s.',
  );
  expect(
    said(
      "Resource 'log' was disallowed by policy. Reasons: 'Say who pays.'. See error details for policy resource IDs.",
    ),
  ).toBe('Azure Policy of the organisation forbids log: Say who pays.');
});

test('a lock is named with what stands under it', () => {
  const message = `The scope '${inGroup}/providers/x/y/z' cannot perform write operation because following scope(s) are locked: '${inGroup}'. Please remove the lock and try again.`;
  const problem = toProblem(refused(409, wrapped('ScopeLocked', message)));
  expect(problem.message).toBe(`A lock on ${inGroup} forbids every write there.`);
  expect(problem.hint).toContain('az lock');
});
