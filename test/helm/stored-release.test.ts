import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { storedRelease } from '../../src/helm/stored-release.ts';

const secret = (record: string, version = '1') => ({
  labels: { name: 'cilium', version },
  data: { release: Buffer.from(gzipSync(record).toString('base64')).toString('base64') },
});

test('reads the newest revision', () => {
  const record = (version: number) => JSON.stringify({ name: 'cilium', version, info: { status: 'deployed' } });
  expect(storedRelease([secret(record(2), '2'), secret(record(10), '10')])).toMatchObject({
    revision: 10,
    status: 'deployed',
  });
});

test('a status that is none of helm’s words is unknown', () => {
  expect(storedRelease([secret(JSON.stringify({ info: { status: 'resting' } }))])?.status).toBe('unknown');
});

test('a record that cannot be read is named, and nothing of it is told', () => {
  const damaged = [secret('{"key": "a-secret-nobody-may-see'), { ...secret('{}'), data: { release: 'a-secret' } }];
  for (const record of damaged) {
    let thrown: unknown;
    try {
      storedRelease([record]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ kind: 'failed', hint: expect.stringContaining('sh.helm.release.v1.cilium.v1') });
    expect(String(thrown)).not.toContain('a-secret');
    expect(thrown instanceof Error && thrown.cause).toBeUndefined();
  }
});
