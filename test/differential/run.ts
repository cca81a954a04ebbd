import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Call, Script, World } from './call.ts';
import { differences } from './compare.ts';
import { normalise } from './normalise.ts';

export interface Compared {
  /** `<script>: <call>`. */
  readonly name: string;
  readonly product: boolean;
  readonly real: unknown;
  readonly sandbox: unknown;
  /** Empty where both answered the same. */
  readonly differences: readonly string[];
}

/**
 * Every script in the order of their names, in two lanes that may go on beside each other: what is asked in this process, and the programs,
 * which take most of the time to start.
 */
export const loadScripts = async (): Promise<readonly (readonly Script[])[]> => [
  await scriptsOf(['scripts', 'client']),
  await scriptsOf(['kubectl', 'helm']),
];

const scriptsOf = async (folders: readonly string[]): Promise<readonly Script[]> => {
  const found: Script[] = [];
  for (const folder of folders) {
    const dir = join(import.meta.dirname, folder);
    const files = (await readdir(dir).catch(() => [])).filter((file) => file.endsWith('.ts')).toSorted();
    for (const file of files) {
      const module = (await import(pathToFileURL(join(dir, file)).href)) as { readonly script?: Script };
      if (module.script !== undefined) found.push(module.script);
    }
  }
  return found;
};

/** Runs a script on both sides, call by call, each call on both at once. */
export const runScript = async (script: Script, real: World, sandbox: World): Promise<readonly Compared[]> => {
  await Promise.all([begin(real), begin(sandbox)]);
  const results: Compared[] = [];
  for (const call of script.calls) {
    let answers = await asked(script, call, real, sandbox);
    const end = Date.now() + settling;
    while (call.settles === true && answers.differences.length > 0 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      answers = await asked(script, call, real, sandbox);
    }
    results.push({ name: `${script.name}: ${call.name}`, product: call.product ?? false, ...answers });
  }
  await Promise.all([end(real), end(sandbox)]);
  return results;
};

/** Milliseconds for which two clusters' controllers may be at different places on the way to the same state. */
const settling = 5_000;

const asked = async (
  script: Script,
  call: Call,
  real: World,
  sandbox: World,
): Promise<Pick<Compared, 'real' | 'sandbox' | 'differences'>> => {
  const [there, here] = await Promise.all([answerOf(call, real), answerOf(call, sandbox)]);
  if (there.threw !== undefined)
    throw new Error(`${script.name}: ${call.name} does not run on the real one: ${there.threw}`);
  const answers = { real: normalise(there.answer), sandbox: normalise(here.threw ?? here.answer) };
  return { ...answers, differences: differences(answers.real, answers.sandbox) };
};

const answerOf = async (
  call: Call,
  world: World,
): Promise<{ readonly answer: unknown; readonly threw: string | undefined }> => {
  try {
    return { answer: plain(await call.run(world)), threw: undefined };
  } catch (error) {
    return { answer: undefined, threw: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
};

/** What JSON keeps: classes of client-node and plain objects compare alike. */
const plain = (answer: unknown): unknown =>
  answer === undefined ? undefined : (JSON.parse(JSON.stringify(answer)) as unknown);

/** A namespace is of use once its controllers have furnished it. */
const begin = async (world: World): Promise<void> => {
  await world.ask('POST', '/api/v1/namespaces', { metadata: { name: world.namespace } });
  for (const path of ['serviceaccounts/default', 'configmaps/kube-root-ca.crt'])
    await world.until(`/api/v1/namespaces/{ns}/${path}`, ({ status }) => status === 200);
};

const end = async (world: World): Promise<void> => {
  await world.ask('DELETE', `/api/v1/namespaces/${world.namespace}`);
};
