import { expect, test } from 'vitest';
import { redact } from '../../src/errors/redact.ts';

test.each([
  ['GET https://arm.example/operations/1?api-version=1&t=2&s=signature failed', 'signature'],
  ['connect to https://user:pass-word@proxy.example:8080 refused', 'pass-word'],
  ['pull oci://robot:pass-word@registry.example/charts/cilium', 'pass-word'],
  ['Authorization: Bearer abcdefgh.ijkl', 'abcdefgh'],
  ['"client_secret": "a-secret"', 'a-secret'],
])('%s keeps its secret', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

test('an address without a login stays as it is', () => {
  expect(redact('see https://aka.ms/aks-pending-operation, or mail a@b.example')).toBe(
    'see https://aka.ms/aks-pending-operation, or mail a@b.example',
  );
});
