import { isObject } from '../../json.ts';
import type { JsonObject } from '../../json.ts';

/** A resource as Azure Policy sees it. */
export interface Judged {
  readonly id: string;
  /** `Microsoft.ContainerService/managedClusters`. */
  readonly type: string;
  readonly name: string;
  readonly location: string | undefined;
  readonly tags: JsonObject;
  /** Body of the write, over what is there where the write is a PATCH. */
  readonly body: JsonObject;
}

/** Members beside the properties that aliases lead to. */
const besides = ['sku', 'kind', 'identity', 'location', 'tags'];

/** Values of a field: none where it is not there, many where `[*]` leads to the members of an array. */
export const fieldValues = (
  field: string,
  resource: Judged,
): { readonly values: readonly unknown[]; readonly many: boolean } => {
  const one = (value: unknown) => ({ values: value === undefined ? [] : [value], many: false });
  const tag = /^tags(?:\.(.+)|\[\s*'?(.+?)'?\s*\])$/iu.exec(field);
  if (tag !== null) {
    const name = (tag[1] ?? tag[2] ?? '').toLowerCase();
    return one(Object.entries(resource.tags).find(([known]) => known.toLowerCase() === name)?.[1]);
  }
  switch (field.toLowerCase()) {
    case 'type':
      return one(resource.type);
    case 'name':
    case 'fullname':
      return one(resource.name);
    case 'id':
      return one(resource.id);
    case 'location':
      return one(resource.location?.toLowerCase().replaceAll(' ', ''));
    case 'kind':
      return one(resource.body['kind']);
    case 'tags':
      return one(resource.tags);
    case 'identity.type':
      return one(isObject(resource.body['identity']) ? resource.body['identity']['type'] : undefined);
    default:
      return aliasValues(field, resource);
  }
};

/** `Microsoft.ContainerService/managedClusters/agentPoolProfiles[*].vmSize`; another type's alias is not there. */
const aliasValues = (field: string, resource: Judged) => {
  const prefix = `${resource.type}/`;
  const many = field.includes('[*]');
  if (!field.toLowerCase().startsWith(prefix.toLowerCase())) return { values: [], many: false };
  const path = field.slice(prefix.length);
  // What is left of a longer type's alias is no path of this one.
  if (path.includes('/')) return { values: [], many: false };
  const parts = path.split('.').flatMap((part) => (part.endsWith('[*]') ? [part.slice(0, -3), '[*]'] : [part]));
  const root = besides.includes((parts[0] ?? '').toLowerCase()) ? resource.body : resource.body['properties'];
  return { values: parts.reduce(step, [root]).filter((value) => value !== undefined), many };
};

const step = (values: readonly unknown[], part: string): readonly unknown[] =>
  values.flatMap((value): readonly unknown[] => {
    if (part === '[*]') return Array.isArray(value) ? (value as unknown[]) : [];
    if (!isObject(value)) return [];
    const member = Object.entries(value).find(([name]) => name.toLowerCase() === part.toLowerCase());
    return member === undefined ? [] : [member[1]];
  });

export const isField = (field: string): boolean =>
  /^(?:type|name|fullname|id|location|kind|tags|identity\.type)$/iu.test(field) ||
  /^tags(?:\..+|\[.+\])$/iu.test(field) ||
  /^microsoft\.\w+(?:\/\w+)+\/[\w.[\]*]+$/iu.test(field);
