import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPack } from '../../src/detections/load-pack.ts';
import { taggedWith } from '../../src/detections/pack.ts';
import { loadPolicies } from '../../src/detections/policies.ts';
import { packRoot } from './root.ts';

interface Hook {
  readonly call: string;
  readonly returnArgAction?: string;
  readonly message?: string;
  readonly tags?: readonly string[];
  readonly args: readonly { readonly index: number; readonly type: string }[];
  readonly ignore?: { readonly callNotFound?: boolean };
  readonly selectors?: readonly {
    readonly matchArgs?: readonly {
      readonly index: number;
      readonly operator: string;
      readonly values: readonly string[];
    }[];
    readonly matchActions?: readonly { readonly action: string }[];
  }[];
}

const all = await loadPolicies(packRoot, { enforcementNamespace: 'pets' });
const hooks = all.flatMap((policy) =>
  (policy['spec'] as { readonly kprobes: readonly Hook[] }).kprobes.map((hook) => ({ policy, hook })),
);

describe('the tracing policies', () => {
  it('enforce nothing unless a namespace was chosen', async () => {
    const quiet = await loadPolicies(packRoot);
    expect(quiet.map(({ kind }) => kind)).not.toContain('TracingPolicyNamespaced');
    expect(JSON.stringify(quiet)).not.toContain('Sigkill');
    expect(
      all.filter(({ kind }) => kind === 'TracingPolicyNamespaced').map(({ metadata }) => metadata.namespace),
    ).toEqual(['pets']);
  });

  it('hold the address of this cluster and no placeholder', async () => {
    const there = await loadPolicies(packRoot, { serviceCidr: '172.20.255.0/24' });
    expect(JSON.stringify(there)).toContain('"SAddr","values":["172.20.255.1"]');
    expect(JSON.stringify([...all, ...there])).not.toContain('{{');
  });

  it('carry our label and a name that Tetragon can make a folder of', () => {
    for (const { metadata } of all) {
      expect(metadata.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'aks-ebpf-sentinel' });
    }
    expect(new Set(all.map(({ metadata }) => metadata.name)).size).toBe(all.length);
  });

  it('stay within what Tetragon 1.7 loads', () => {
    for (const { policy, hook } of hooks) {
      const at = `${policy.metadata.name} ${hook.call}`;
      expect(hook.returnArgAction, at).toBeUndefined();
      expect(hook.message?.length ?? 0, at).toBeLessThanOrEqual(256);
      expect(hook.tags?.length ?? 0, at).toBeLessThanOrEqual(16);
      expect(hook.selectors?.length ?? 0, at).toBeLessThanOrEqual(5);
      const selectors = hook.selectors ?? [];
      const matched = selectors.flatMap(({ matchArgs = [] }) => matchArgs);
      expect(
        hook.args.map((arg) => arg.index),
        at,
      ).toEqual(expect.arrayContaining(matched.map(({ index }) => index)));
      const limited = matched.filter(({ operator }) => ['Equal', 'NotEqual', 'Mask'].includes(operator));
      expect(Math.max(0, ...limited.map(({ values }) => values.length)), at).toBeLessThanOrEqual(4);
    }
  });

  it('survive a kernel that lacks a hook whose name changed between 5.15 and 6.12', () => {
    const changed = hooks.filter(({ hook }) => /truncate|_init_module|free_module|create_user_ns/.test(hook.call));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter(({ hook }) => hook.ignore?.callNotFound !== true)).toEqual([]);
  });

  it('kill no log writer, no reader and nobody who writes configuration of its own', () => {
    const killing = hooks.filter(({ hook }) => JSON.stringify(hook).includes('Sigkill'));
    expect(killing).not.toEqual([]);
    // A read must not match where the hook is one for reads, too.
    const forReads = killing
      .filter(({ hook }) => hook.call === 'security_file_permission')
      .flatMap(({ hook }) => hook.selectors ?? []);
    expect(
      forReads.filter(
        ({ matchArgs = [] }) =>
          !matchArgs.some(
            ({ index, operator, values }) => index === 1 && operator === 'Equal' && values.join() === '2',
          ),
      ),
    ).toEqual([]);
    for (const { hook } of killing) {
      for (const { matchArgs = [] } of hook.selectors ?? []) {
        const paths = matchArgs.find(({ operator }) => operator === 'Prefix')?.values ?? [];
        for (const harmless of [
          '/var/log/app.log',
          '/etc/resolv.conf',
          '/etc/myapp/app.conf',
          '/usr/lib/python3/__pycache__/a.pyc',
          '/data/x',
          '/tmp/x',
        ]) {
          expect(paths.filter((path) => harmless.startsWith(path))).toEqual([]);
        }
      }
    }
  });

  it('are those that the rules ask for, and no others', async () => {
    const { rules } = await loadPack(packRoot);
    const asked = new Set(rules.flatMap((rule) => taggedWith(rule, 'policy')));
    expect([...asked].sort()).toEqual(all.map(({ metadata }) => metadata.name));
  });

  it('say so when a file asks for a value that nobody knows', async () => {
    const root = await mkdtemp(join(tmpdir(), 'policies-'));
    try {
      await mkdir(join(root, 'templates/tracing-policies'), { recursive: true });
      await writeFile(
        join(root, 'templates/tracing-policies/a.yaml'),
        "kind: TracingPolicy\nmetadata: { name: a }\nspec: { x: '{{nothing}}' }\n",
      );
      await expect(loadPolicies(root)).rejects.toThrow('asks for the value {{nothing}}, which is not known');
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
