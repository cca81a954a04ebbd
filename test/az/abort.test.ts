import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../e2e/cloud.ts';
import { type Az, azureCli, registered, signedInAz } from './azure-cli.ts';

let cloud: Cloud;
let az: Az;
const [group, cluster] = ['rg-az', 'aks-az'];
const inGroup = ['--resource-group', group] as const;
const ofCluster = [...inGroup, '--name', cluster] as const;

describe.skipIf(azureCli === undefined)('az and an operation that takes its time', () => {
  beforeAll(async () => {
    cloud = await startCloud({ speed: 10 });
    az = await signedInAz(cloud);
    await registered(az, 'ContainerService');
    await az('group', 'create', '--name', group, '--location', 'uksouth');
  });
  afterAll(() => cloud?.close());

  test('aborts the creation of a cluster and deletes what is left of it', async () => {
    const small = ['--location', 'uksouth', '--node-count', '1', '--no-ssh-key'] as const;
    await az('aks', 'create', ...ofCluster, ...small, '--network-plugin', 'none', '--no-wait');
    const look = (): Promise<{ provisioningState: string }> => az('aks', 'show', ...ofCluster);
    expect(await look()).toMatchObject({ provisioningState: 'Creating' });
    const early = await az.run('aks', 'nodepool', 'add', ...inGroup, '--cluster-name', cluster, '--name', 'extra');
    expect(early.code).not.toBe(0);
    expect(early.stderr).toContain('OperationNotAllowed');
    await az('aks', 'operation-abort', ...ofCluster);
    expect(await look()).toMatchObject({
      provisioningState: 'Canceled',
      agentPoolProfiles: [{ provisioningState: 'Canceled' }],
    });
    await az('aks', 'delete', ...ofCluster, '--yes', '--no-wait');
    await az('aks', 'wait', ...ofCluster, '--deleted', '--interval', '1');
    expect(await cloud.resources()).toEqual([]);
  });
});
