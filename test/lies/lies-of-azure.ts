import type { Lie } from './lie.ts';

const az = (file: string, says: RegExp, test?: string): Lie['caughtBy'] => ({
  judge: 'az',
  file: `test/az/${file}.test.ts`,
  ...(test === undefined ? {} : { test }),
  says,
});

/** What the real az has to notice. */
export const liesOfAzure: readonly Lie[] = [
  {
    name: "the authority's document names another place for tokens",
    file: 'entra/authority.ts',
    find: 'token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`',
    replace: 'token_endpoint: `${origin}/${tenant}/oauth2/v3.0/token`',
    caughtBy: az('subscription', /az login/u, 'learns the cloud'),
  },
  {
    name: 'the code of an error is cased otherwise',
    file: 'arm/errors.ts',
    find: "'ResourceGroupNotFound'",
    replace: "'resourceGroupNotFound'",
    caughtBy: az('subscription', /\(resourceGroupNotFound\)/u, 'makes, finds and tags a group'),
  },
  {
    name: 'a list has no next link',
    file: 'arm/paging.ts',
    find: 'nextLink: url.href',
    replace: 'next: url.href',
    caughtBy: az('subscription', /rg-many/u, 'finds all groups'),
  },
  {
    name: 'the address of an operation leads nowhere',
    file: 'arm/clusters/put-cluster.ts',
    find: "'azure-asyncoperation': url('operations')",
    replace: "'azure-asyncoperation': url('operation')",
    caughtBy: az('cluster', /az aks create/u, 'makes a cluster'),
  },
  {
    name: 'a feature is registered as soon as it is asked for',
    file: 'arm/registrations.ts',
    find: "features.set(key, { state: pending ? 'Pending' : 'Registering' });",
    replace: "features.set(key, { state: pending ? 'Pending' : 'Registered' });",
    caughtBy: az('subscription', /Registering/u, 'registers providers and features'),
  },
  {
    name: 'a name that is no name is taken',
    file: 'arm/deployment-resources.ts',
    find: 'if (badName !== undefined)',
    replace: "if (badName !== undefined && type === '')",
    caughtBy: az('deployment', /expected \+?0 not to be/u, 'refuses an unknown parameter'),
  },
  {
    name: 'a cluster that is being made takes another write',
    file: 'arm/clusters/put-cluster.ts',
    find: 'if (running === undefined && fault === undefined) return;',
    replace: 'if (fault === undefined) return;',
    caughtBy: az('abort', /expected \+?0 not to be \+?0|OperationNotAllowed/u),
  },
  {
    name: 'a cluster is there as soon as it is asked for',
    file: 'arm/clusters/put-cluster.ts',
    find: "provisioningState: before === undefined ? 'Creating' : 'Updating'",
    replace: "provisioningState: before === undefined ? 'Succeeded' : 'Updating'",
    caughtBy: az('abort', /provisioningState: 'Creating'/u),
  },
  {
    name: 'a deleted workspace comes back as a new one, with another customerId',
    file: 'arm/workspaces/workspace-routes.ts',
    find: 'const deleted = before === undefined ? findDeleted(id, arm) : undefined;',
    replace: "const deleted = before === undefined && id === '' ? findDeleted(id, arm) : undefined;",
    caughtBy: az('recovery', /customerId/u, 'recovers it as it was'),
  },
  {
    name: 'a node without a network is Ready',
    file: 'kubernetes/nodes/node-lifecycle.ts',
    find: "const bringYourOwn = cluster.spec().networkPlugin === 'none';",
    replace: 'const bringYourOwn = false;',
    caughtBy: az('cluster', /NotReady/u, 'makes a cluster'),
  },
];
