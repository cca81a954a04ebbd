import { durationMs } from '../engine/duration.ts';

/** An option as data; it is spelled in camelCase in code, in kebab-case as a flag and in capitals in the environment. */
export interface OptionSpec {
  readonly type: 'text' | 'switch' | 'integer' | 'number' | 'duration' | 'choice' | 'list';
  readonly help: string;
  readonly choices?: readonly string[];
  readonly short?: string;
  /** Placeholder in help: `--wait DURATION`. */
  readonly value?: string;
  /** For help only; the command itself decides what absence means. */
  readonly fallback?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export type OptionValue = string | number | boolean | readonly string[];

type ValueOf<S extends OptionSpec> = S['type'] extends 'switch'
  ? boolean
  : S['type'] extends 'integer' | 'number' | 'duration'
    ? number
    : S['type'] extends 'list'
      ? readonly string[]
      : S extends { readonly choices: readonly (infer C)[] }
        ? C
        : string;

/** Durations are milliseconds. What was not given is undefined. */
export type OptionValues<O extends OptionSpecs> = { readonly [K in keyof O]: ValueOf<O[K]> | undefined };

export const flagOf = (key: string): string => key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

export const keyOf = (flag: string): string =>
  flag.replaceAll(/-([a-z0-9])/gu, (_match, letter: string) => letter.toUpperCase());

type OptionReading = { readonly ok: true; readonly value: OptionValue } | { readonly ok: false; readonly form: string };

const switchWords: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

const number = (text: string, pattern: RegExp, form: string): OptionReading =>
  pattern.test(text) ? { ok: true, value: Number(text) } : { ok: false, form };

/** Turns what was written into the option's type, or says the accepted form, to be read after "it must be". */
export const readOption = (spec: OptionSpec, raw: string | boolean): OptionReading => {
  const text = String(raw);
  switch (spec.type) {
    case 'switch': {
      const value = switchWords[text.toLowerCase()];
      return value === undefined ? { ok: false, form: 'true or false' } : { ok: true, value };
    }
    case 'integer':
      return number(text, /^\d{1,9}$/u, 'a whole number');
    case 'number':
      return number(text, /^(?!0+(\.0+)?$)\d{1,9}(\.\d+)?$/u, 'a number above 0');
    case 'duration': {
      const value = durationMs(text);
      return Number.isNaN(value) ? { ok: false, form: 'a duration such as 45s, 10m or 1h30m' } : { ok: true, value };
    }
    case 'choice':
      return spec.choices?.includes(text) === true
        ? { ok: true, value: text }
        : { ok: false, form: `one of ${(spec.choices ?? []).join(', ')}` };
    case 'list':
      return { ok: true, value: text.split(',').filter((part) => part !== '') };
    case 'text':
      return text === '' ? { ok: false, form: 'a text that is not empty' } : { ok: true, value: text };
    default:
      return spec.type satisfies never;
  }
};
