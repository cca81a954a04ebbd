import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Lie } from './lie.ts';

export const root = join(import.meta.dirname, '..', '..');

/** Where a lie's place is, from the root of a tree. */
export const fileOf = ({ file }: Pick<Lie, 'file'>): string => join('src', 'sandbox', file);

/** The text with the lie in it. Throws where its place is not there exactly once: a lie that is not told proves nothing. */
export const lied = (text: string, { name, file, find, replace }: Lie): string => {
  const count = text.split(find).length - 1;
  if (count !== 1)
    throw new Error(
      `“${name}” looks for ${JSON.stringify(find)}, which is ${count} times in ${file}; it has to be once.`,
    );
  return text.replace(find, () => replace);
};

/** The checkout as it is now, what git knows and what it does not ignore, in another folder: nothing in it is ours to spoil. */
export const copyOfCheckout = (folder: string): void => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split('\0')) {
    // What was deleted and not yet committed is listed all the same.
    if (file === '' || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
};

/** Tells a lie in a copy. */
export const plant = (folder: string, lie: Lie): void => {
  const file = join(folder, fileOf(lie));
  writeFileSync(file, lied(readFileSync(file, 'utf8'), lie));
};
