import { Problem } from '../errors/problem.ts';
import { environmentName, type Field } from './field.ts';

/** For runs that cannot ask: names every flag that would have answered, with an example to copy. */
export const missingProblem = (missing: readonly Field[]): Problem => {
  const flags = missing.map((field) => `--${field.flag}`);
  const verb = missing.length === 1 ? 'is' : 'are';
  const examples = missing.map((field) => `--${field.flag} ${String(field.example)}`).join(' ');
  const variables = missing.map((field) => environmentName(field.flag)).join(', ');
  return new Problem(`${flags.join(' and ')} ${verb} required where nobody can be asked (for example ${examples}).`, {
    kind: 'usage',
    code: 'missing-answer',
    hint: `Give ${flags.join(' and ')}, set ${variables}, or write ${missing.map((field) => field.path).join(', ')} into the config file.`,
  });
};

export const invalidProblem = (sentences: readonly string[]): Problem =>
  new Problem(sentences.join('\n'), { kind: 'usage', code: 'invalid-config' });
