// Makes the package that is published: the bundle and its data under a manifest without dependencies, so that `npx` installs nothing else.
// Run `npm run build` first. Prints the path of the tarball.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const destination = resolve(process.argv[2] ?? root);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown> & {
  readonly files: readonly string[];
};
if (!existsSync(join(root, 'dist', 'main.js'))) throw new Error('dist is missing; run `npm run build` first.');

const staging = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-pack-'));
try {
  for (const name of manifest.files) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(staging, name), { recursive: true });
  }
  const {
    dependencies: _bundled,
    devDependencies: _tools,
    scripts: _scripts,
    allowScripts: _allowed,
    ...published
  } = manifest;
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
  mkdirSync(destination, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], {
    cwd: staging,
    encoding: 'utf8',
  });
  console.log(join(destination, packed.trim()));
} finally {
  rmSync(staging, { recursive: true, force: true });
}
