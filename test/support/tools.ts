import { resolve } from 'node:path';
import { unpackTools, type Tools } from '../../scripts/unpack-tools.ts';

let unpacked: Promise<Tools> | undefined;

/** Real helm 4, helm 3 and kubectl for tests; unpacked on first use. */
export const tools = (): Promise<Tools> =>
  (unpacked ??= unpackTools({
    root: resolve(import.meta.dirname, '../..'),
    platform: process.platform,
    arch: process.arch,
    path: process.env['PATH'] ?? '',
  }));
