import { isObject } from '../../json.ts';

/** An id with the group's name in capitals and everything after it in small letters, as some of Azure's services store what they are told. */
const recased = (id: string): string => {
  const [empty = '', subscriptions = '', subscription = '', groups = '', group = '', ...rest] = id.split('/');
  const tail = rest.map((part) => part.toLowerCase());
  return [empty, subscriptions, subscription, groups.toLowerCase(), group.toUpperCase(), ...tail].join('/');
};

const isId = (text: string): boolean => /^\/subscriptions\/[^/]+\/resourceGroups\/[^/?]+(?:\/[^?]*)?$/iu.test(text);

/** An answer's body with other casing in its ids and types; undefined where it holds none. */
export const withChangedCasing = (body: unknown): unknown => {
  let changed = false;
  const visit = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (!isId(value) && (key !== 'type' || !value.includes('/'))) return value;
      changed = true;
      return isId(value) ? recased(value) : value.toLowerCase();
    }
    if (Array.isArray(value)) return value.map((entry) => visit(entry, key));
    return isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, visit(member, name)]))
      : value;
  };
  const after = visit(body, '');
  return changed ? after : undefined;
};
