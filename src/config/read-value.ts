import type { Field, Scalar } from './field.ts';

/** Where a value came from, for messages and for `config show`. */
export type Source = 'flag' | 'environment' | 'file' | 'answer' | 'profile' | 'default';

export type Reading =
  { readonly ok: true; readonly value: Scalar } | { readonly ok: false; readonly reason: string | undefined };

const wrong = (reason?: string): Reading => ({ ok: false, reason });

const readSwitch = (raw: Scalar): Reading => {
  if (typeof raw === 'boolean') return { ok: true, value: raw };
  const word = String(raw).toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return { ok: true, value: true };
  if (['false', 'no', 'off', '0'].includes(word)) return { ok: true, value: false };
  return wrong();
};

const readInteger = (field: Field, raw: Scalar): Reading => {
  const text = String(raw);
  if (typeof raw === 'boolean' || !/^\d{1,9}$/u.test(text)) return wrong();
  const value = Number(text);
  return value < (field.minimum ?? 0) || value > (field.maximum ?? Infinity) ? wrong() : { ok: true, value };
};

const readChoice = (field: Field, raw: Scalar): Reading => {
  const value = field.choices?.find((choice) => choice.toLowerCase() === String(raw).toLowerCase());
  return value === undefined ? wrong() : { ok: true, value };
};

const readText = (field: Field, raw: Scalar): Reading => {
  const value = String(raw).trim();
  if (typeof raw === 'boolean' || (field.pattern !== undefined && !field.pattern.test(value))) {
    return wrong(field.check?.(value));
  }
  return { ok: true, value };
};

const readKind = (field: Field, raw: Scalar): Reading => {
  switch (field.kind) {
    case 'switch':
      return readSwitch(raw);
    case 'integer':
      return readInteger(field, raw);
    case 'choice':
      return readChoice(field, raw);
    case 'text':
      return readText(field, raw);
    default:
      return field.kind satisfies never;
  }
};

/** Turns what somebody wrote into the field's own type, or says why not. */
export const readValue = (field: Field, raw: Scalar): Reading => {
  const reading = readKind(field, raw);
  if (!reading.ok) return reading;
  const reason = field.check?.(reading.value);
  return reason === undefined ? reading : wrong(reason);
};

/** One sentence that names the value, the accepted form and an example to copy. */
export const refusal = (field: Field, where: string, raw: Scalar, reason: string | undefined): string =>
  `${where} is ${JSON.stringify(raw)}, but it must be ${field.form}` +
  `${reason === undefined ? '' : ` (${reason})`}; for example ${String(field.example)}.`;
