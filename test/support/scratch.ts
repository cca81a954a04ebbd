import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of the test's own, removed when the test ends. Call it inside a test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aks-ebpf-sentinel-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
