import type { Values } from '../config/field.ts';
import { resolveConfig, type ResolveInput } from '../config/resolve.ts';
import { invalidProblem, missingProblem } from '../config/missing.ts';
import type { Config } from '../config/config.ts';
import { Problem } from '../errors/problem.ts';
import type { Page } from '../render/page.ts';
import { paint } from '../render/style.ts';
import { askConfirm, type Streams } from './ask.ts';
import { askQuestions } from './questions.ts';
import { planSummary } from './summary.ts';

export interface WizardPlace {
  readonly streams: Streams;
  readonly page: Page;
  readonly say: (text: string) => void;
  /** Keeps what was chosen for the next run; answers how the file is called for people. */
  readonly save: (chosen: Values) => Promise<string>;
  /** The command that does the same without questions, given the config file. */
  readonly sameAgain: string;
}

const configOf = (input: ResolveInput): { readonly config: Config; readonly chosen: Values } => {
  const resolution = resolveConfig(input);
  if (resolution.kind === 'invalid') throw invalidProblem(resolution.sentences);
  if (resolution.kind === 'missing') throw missingProblem(resolution.missing);
  const { config, values, sources } = resolution;
  const chosen = Object.entries(values).filter(([path]) => {
    const source = sources[path as keyof typeof sources];
    return source !== 'default' && source !== 'profile';
  });
  return { config, chosen: Object.fromEntries(chosen) };
};

/**
 * From questions to answers: asks, shows what will be made, writes the config file, prints the command for the same run without
 * questions, and asks to go on.
 * @throws Problem `interrupted` when the user leaves; nothing was created then
 */
export const runWizard = async (input: ResolveInput, place: WizardPlace): Promise<Values> => {
  const { streams, page, say, save, sameAgain } = place;
  const answers = await askQuestions(input, streams);
  const { config, chosen } = configOf({ ...input, answers });
  say(`\n${paint(page, 'strong', 'This will be made:')}\n${planSummary(config, page)}\n`);
  const file = await save(chosen);
  say(`Your answers are in ${file}. The same run without questions:\n  ${sameAgain}\n`);
  if (!(await askConfirm('Begin?', streams, true))) {
    throw new Problem(`Nothing was created. Your answers are kept in ${file}.`, {
      kind: 'interrupted',
      code: 'declined',
    });
  }
  return answers;
};
