import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { clouds } from '../config/clouds.ts';
import type { CloudProfile } from '../config/cloud-profile.ts';
import type { Globals } from './globals.ts';
import type { Io } from './io.ts';
import type { Places } from './places.ts';
import { usage } from './usage.ts';

const readProfile = async (path: string): Promise<CloudProfile> => {
  const { parseCloudProfile } = await import('../config/read-profile.ts');
  const text = await readFile(path, 'utf8').catch(() => {
    throw usage(`The cloud profile ${path} cannot be read; give the path of a JSON file with --profile.`);
  });
  return parseCloudProfile(text, path);
};

/** Which cloud to talk to. `--sandbox`, `--profile` and `--cloud` exclude each other. */
export const cloudOf = async (
  globals: Globals,
  io: Io,
  places: Places,
  say: (line: string) => void,
): Promise<CloudProfile> => {
  const named = [
    ...(globals.sandbox === true ? ['--sandbox'] : []),
    ...(globals.profile === undefined ? [] : ['--profile']),
    ...(globals.cloud === undefined ? [] : ['--cloud']),
  ];
  if (named.length > 1) throw usage(`${named.join(' and ')} name different clouds; give one of them.`);
  if (globals.sandbox === true) {
    const { ensureSandbox } = await import('./run/sandbox.ts');
    return readProfile(await ensureSandbox({ globals, io, places, say }));
  }
  if (globals.profile !== undefined) return readProfile(resolve(io.cwd, globals.profile));
  const cloud = clouds.find(({ name }) => name === (globals.cloud ?? 'public'));
  if (cloud === undefined) throw usage(`--cloud ${String(globals.cloud)} is not known.`);
  return cloud;
};
