import type { AlertRule, AlertRuleBody } from '../azure/azure.ts';
import { Problem } from '../errors/problem.ts';
import { soundPack } from './sound-pack.ts';
import { ruleBody, ruleId } from '../detections/rule-body.ts';
import { sameRule } from '../detections/same.ts';
import { mapLimited } from '../status/map-limited.ts';
import { logTableName } from './log-table.ts';
import { done } from './outputs.ts';
import type { Services } from './services.ts';
import { stayingWorkspace } from './staying.ts';
import { step } from './step.ts';

interface Seen {
  readonly id: string;
  readonly name: string;
  readonly body: AlertRuleBody;
  readonly there: AlertRule | undefined;
}

const atOnce = 4;

const look = async (
  { azure, assets }: Pick<Services, 'azure' | 'assets'>,
  workspaceId: string,
  signal: AbortSignal,
): Promise<readonly Seen[]> => {
  const [{ rules }, deployed] = await Promise.all([soundPack(assets), azure.sentinel.listRules(workspaceId, signal)]);
  const byId = new Map(deployed.map((rule) => [rule.ruleId.toLowerCase(), rule]));
  return rules.map((rule) => {
    const id = ruleId(workspaceId, rule.slug);
    const there = byId.get(id.toLowerCase());
    // Who switched a rule off meant it: an update of its text leaves that alone.
    return { id, name: rule.name, body: ruleBody(rule, { enabled: there?.properties['enabled'] !== false }), there };
  });
};

/** The detections, each under an id that is the same on every run and every machine. */
export const rules = step({
  title: 'Deploy the detections',
  needs: ['workspace', 'log-table', 'sentinel', 'functions'],
  expected: { p50: '25s', p90: '2m' },
  timeout: '30m',

  async probe({ azure, assets, out, signal }) {
    const seen = await look({ azure, assets }, out.workspace.id, signal);
    const missing = seen.filter(({ there }) => there === undefined);
    const other = seen.filter(({ body, there }) => there !== undefined && !sameRule(body, there));
    if (other.length > 0) return { state: 'drifted', diff: other.map(({ name }) => `rule "${name}" was changed`) };
    if (missing.length > 0) return { state: 'absent', detail: `${missing.length} of ${seen.length} rules are missing` };
    return { state: 'ready', out: done };
  },

  async apply({ azure, assets, out, seen, progress, signal }) {
    const open = (await look({ azure, assets }, out.workspace.id, signal)).filter(
      // One that was changed since the probe is a question first.
      ({ body, there }) => there === undefined || (seen.state === 'drifted' && !sameRule(body, there)),
    );
    let saved = 0;
    await mapLimited(open, atOnce, async ({ id, name, body, there }) => {
      await azure.sentinel.putRule(out.workspace.id, id, body, there?.etag, signal).catch(async (error: unknown) => {
        if (!notYetKnown(error)) throw error;
        // A new workspace may list the table before its queries know it: saying its plan once more is what makes it known.
        await azure.tables.put(out.workspace.id, logTableName, { plan: 'Analytics' }, signal);
        throw tryLater(name, error);
      });
      saved += 1;
      progress(`${saved} of ${open.length} rules deployed`);
    });
  },

  async removal({ azure, assets, config, owner, signal: looking }) {
    const workspaceId = await stayingWorkspace({ azure, config, owner }, looking);
    if (workspaceId === undefined) return undefined;
    // Without Sentinel there are no rules, and Azure refuses the question.
    if (!(await azure.sentinel.onboarded(workspaceId, looking))) return undefined;
    const there = (await look({ azure, assets }, workspaceId, looking)).filter((each) => each.there !== undefined);
    if (there.length === 0) return undefined;
    return {
      what: `${there.length} analytics rules in the workspace`,
      async remove(signal) {
        await mapLimited(there, atOnce, ({ id }) => azure.sentinel.deleteRule(workspaceId, id, signal));
      },
      gone: async (signal) =>
        (await look({ azure, assets }, workspaceId, signal)).every((each) => each.there === undefined),
    };
  },
});

/** A table or function that was made a moment ago is not known everywhere yet: Sentinel checks each query when a rule is made. */
const notYetKnown = (error: unknown): error is Problem =>
  error instanceof Problem &&
  /one of the tables does not exist|failed to resolve (table|column|scalar|function)|unknown function/i.test(
    error.message,
  );

const tryLater = (name: string, error: Problem): Problem =>
  new Problem(`Sentinel does not know what the rule "${name}" asks for yet (${error.message})`, {
    kind: 'conflict',
    code: error.code,
    correlationId: error.correlationId,
    cause: error,
  });
