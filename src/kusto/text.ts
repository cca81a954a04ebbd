const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

function isTermChar(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  if (Number.isNaN(code)) return false;
  const low = code >= 0xdc00 && code <= 0xdfff && index > 0;
  return LETTER_OR_DIGIT.test(String.fromCodePoint(text.codePointAt(low ? index - 1 : index) ?? 0));
}

/** Where a needle begins or ends inside a run of letters and digits it is not a whole term. */
export function hasTerm(text: string, needle: string, at: 'both' | 'start' | 'end'): boolean {
  if (needle === '') return true;
  for (let index = text.indexOf(needle); index >= 0; index = text.indexOf(needle, index + 1)) {
    const end = index + needle.length;
    const opens = at === 'end' || index === 0 || !(isTermChar(text, index - 1) && isTermChar(needle, 0));
    const closes =
      at === 'start' || end === text.length || !(isTermChar(text, end) && isTermChar(needle, needle.length - 1));
    if (opens && closes) return true;
  }
  return false;
}

/** Case folding for the case-insensitive operators, character by character: one whose lower case is longer stays as it is. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join('');
}

/** Whether the text holds characters that are no ASCII. */
export function beyondAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return true;
  return false;
}

/** Length in code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** By UTF-16 code unit, as ordinal comparison does. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
