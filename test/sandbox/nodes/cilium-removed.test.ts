import { describe, expect, test } from 'vitest';
import { listAt } from '../../../src/sandbox/kubernetes/nodes/fields.ts';
import { CONFIG_MAPS, DAEMON_SETS, DEPLOYMENTS, NODES } from '../../../src/sandbox/kubernetes/nodes/resources.ts';
import { deployment, installCilium } from './install.ts';
import { createWorld, type World } from './world.ts';

const MINUTE = 60_000;
const apiService = '10.0.0.1';

/** A cluster with AKS' own network and kube-proxy, in which Cilium's chart is one of many. */
const besideAksNetwork = (): World => createWorld({ networkPlugin: 'azure', kubeProxy: true });

/** As `helm uninstall` does: what the chart made goes, what its operator made stays. */
const uninstallCilium = (world: World): void => {
  world.store.remove(CONFIG_MAPS, 'kube-system', 'cilium-config');
  world.store.remove(DAEMON_SETS, 'kube-system', 'cilium');
  world.store.remove(DEPLOYMENTS, 'kube-system', 'cilium-operator');
  world.store.remove(DEPLOYMENTS, 'kube-system', 'hubble-relay');
};

const taintsOfCilium = (world: World): readonly unknown[] =>
  world.store
    .list(NODES)
    .flatMap((node) => listAt(node, 'spec', 'taints').map((taint) => taint['key']))
    .filter((key) => String(key).startsWith('node.cilium.io/'));

const nextWorkload = (world: World): readonly string[] => {
  world.apply(DEPLOYMENTS, deployment('web', { containers: [{ name: 'web', image: 'docker.io/library/nginx:1.29' }] }));
  world.clock.advance(2 * MINUTE);
  return world.pods('web-[a-z0-9]+').map(world.state);
};

describe('after Cilium was uninstalled', () => {
  test("the next workload's pods start where its agents served to the end", () => {
    const world = besideAksNetwork();
    installCilium(world, { host: apiService, config: { 'cluster-pool-ipv4-cidr': '10.246.0.0/16' } });
    world.clock.advance(3 * MINUTE);
    expect(world.pods('cilium').map(world.state)).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
    uninstallCilium(world);
    world.clock.advance(2 * MINUTE);
    expect(taintsOfCilium(world)).toEqual([]);
    expect(nextWorkload(world)).toEqual(['Ready']);
  });

  // Nobody is left to take it away: cilium-operator alone does so, and only for an agent that serves.
  test('the taint of its operator stays on nodes whose agent did not serve, as with the pool 10.0.0.0/8 of the chart', () => {
    const world = besideAksNetwork();
    installCilium(world, { host: apiService, config: { 'cluster-pool-ipv4-cidr': '10.0.0.0/8' } });
    world.clock.advance(3 * MINUTE);
    expect(world.log('cilium', 'cilium-agent')).toContain(`dial tcp ${apiService}:443: i/o timeout`);
    uninstallCilium(world);
    world.clock.advance(2 * MINUTE);
    expect(new Set(taintsOfCilium(world))).toEqual(new Set(['node.cilium.io/agent-not-ready']));
    expect(nextWorkload(world)).toEqual(['Pending']);
  });
});
