import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planeSkip, startPlane, type Plane } from './plane/start-plane.ts';

interface Nodes {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly taints?: readonly { readonly key: string }[] };
    readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

describe.skipIf(planeSkip())('a real control plane', () => {
  let dir: string;
  let plane: Plane;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'plane-'));
    plane = await startPlane({ dir, form: 'byocni', nodes: { system: 2, user: 2 } });
  });
  afterAll(async () => {
    await plane.close();
    rmSync(dir, { recursive: true });
  });

  test('is Kubernetes 1.35.4', async () => {
    expect(await plane.api.json('GET', '/version')).toMatchObject({ gitVersion: 'v1.35.4', major: '1', minor: '35' });
  });

  test('has nodes that are NotReady and tainted without a CNI', async () => {
    const { items } = await plane.api.json<Nodes>('GET', '/api/v1/nodes');
    expect(items).toHaveLength(4);
    for (const { spec, status } of items) {
      expect(spec.taints?.map(({ key }) => key)).toContain('node.cilium.io/agent-not-ready');
      expect(status.conditions.find(({ type }) => type === 'Ready')?.status).toBe('False');
    }
  });
});
