// Prints where helm 4, helm 3 and kubectl are, one `name=path` a line; unpacks them where that has not happened yet.
import { resolve } from 'node:path';
import { unpackTools } from './unpack-tools.ts';

const tools = await unpackTools({
  root: resolve(import.meta.dirname, '..'),
  platform: process.platform,
  arch: process.arch,
  path: process.env['PATH'] ?? '',
});
for (const [name, path] of Object.entries(tools)) console.log(`${name}=${String(path ?? '')}`);
