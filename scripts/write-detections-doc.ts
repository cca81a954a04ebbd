import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detectionsDocument, type PolicyNote } from '../src/detections/document.ts';
import { queryRunner } from '../src/detections/evaluate-rule.ts';
import { loadPack } from '../src/detections/load-pack.ts';
import { loadContainers, loadRecordings } from '../src/detections/rule-tests.ts';
import { sampleTables } from '../src/detections/run-rule-tests.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The text of docs/detections.md as the pack is now: every rule is run over every attack recording. */
export async function currentDocument(): Promise<string> {
  const [pack, recordings, containers] = await Promise.all([
    loadPack(root),
    loadRecordings(root),
    loadContainers(root),
  ]);
  const run = await queryRunner(pack);
  const sightings = recordings
    .filter(({ kind }) => kind === 'attack')
    .map(({ scenario, what }) => {
      const { tables, now } = sampleTables({ scenario }, { recordings, containers }, 'object');
      const fired = pack.rules.filter((rule) => run(rule.query, tables, now).length > 0);
      return { scenario, what, rules: fired.map(({ slug }) => slug) };
    });
  return detectionsDocument(pack, await policyNotes(), sightings);
}

async function policyNotes(): Promise<PolicyNote[]> {
  const folder = join(root, 'templates/tracing-policies');
  const files = ['', 'enforcement'].map(async (part) => {
    const names = (await readdir(join(folder, part))).filter((name) => name.endsWith('.yaml')).sort();
    return names.map((name) => join(folder, part, name));
  });
  return Promise.all(
    (await Promise.all(files)).flat().map(async (file) => ({
      name: file.replace(/^.*\/|\.yaml$/g, ''),
      notes: notesOf(await readFile(file, 'utf8')),
    })),
  );
}

// A note begins with a word and a colon; what follows on the next lines belongs to it.
function notesOf(text: string): string[] {
  const head = text.split('\n');
  const lines = head
    .slice(
      0,
      head.findIndex((line) => !line.startsWith('#')),
    )
    .map((line) => line.slice(2));
  return lines.reduce<string[]>((notes, line) => {
    if (/^[A-Z][a-z ]+: /.test(line)) return [...notes, line];
    return [...notes.slice(0, -1), `${notes.at(-1) ?? ''} ${line}`.trim()];
  }, []);
}

if (import.meta.main) await writeFile(join(root, 'docs/detections.md'), await currentDocument());
