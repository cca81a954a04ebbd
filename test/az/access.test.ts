import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, signedInAz } from './azure-cli.ts';

// Roles, locks and policies by the real az, as an organisation sets them, and what they make of another's az.

interface Deployer {
  readonly objectId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

let cloud: Cloud;
let az: Az;
const group = 'rg-access';
const subscription = (): string => `/subscriptions/${cloud.published['subscriptionId'] ?? ''}`;
const scope = (): string => `${subscription()}/resourceGroups/${group}`;

const until = async <T>(look: () => Promise<T>, fits: (seen: T) => boolean): Promise<T> => {
  for (;;) {
    const seen = await look();
    if (fits(seen)) return seen;
  }
};

/** The same az as somebody else: an application that nobody gave a role. */
const deployer = async (home: string): Promise<{ readonly who: Deployer; readonly other: Az }> => {
  const who = await cloud.control<Deployer>('POST', '/principals', { displayName: home });
  const { clientId, clientSecret } = who;
  // A principal without a role has no subscription to sign in to: az says so and stops.
  const published = { ...cloud.published, clientId, clientSecret };
  await az('role', 'assignment', 'create', ...forObject(who), '--role', 'Reader', '--scope', subscription());
  const other = await until(
    () => signedInAz({ ...cloud, published }, { home: `${home}-${String(Math.random())}` }).catch(() => undefined),
    (signedIn) => signedIn !== undefined,
  );
  if (other === undefined) throw new Error('not signed in');
  return { who, other };
};

const forObject = ({ objectId }: Deployer): readonly string[] => [
  '--assignee-object-id',
  objectId,
  '--assignee-principal-type',
  'ServicePrincipal',
];

describe.skipIf(azureCli === undefined)('az', () => {
  beforeAll(async () => {
    cloud = await startCloud();
    az = await signedInAz(cloud);
    await az('group', 'create', '--name', group, '--location', 'uksouth');
  });
  afterAll(() => cloud?.close());

  test('gives, lists and takes roles, built in and of our own', async () => {
    const [definition] = await az<
      readonly { roleName: string; permissions: readonly { actions: readonly string[] }[] }[]
    >('role', 'definition', 'list', '--name', 'Azure Kubernetes Service Contributor Role');
    expect(definition?.permissions[0]?.actions).toContain('Microsoft.ContainerService/managedClusters/*');
    const custom = {
      Name: 'Group looker',
      Description: 'looks',
      Actions: ['Microsoft.Resources/subscriptions/resourceGroups/read'],
      AssignableScopes: [subscription()],
    };
    await az('role', 'definition', 'create', '--role-definition', JSON.stringify(custom));
    const { who, other } = await deployer('looker');
    const list = () =>
      az<readonly { roleDefinitionName: string; scope: string }[]>(
        'role',
        'assignment',
        'list',
        '--all',
        '--query',
        `[?principalId=='${who.objectId}']`,
      );
    expect(await list()).toMatchObject([{ roleDefinitionName: 'Reader', scope: subscription() }]);
    const refused = await other.run('group', 'create', '--name', 'rg-not', '--location', 'uksouth');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('(AuthorizationFailed)');
    expect(refused.stderr).toContain("'Microsoft.Resources/subscriptions/resourcegroups/write'");
    await az('role', 'assignment', 'create', ...forObject(who), '--role', 'Group looker', '--scope', scope());
    expect(await list()).toHaveLength(2);
    await az(
      'role',
      'assignment',
      'delete',
      '--assignee-object-id',
      who.objectId,
      '--role',
      'Reader',
      '--scope',
      subscription(),
    );
    const seen = () => other<readonly { name: string }[]>('group', 'list');
    expect(await until(seen, (groups) => groups.length === 1)).toMatchObject([{ name: group }]);
    const inUse = await az.run('role', 'definition', 'delete', '--name', 'Group looker');
    expect(inUse.stderr).toContain('RoleDefinitionHasAssignments');
    await az(
      'role',
      'assignment',
      'delete',
      '--assignee-object-id',
      who.objectId,
      '--role',
      'Group looker',
      '--scope',
      scope(),
    );
    await az('role', 'definition', 'delete', '--name', 'Group looker');
  });

  test('locks a group against its Owner until the lock is gone', async () => {
    const ofLock = ['--name', 'keep', '--resource-group', group] as const;
    expect(await az('lock', 'create', ...ofLock, '--lock-type', 'CanNotDelete')).toMatchObject({
      level: 'CanNotDelete',
    });
    expect(await az('lock', 'list', '--resource-group', group)).toMatchObject([{ name: 'keep' }]);
    const refused = await az.run('group', 'delete', '--name', group, '--yes');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('(ScopeLocked)');
    expect(refused.stderr).toContain('cannot perform delete operation because following scope(s) are locked');
    await az('lock', 'delete', ...ofLock);
    expect(await az('lock', 'list')).toEqual([]);
  });

  test('assigns a policy that comes built in, and it is enforced', async () => {
    const locations = 'e765b5de-1225-4ba3-bd56-1ac6695af988';
    const params = JSON.stringify({ listOfAllowedLocations: { value: ['westeurope'] } });
    const ofPolicy = ['--name', 'only-europe', '--scope', subscription()] as const;
    expect(
      await az(
        'policy',
        'assignment',
        'create',
        ...ofPolicy,
        '--display-name',
        'Only Europe',
        '--policy',
        locations,
        '--params',
        params,
      ),
    ).toMatchObject({ name: 'only-europe', enforcementMode: 'Default' });
    expect(await az('policy', 'assignment', 'list')).toMatchObject([{ name: 'only-europe' }]);
    const make = (name: string) => az.run('group', 'create', '--name', name, '--location', 'uksouth');
    let count = 0;
    const refused = await until(
      () => make(`rg-access-${(count += 1)}`),
      ({ code }) => code !== 0,
    );
    expect(refused.stderr).toContain('(RequestDisallowedByPolicy)');
    expect(refused.stderr).toContain('"policyAssignment":{"name":"Only Europe"');
    const unknown = await az.run(
      'policy',
      'definition',
      'create',
      '--name',
      'odd',
      '--rules',
      JSON.stringify({ if: { field: 'type', equals: 'x' }, ...modify }),
    );
    expect(unknown.stderr).toContain('(InvalidPolicyRule)');
    await az('policy', 'assignment', 'delete', ...ofPolicy);
    expect((await make('rg-access-again')).code).toBe(0);
  });
});

/** `then` as a member written down would make a promise of it. */
const modify = Object.fromEntries([['then', { effect: 'modify' }] as const]);
