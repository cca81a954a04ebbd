import type { Builder } from './function-kit.ts';
import { arrayFunctions } from './functions-array.ts';
import { bagFunctions } from './functions-bag.ts';
import { conditionalFunctions } from './functions-conditional.ts';
import { conversionFunctions } from './functions-conversion.ts';
import { datetimeFunctions } from './functions-datetime.ts';
import { encodingFunctions } from './functions-encoding.ts';
import { formatFunctions } from './functions-format.ts';
import { ipv4Functions } from './functions-ipv4.ts';
import { ipv6Functions } from './functions-ipv6.ts';
import { mathFunctions } from './functions-math.ts';
import { regexFunctions } from './functions-regex.ts';
import { setFunctions } from './functions-set.ts';
import { stringFunctions } from './functions-string.ts';
import { urlFunctions } from './functions-url.ts';
import { windowFunctions } from './functions-window.ts';

const families: readonly Readonly<Record<string, Builder>>[] = [
  arrayFunctions,
  bagFunctions,
  conditionalFunctions,
  conversionFunctions,
  datetimeFunctions,
  encodingFunctions,
  formatFunctions,
  ipv4Functions,
  ipv6Functions,
  mathFunctions,
  regexFunctions,
  setFunctions,
  stringFunctions,
  urlFunctions,
  windowFunctions,
];

const all: ReadonlyMap<string, Builder> = new Map(families.flatMap((family) => Object.entries(family)));

/** A built-in scalar function; undefined when it is not evaluated here. */
export function builtin(name: string): Builder | undefined {
  return all.get(name);
}
