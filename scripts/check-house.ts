// Holds the arrows of the house: which room may import from which, and in which room each package lives.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'src');

/** Rooms that every room may look into: plain types and words, no behaviour that could pull anything along. */
const common = ['errors'];

/** Room by room, in the order of the arrows. What is not listed here may not be imported. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  engine: [],
  kusto: [],
  config: [],
  azure: ['config'],
  kubernetes: [],
  helm: ['config'],
  detections: ['kusto'],
  status: ['kubernetes'],
  steps: ['azure', 'kubernetes', 'helm', 'detections', 'status', 'config', 'engine'],
  doctor: ['steps', 'azure', 'helm', 'config'],
  render: ['engine', 'config'],
  wizard: ['config', 'render'],
  cli: [
    'azure',
    'kubernetes',
    'helm',
    'detections',
    'status',
    'steps',
    'doctor',
    'config',
    'engine',
    'render',
    'wizard',
    'kusto',
  ],
  sandbox: ['kusto'],
};

/** Types that everybody may name, as long as nothing of them is loaded. */
const typesOnly: Readonly<Record<string, readonly string[]>> = {
  errors: ['engine'],
  detections: ['azure', 'kubernetes', 'config'],
  render: ['status'],
};

/** Where the command line starts the sandbox: the rest of the product knows it only as a cloud profile. */
const sandboxDoors = ['cli/run/sandbox.ts', 'cli/run/sandbox-serve.ts', 'cli/run/sandbox-options.ts'];

const homes: readonly (readonly [pattern: RegExp, rooms: readonly string[]])[] = [
  [/^@azure\//, ['azure']],
  // The sandbox reads the client's tables of fields, so that it can refuse what a real API server does not know.
  [/^@kubernetes\//, ['kubernetes', 'sandbox']],
  [/^execa$/, ['helm']],
  [/^commander$/, ['cli']],
  [/^@inquirer\//, ['wizard']],
  [/^ora$/, ['cli', 'render']],
  [/^@kusto\//, ['kusto']],
  [/^@peculiar\//, ['sandbox']],
  [/^ws$/, ['sandbox']],
];

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

const importsOf = (text: string): readonly Import[] => [
  ...[...text.matchAll(/^(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'/gm)].map(([, type, from = '']) => ({
    from,
    typeOnly: type !== undefined,
  })),
  ...[...text.matchAll(/^import\s+'([^']+)'/gm)].map(([, from = '']) => ({ from, typeOnly: false })),
  ...[...text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)].map(([, from = '']) => ({ from, typeOnly: false })),
];

const complaints: string[] = [];
const sizes: number[] = [];

for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
  const path = join(entry.parentPath, entry.name);
  const file = relative(source, path).replaceAll('\\', '/');
  const room = file.split('/')[0] ?? '';
  const text = readFileSync(path, 'utf8');
  sizes.push(text.split('\n').length);
  if (mayImport[room] === undefined) complaints.push(`src/${file}: the room ${room} is not in scripts/check-house.ts`);
  for (const { from, typeOnly } of importsOf(text)) {
    if (!from.startsWith('.')) {
      const home = homes.find(([pattern]) => pattern.test(from));
      if (home !== undefined && !home[1].includes(room))
        complaints.push(`src/${file}: ${from} lives in src/${home[1].join(', src/')} only`);
      continue;
    }
    const target =
      relative(source, resolve(dirname(path), from))
        .replaceAll('\\', '/')
        .split('/')[0] ?? '';
    if (target === room || target.startsWith('..')) continue;
    const allowed = [
      ...common,
      ...(mayImport[room] ?? []),
      ...(typeOnly ? ['config', 'engine', ...(typesOnly[room] ?? [])] : []),
    ];
    const door = target === 'sandbox' && sandboxDoors.includes(file);
    const sandboxed = room === 'sandbox' && !(mayImport['sandbox'] ?? []).includes(target);
    if (sandboxed || (!door && !allowed.includes(target)))
      complaints.push(`src/${file}: ${room} may not import ${typeOnly ? 'types of ' : ''}${target} (${from})`);
  }
}

const median = sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
if (median > 100) complaints.push(`the median file has ${median} lines; 100 is the most`);
for (const complaint of complaints) console.error(complaint);
console.log(`${sizes.length} files, median ${median} lines, ${complaints.length} arrows the wrong way`);
process.exitCode = complaints.length === 0 ? 0 : 1;
