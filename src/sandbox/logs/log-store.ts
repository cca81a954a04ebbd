import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../json.ts';
import { cutTornTail } from '../server/ndjson-file.ts';
import { privateFolder } from '../server/private-file.ts';

/** Rows of workspaces, by the GUID that queries name a workspace by: they survive its deletion, as they do in Azure. */
export interface LogStore {
  /** `_IngestionTime` of each row is when it came in. */
  append(customerId: string, table: string, rows: readonly JsonObject[]): void;
  rows(customerId: string, table: string): readonly JsonObject[];
  tables(customerId: string): readonly string[];
  clear(): void;
}

/** One ndjson file a table under `dir`. */
export const openLogStore = (dir: string, now: () => number): LogStore => {
  const folder = (customerId: string): string => join(dir, customerId.toLowerCase());
  if (existsSync(dir))
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.ndjson')) cutTornTail(join(dir, name));
  return {
    append(customerId, table, rows) {
      privateFolder(folder(customerId));
      const _IngestionTime = new Date(now()).toISOString();
      const lines = rows.map((row) => `${JSON.stringify({ _IngestionTime, ...row })}\n`);
      appendFileSync(join(folder(customerId), `${table}.ndjson`), lines.join(''), { mode: 0o600 });
    },
    rows(customerId, table) {
      const file = join(folder(customerId), `${table}.ndjson`);
      if (!existsSync(file)) return [];
      return readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JsonObject);
    },
    tables(customerId) {
      if (!existsSync(folder(customerId))) return [];
      return readdirSync(folder(customerId)).map((name) => name.replace(/\.ndjson$/u, ''));
    },
    clear: () => rmSync(dir, { recursive: true, force: true }),
  };
};
