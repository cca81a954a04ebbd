import { at } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { providerError } from '../checked-body.ts';
import type { ArmCall } from '../context.ts';

const bad = (message: string): Error => providerError(400, 'BadRequest', message);

/** Numbers and texts are compared; anything else is as if it were not there. */
const valueAt = (incident: JsonObject, path: string): string | number => {
  const value = at(incident, ...path.split('/'));
  return typeof value === 'number' || typeof value === 'string' ? value : '';
};

const compared = (value: string | number, operator: string, wanted: string | number): boolean => {
  const [left, right] =
    typeof wanted === 'number' ? [Number(value), wanted] : [String(value).toLowerCase(), wanted.toLowerCase()];
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    default:
      return left <= right;
  }
};

const term = /^\(?(properties\/[\w/]+|name) (eq|ne|gt|ge|lt|le) (?:'([^']*)'|(\d{4}-[\d:.TZ+-]+)|(\d+))\)?$/u;

/** OData's `$filter` over incidents: comparisons joined by `and`, and groups of `or` in brackets. */
const filtered = (incidents: readonly JsonObject[], filter: string | undefined): readonly JsonObject[] =>
  (filter ?? '')
    .split(/ and /u)
    .filter((part) => part.trim() !== '')
    .reduce((kept, part) => {
      const alternatives = part
        .trim()
        .replace(/^\((.*)\)$/u, '$1')
        .split(/ or /u)
        .map((text) => {
          const [, path, operator, text1, date, number] = term.exec(text.trim()) ?? [];
          if (path === undefined || operator === undefined) throw bad(`Invalid $filter '${filter ?? ''}'.`);
          return { path, operator, wanted: number === undefined ? (text1 ?? date ?? '') : Number(number) };
        });
      return kept.filter((incident) =>
        alternatives.some(({ path, operator, wanted }) => compared(valueAt(incident, path), operator, wanted)),
      );
    }, incidents);

const ordered = (incidents: readonly JsonObject[], order: string): readonly JsonObject[] => {
  const [, path = '', direction = 'asc'] = /^(properties\/[\w/]+|name)(?: (asc|desc))?$/u.exec(order.trim()) ?? [];
  if (path === '') throw bad(`Invalid $orderby '${order}'.`);
  const sign = direction === 'desc' ? -1 : 1;
  return [...incidents].sort((a, b) => {
    const [left, right] = [valueAt(a, path), valueAt(b, path)];
    if (typeof left === 'number' && typeof right === 'number') return (left - right) * sign;
    return (String(left) < String(right) ? -1 : String(left) > String(right) ? 1 : 0) * sign;
  });
};

/** Incidents as `$filter` and `$orderby` want them; the newest come first where nobody says. */
export const chosenIncidents = (call: ArmCall, incidents: readonly JsonObject[]): readonly JsonObject[] => {
  const { searchParams } = call.request.url;
  const order = searchParams.get('$orderby') ?? 'properties/createdTimeUtc desc';
  return ordered(filtered(incidents, searchParams.get('$filter') ?? undefined), order);
};
