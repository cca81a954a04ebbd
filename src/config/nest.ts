import type { Values } from './field.ts';
import { fields } from './fields.ts';

/** Turns values by dotted path into the nested shape of the config; what is not set becomes `undefined`, or with `sparse` is left out. */
export const nest = (values: Values, { sparse }: { readonly sparse: boolean }): Readonly<Record<string, unknown>> => {
  const root: Record<string, unknown> = {};
  for (const { path } of fields) {
    if (sparse && values[path] === undefined) continue;
    const keys = path.split('.');
    let at = root;
    for (const key of keys.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[keys.at(-1) ?? path] = values[path];
  }
  return root;
};
