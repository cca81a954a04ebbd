import type { AlertRuleBody, SavedSearchBody } from '../azure/azure.ts';
import { isoSeconds } from './durations.ts';

/**
 * Whether a rule in the workspace is what we want. Only what we set is compared, because Azure adds fields, changes the case of names and the
 * spelling of durations. A rule that somebody disabled is still the same rule: that is a choice, not drift.
 */
export function sameRule(wanted: AlertRuleBody, seen: AlertRuleBody): boolean {
  const { enabled: _, ...properties } = wanted.properties;
  return sameText(wanted.kind, seen.kind) && covers(properties, seen.properties);
}

/** Whether a saved search in the workspace is what we want, by what we set. */
export function sameSavedSearch(wanted: SavedSearchBody, seen: SavedSearchBody): boolean {
  return covers(
    { ...wanted, functionParameters: spaceless(wanted.functionParameters) },
    { ...seen, functionParameters: spaceless(seen.functionParameters) },
  );
}

const spaceless = (text: string | undefined): string | undefined => text?.replaceAll(/\s+/g, '');

function covers(wanted: unknown, seen: unknown): boolean {
  if (isNothing(wanted)) return isNothing(seen);
  if (Array.isArray(wanted)) return Array.isArray(seen) && coversAll(wanted, seen);
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof seen !== 'object' || seen === null) return false;
    const there = new Map(Object.entries(seen).map(([key, value]) => [key.toLowerCase(), value as unknown]));
    return Object.entries(wanted).every(([key, value]) => covers(value, there.get(key.toLowerCase())));
  }
  return typeof wanted === 'string' && typeof seen === 'string' ? sameText(wanted, seen) : wanted === seen;
}

// Order carries no meaning in any list of a rule, and Azure does not promise to keep it.
function coversAll(wanted: readonly unknown[], seen: readonly unknown[]): boolean {
  if (wanted.length !== seen.length) return false;
  const left = [...seen];
  return wanted.every((item) => {
    const index = left.findIndex((candidate) => covers(item, candidate));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function sameText(wanted: string, seen: string): boolean {
  if (tidy(wanted) === tidy(seen)) return true;
  const duration = isoSeconds(wanted);
  if (duration !== undefined) return duration === isoSeconds(seen);
  // One word: a name or an enumeration, whose case Azure changes. A query or a sentence is compared as it stands.
  return /^[\w-]+$/.test(wanted) && wanted.toLowerCase() === seen.toLowerCase();
}

const tidy = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
