import type { z } from 'zod';
import type { PackFunction } from './pack.ts';
import { type Parsed, problemsOf } from './rule-file.ts';

/** Reads the community's YAML of one parser, already parsed. */
export function parseFunction(zod: typeof z, file: string, slug: string, document: unknown): Parsed<PackFunction> {
  const name = zod.string().regex(/^[A-Za-z_]\w{0,99}$/, 'expected a name of letters, digits and _');
  const parsed = zod
    .strictObject({
      id: zod.guid(),
      Function: zod.strictObject({
        Title: zod.string().min(1),
        Version: zod.string().regex(/^\d+\.\d+\.\d+$/),
        LastUpdated: zod.string(),
      }),
      Category: zod.literal('Microsoft Sentinel Parser'),
      FunctionName: name,
      FunctionAlias: name,
      functionParams: zod
        .array(
          zod.strictObject({
            Name: name,
            Type: zod.enum(['string', 'int', 'long', 'real', 'bool', 'datetime', 'timespan', 'dynamic']),
            Default: zod.string().optional(),
          }),
        )
        .default([]),
      FunctionQuery: zod.string().min(1),
    })
    .safeParse(document);
  if (!parsed.success) return { problems: problemsOf(file, parsed.error) };
  const { id, Function: about, FunctionAlias, functionParams, FunctionQuery } = parsed.data;
  return {
    value: {
      slug,
      file,
      id,
      title: about.Title,
      alias: FunctionAlias,
      version: about.Version,
      parameters: functionParams.map(({ Name, Type, Default }) => ({ name: Name, type: Type, default: Default })),
      query: FunctionQuery.trimEnd(),
    },
  };
}
