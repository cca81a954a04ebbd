import type { Cloud, Request, Resource } from '../../e2e/cloud.ts';
import type { Bystanders } from './bystanders.ts';
import type { Finding } from './counts.ts';
import type { Run } from './program.ts';

/** What the witness looks for when a step was shown as done; the steps that are not here leave nothing that Azure lists. */
const evidence: Readonly<Record<string, RegExp>> = {
  workspace: /\/workspaces\/[^/]+$/iu,
  'log-table': /\/tables\/containerlogv2$/iu,
  sentinel: /\/onboardingstates\/default$/iu,
  'data-collection': /\/datacollectionrules\/[^/]+$/iu,
  cluster: /\/managedclusters\/[^/]+$/iu,
  association: /\/datacollectionruleassociations\/[^/]+$/iu,
  functions: /\/savedsearches\/[^/]+$/iu,
  rules: /\/alertrules\/[^/]+$/iu,
};

/** Resources of which one deployment has one each, whatever they are called. */
const singletons = [
  'microsoft.containerservice/managedclusters',
  'microsoft.operationalinsights/workspaces',
  'microsoft.insights/datacollectionrules',
  'microsoft.insights/datacollectionruleassociations',
];

const accepted = ({ status }: Request): boolean => Number(status) < 300;
export const isClusterPut = ({ service, method, path }: Request): boolean =>
  service === 'arm' && method === 'PUT' && /\/managedclusters\/[^/]+$/iu.test(path);

/**
 * Knows what a user was shown (`step.done` on stdout, whole lines) and what the sandbox's log and list hold; never asks the program
 * what it thinks of itself.
 */
export const createWitness = (cloud: Cloud, bystanders: Bystanders) => {
  const findings: Finding[] = [];
  const shown = new Set<string>();
  const find = (count: Finding['count'], what: string): void => void findings.push({ count, what });
  const ours = async (): Promise<readonly Resource[]> =>
    (await cloud.resources()).filter(({ id }) => !bystanders.isOne(id));

  return {
    findings,
    /** After every run of `init`, killed or not. */
    async afterInit(run: Run): Promise<void> {
      for (const event of run.events) {
        if (event.type !== 'step.done' || event.step === undefined) continue;
        if (shown.has(event.step) && event['changed'] === true)
          find('acked-lost', `${event.step} was shown as done, and the next run changed it again`);
      }
      for (const event of run.events) if (event.type === 'step.done' && event.step !== undefined) shown.add(event.step);
      const there = await ours();
      for (const step of shown) {
        const trace = evidence[step];
        if (trace !== undefined && !there.some(({ id }) => trace.test(id)))
          find('acked-lost', `${step} was shown as done, and Azure has none`);
      }
    },
    /** When `init` is through. */
    async afterWhole(requests: readonly Request[]): Promise<void> {
      const there = await ours();
      for (const type of singletons) {
        const all = there.filter((resource) => resource.type.toLowerCase() === type);
        if (all.length > 1)
          find('duplicate-creates', `${all.length} of ${type}: ${all.map(({ id }) => id).join(', ')}`);
      }
      const names = new Map<string, Set<string>>();
      for (const { method, path, body, ...rest } of requests) {
        if (method !== 'PUT' || !accepted({ method, path, ...rest })) continue;
        const role = (body as { properties?: { displayName?: unknown } } | undefined)?.properties?.displayName;
        const kind = /\/([a-z]+)\/[^/]+$/iu.exec(path)?.[1]?.toLowerCase() ?? '';
        if (typeof role === 'string')
          names.set(`${kind} ${role}`, (names.get(`${kind} ${role}`) ?? new Set()).add(path.toLowerCase()));
      }
      for (const [role, paths] of names)
        if (paths.size > 1) find('duplicate-creates', `${role}: ${[...paths].join(', ')}`);
      const creates = requests.filter((request) => isClusterPut(request) && accepted(request));
      if (creates.length > 1) find('duplicate-creates', `${creates.length} accepted creates of the cluster`);
    },
    /** When `down` is through. */
    async afterDown(): Promise<void> {
      for (const { id } of await ours()) find('orphans', id);
    },
    corrupt(run: Run): void {
      const all = `${run.stdout}\n${run.stderr}`;
      if (run.code === 255 || /\n\s+at .+:\d+:\d+/u.test(all))
        find('corrupt', `exit ${run.code ?? '?'}: ${all.slice(-600)}`);
      else if (/(?:cannot be (?:read|parsed)|unreadable|damaged|corrupt)/iu.test(all) && !/torn|last line/iu.test(all))
        find('corrupt', /.*(?:cannot be (?:read|parsed)|unreadable|damaged|corrupt).*/iu.exec(all)?.[0] ?? '');
    },
    failed(run: Run, why: string): void {
      find(
        'resume-failed',
        `${run.command}: ${why}, exit ${run.code ?? run.signal ?? '?'}: ${(run.stderr || run.stdout).slice(-700)}`,
      );
    },
    find,
  };
};

export type Witness = ReturnType<typeof createWitness>;
