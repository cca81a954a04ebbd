import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Fixed in every stand-in, so that the same templates give the same bytes and with them the same digest. */
const mtime = new Date('2026-01-01T00:00:00Z');

/** Packs a chart's folder as `helm package` would, the same bytes at every run. */
export async function packChart(folder: string, name: string): Promise<Buffer> {
  const { pack } = await import('tar-stream');
  const archive = pack();
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  // Chart.yaml comes first: helm reads a chart's name from it.
  files.sort((a, b) => Number(b === 'Chart.yaml') - Number(a === 'Chart.yaml'));
  const chunks: Buffer[] = [];
  archive.on('data', (chunk: unknown) => chunks.push(chunk as Buffer));
  const ended = new Promise<void>((resolve, reject) => archive.on('end', resolve).on('error', reject));
  for (const file of files)
    archive.entry({ name: `${name}/${file}`, mtime, mode: 0o644 }, await readFile(join(folder, file)));
  archive.finalize();
  await ended;
  // Stored, not deflated: what deflate makes of it depends on the CPU and on Node's zlib.
  const packed = gzipSync(Buffer.concat(chunks), { level: 0 });
  packed[9] = 255; // The operating system's byte: the one thing that differs from platform to platform.
  return packed;
}
