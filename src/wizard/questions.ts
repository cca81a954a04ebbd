import { environmentName, type Field, type Scalar, type Values } from '../config/field.ts';
import { fields } from '../config/fields.ts';
import { readValue } from '../config/read-value.ts';
import { resolveConfig, type ResolveInput } from '../config/resolve.ts';
import { askConfirm, askText, askChoice, type Streams } from './ask.ts';

/** Nobody has said anything about this field yet: no flag, no variable, no file, no profile. */
const open = (field: Field, { flags, env, file, profile }: ResolveInput): boolean => {
  const said = flags[field.flag] ?? (env[environmentName(field.flag)] || undefined) ?? file[field.path];
  if (said !== undefined) return false;
  return field.required !== true || field.fallback?.of({}, profile) === undefined;
};

const asked = (field: Field, input: ResolveInput): boolean =>
  open(field, input) && (field.question !== undefined || stillMissing(field, input));

const stillMissing = (field: Field, input: ResolveInput): boolean => {
  const resolution = resolveConfig(input);
  return resolution.kind === 'missing' && resolution.missing.includes(field);
};

/** True when the answer is acceptable by itself and together with all that is known; else one sentence. */
const judge = (field: Field, input: ResolveInput, raw: string): true | string => {
  if (raw.trim() === '') return field.required === true ? `Please give ${field.form}.` : true;
  const reading = readValue(field, raw);
  if (!reading.ok) {
    const reason = reading.reason === undefined ? '' : ` (${reading.reason})`;
    return `It must be ${field.form}${reason}; for example ${String(field.example)}.`;
  }
  const together = resolveConfig({ ...input, answers: { ...input.answers, [field.path]: reading.value } });
  return together.kind === 'invalid' ? together.sentences.join(' ') : true;
};

const known = (input: ResolveInput): Values => {
  const resolution = resolveConfig(input);
  return resolution.kind === 'invalid' ? {} : resolution.values;
};

const askField = async (field: Field, input: ResolveInput, streams: Streams): Promise<Scalar | undefined> => {
  const text = field.question?.text ?? `${field.help[0]?.toUpperCase() ?? ''}${field.help.slice(1)}`;
  const hint = field.question?.hint;
  const message = hint === undefined ? text : `${text} (${hint})`;
  const fallback = known(input)[field.path];
  if (field.kind === 'switch') return askConfirm(message, streams, fallback === true);
  if (field.choices !== undefined) {
    const choices = field.choices.map((value) => ({ value, name: value }));
    return askChoice(message, choices, streams, fallback === undefined ? undefined : String(fallback));
  }
  const answer = await askText(
    {
      message,
      ...(fallback !== undefined && { default: String(fallback) }),
      validate: (value) => judge(field, input, value),
    },
    streams,
  );
  const reading = readValue(field, answer);
  return answer.trim() === '' || !reading.ok ? undefined : reading.value;
};

/**
 * Asks, in the order of the table, what nobody has said yet and is worth a question, and whatever is required and still missing.
 * Each answer is checked at once, by the same rules as a flag.
 */
export const askQuestions = async (input: ResolveInput, streams: Streams): Promise<Values> => {
  let answers: Values = input.answers ?? {};
  for (const field of fields) {
    const now = { ...input, answers };
    if (!asked(field, now)) continue;
    const answer = await askField(field, now, streams);
    if (answer !== undefined) answers = { ...answers, [field.path]: answer };
  }
  return answers;
};
