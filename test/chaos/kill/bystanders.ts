import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { unpackTools } from '../../../scripts/unpack-tools.ts';
import { type Cloud, type Request, root } from '../../e2e/cloud.ts';
import type { Finding } from './counts.ts';

const { kubectl } = await unpackTools({
  root,
  platform: process.platform,
  arch: process.arch,
  path: process.env['PATH'] ?? '',
});
const run = promisify(execFile);

const location = 'uksouth';
const group = 'rg-ebpf-sentinel';
const workspace = 'Microsoft.OperationalInsights/workspaces';
const insights = 'Microsoft.Insights/dataCollectionRules';
const rule = '7f6f0f1c-0000-4000-8000-00000000b0b0';

interface Bystander {
  /** Path below the subscription. */
  readonly path: string;
  readonly version: string;
  readonly body: unknown;
  /** Path that has to be there before. */
  readonly after?: string;
  /** It lives in something of ours, and goes with it when that is removed. */
  readonly inOurs?: boolean;
}

const ours = `resourceGroups/${group}`;
const ourWorkspace = `${ours}/providers/${workspace}/log-ebpf-sentinel`;

const bystanders: readonly Bystander[] = [
  { path: 'resourceGroups/rg-bystander', version: '2025-04-01', body: { location, tags: { team: 'others' } } },
  {
    path: `resourceGroups/rg-bystander/providers/${workspace}/log-bystander`,
    version: '2025-07-01',
    body: { location, properties: { retentionInDays: 30 } },
  },
  {
    path: `${ours}/providers/${insights}/dcr-bystander`,
    version: '2023-03-11',
    after: `/${group}`,
    body: { location, kind: 'Linux', properties: { dataSources: {}, destinations: {}, dataFlows: [] } },
  },
  {
    path: `${ourWorkspace}/providers/Microsoft.SecurityInsights/alertRules/${rule}`,
    version: '2025-09-01',
    after: '/onboardingStates/default',
    inOurs: true,
    body: {
      kind: 'Scheduled',
      properties: {
        displayName: 'Of another team',
        severity: 'Low',
        enabled: true,
        query: 'Heartbeat | take 1',
        queryFrequency: 'PT1H',
        queryPeriod: 'PT1H',
        triggerOperator: 'GreaterThan',
        triggerThreshold: 0,
        suppressionDuration: 'PT1H',
        suppressionEnabled: false,
      },
    },
  },
];

const configMap = 'bystander';

export interface Bystanders {
  /** Makes those whose time has come; idempotent. */
  settle(clusterReady: boolean): Promise<void>;
  /** What was done to them, by the request log and by a look at them. */
  judge(requests: readonly Request[], stage: 'init' | 'down'): Promise<readonly Finding[]>;
  /** Whether it is one of them, or in one of them. */
  isOne(id: string): boolean;
}

export interface BystanderOptions {
  /** What the others had to register for theirs, and whatever else is in use. */
  readonly providers: readonly string[];
  /** Whether the workspace is one whose name is known, so that something can be put into it. */
  readonly inWorkspace: boolean;
}

/** Things that others made, in and beside what is ours: nobody may touch them. */
export const createBystanders = (cloud: Cloud, options: BystanderOptions): Bystanders => {
  const subscription = `/subscriptions/${cloud.published['subscriptionId'] ?? ''}`;
  const made = new Map<string, string>();
  let kubeconfig: string | undefined;
  let refused = new Set<string>();
  const ask = async (method: string, one: Bystander, body?: unknown): Promise<{ status: number; text: string }> => {
    const order = {
      kind: 'arm-request',
      method,
      path: `${subscription}/${one.path}?api-version=${one.version}`,
      ...(body === undefined ? {} : { body }),
    };
    const answer = await cloud
      .control<{ status?: number; body?: unknown }>('POST', '/sabotage', order)
      .catch((error: unknown) => ({ status: 400, body: String(error) }));
    return { status: answer.status ?? 200, text: JSON.stringify(answer.body ?? answer) };
  };
  /** As it is once it is made. */
  const whole = async (one: Bystander): Promise<string> => {
    for (;;) {
      const { text } = await ask('GET', one);
      if (!/"provisioningState":"(?!Succeeded)/u.test(text)) return text;
      await sleep(50);
    }
  };
  const inCluster = async (args: readonly string[]): Promise<string> => {
    if (kubeconfig === undefined) return '';
    return (await run(kubectl ?? 'kubectl', ['--kubeconfig', kubeconfig, '-n', 'kube-system', ...args])).stdout;
  };
  return {
    async settle(clusterReady) {
      if (made.size === 0) {
        for (const namespace of options.providers)
          await ask('POST', {
            path: `providers/Microsoft.${namespace}/register`,
            version: '2025-04-01',
            body: undefined,
          });
      }
      const there = new Set((await cloud.resources()).map(({ id }) => id.toLowerCase()));
      const groups = await cloud.control<{ groups: readonly { name: string }[] }>('GET', '/resources');
      const exists = (suffix: string): boolean =>
        [...there, ...groups.groups.map(({ name }) => `/${name}`)].some((id) =>
          id.toLowerCase().endsWith(suffix.toLowerCase()),
        );
      for (const one of bystanders) {
        if (one.inOurs === true && !options.inWorkspace) continue;
        if (made.has(one.path) || (one.after !== undefined && !exists(one.after))) continue;
        const { status, text } = await ask('PUT', one, one.body);
        if (status < 300) made.set(one.path, await whole(one));
        else if (!refused.has(one.path)) {
          refused = refused.add(one.path);
          process.stderr.write(`bystander ${one.path}: ${status} ${text}\n`);
        }
      }
      if (clusterReady && kubeconfig === undefined) {
        const file = join(cloud.folder, 'bystander.kubeconfig');
        rmSync(file, { force: true });
        const { code, stderr } = await cloud.run(['kubeconfig', '--file', file], {
          stateDir: join(cloud.folder, 'bystander-state'),
        });
        if (code !== 0) {
          process.stderr.write(`bystander kubeconfig: ${stderr}\n`);
          return;
        }
        kubeconfig = file;
        await inCluster(['create', 'configmap', configMap, '--from-literal=of=others']);
        made.set(configMap, await inCluster(['get', 'configmap', configMap, '-o', 'json']));
      }
    },
    async judge(requests, stage) {
      const findings: Finding[] = [];
      const add = (what: string): void => void findings.push({ count: 'wrong-adopts', what });
      for (const { method, path, status, client } of requests) {
        const touched = [...bystanders.map((one) => one.path), `configmaps/${configMap}`].find((one) =>
          path.toLowerCase().split('?')[0]?.endsWith(one.toLowerCase()),
        );
        if (
          touched === undefined ||
          ['GET', 'HEAD'].includes(method) ||
          Number(status) >= 300 ||
          /kubectl/u.test(client)
        )
          continue;
        // What lives in something of ours goes with it.
        if (stage === 'down' && bystanders.some((one) => one.path === touched && one.inOurs === true)) continue;
        add(`${method} ${path} by ${client}`);
      }
      for (const one of bystanders) {
        const before = made.get(one.path);
        if (before === undefined || (stage === 'down' && one.inOurs === true)) continue;
        const { text } = await ask('GET', one);
        if (text !== before) add(`${one.path} was ${before} and is ${text}`);
      }
      if (stage === 'init' && made.has(configMap)) {
        const now = await inCluster(['get', 'configmap', configMap, '-o', 'json']).catch(String);
        if (now !== made.get(configMap))
          add(`the ConfigMap ${configMap} was ${made.get(configMap) ?? ''} and is ${now}`);
      }
      return findings;
    },
    isOne: (id) => bystanders.some(({ path }) => `${id}/`.toLowerCase().includes(`/${path.toLowerCase()}/`)),
  };
};
