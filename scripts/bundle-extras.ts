import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'rolldown';

const languageService = '@kusto/language-service-next';
const languageFiles = ['bridge.min.js', 'Kusto.Language.Bridge.min.js'];

/** Folder of the package that a module was taken from; undefined for our own. */
const packageOf = (moduleId: string): string | undefined =>
  /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//u.exec(moduleId.replaceAll('\\', '/').replace(/^\0/u, ''))?.[1];

const licenceOf = (folder: string): string => {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/iu.test(name));
  const text =
    file === undefined ? `Licence: ${JSON.stringify(manifest['license'])}` : readFileSync(join(folder, file), 'utf8');
  return `${String(manifest['name'])} ${String(manifest['version'])}\n\n${text.trim()}\n`;
};

/** What a bundle cannot carry in its code: the stand-in charts, Microsoft's KQL service (which is no module), and everybody's licence. */
export const bundleExtras = (root: string): Plugin => {
  const service = join(root, 'node_modules', languageService);
  return {
    name: 'bundle-extras',
    transform: (code, id) =>
      id.endsWith('/src/kusto/language.ts') ? code.replaceAll(`${languageService}/`, '../kusto/') : undefined,
    writeBundle: (options, bundle) => {
      const dist = options.dir ?? join(root, 'dist');
      cpSync(join(root, 'src/sandbox/registry/standins'), join(dist, 'standins'), { recursive: true });
      mkdirSync(join(dist, 'kusto'), { recursive: true });
      for (const file of languageFiles) cpSync(join(service, file), join(dist, 'kusto', file));
      // It sets globals as scripts did, which a module may not.
      writeFileSync(join(dist, 'kusto', 'package.json'), '{ "type": "commonjs" }\n');
      const modules = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []));
      const packages = [...new Set([...modules.flatMap((id) => packageOf(id) ?? []), service])].filter((folder) =>
        existsSync(join(folder, 'package.json')),
      );
      const licences = packages.sort((a, b) => basename(a).localeCompare(basename(b))).map(licenceOf);
      writeFileSync(join(dist, 'THIRD_PARTY_LICENSES'), licences.join(`\n${'-'.repeat(80)}\n\n`));
    },
  };
};
