import { expect, test } from 'vitest';
import { redactor } from '../../src/render/redact.ts';

test('a secret that was named is never shown, however it is written', () => {
  const { add, redact } = redactor();
  add('p@ss "word"/1');
  expect(redact('plain p@ss "word"/1')).toBe('plain [redacted]');
  expect(redact(JSON.stringify({ secret: 'p@ss "word"/1' }))).not.toContain('word');
  expect(redact(`?p=${encodeURIComponent('p@ss "word"/1')}`)).toBe('?p=[redacted]');
});

test('a short word is no secret: it would blank out half of every line', () => {
  const { add, redact } = redactor();
  add('a');
  add('');
  expect(redact('a banana')).toBe('a banana');
});

test.each([
  ['a token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhYmMifQ.c2lnbmF0dXJl'],
  ['an authorization header', 'Authorization: Bearer abcdef0123456789'],
  ['a signed operation URL', 'https://management.azure.com/x?api-version=1&t=123&c=SECRETC&s=SECRETS&h=SECRETH'],
  ['a shared access signature', 'https://x.blob.core.windows.net/y?sv=1&sig=SECRET%2Fabc'],
  ['a private key', '-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----'],
  ['a kubeconfig', '    client-key-data: SECRETDATA==\n    client-certificate-data: SECRETDATA=='],
  ['a form', 'client_id=x&client_secret=SECRET&grant_type=client_credentials'],
  ['JSON', '{"clientSecret":"SECRET","sharedKey": "SECRET"}'],
])('%s is recognised by its shape', (_what, text) => {
  const clean = redactor().redact(text);
  expect(clean).toContain('[redacted]');
  expect(clean).not.toMatch(/SECRET|abcdef0123456789|eyJzdWIi|c2lnbmF0dXJl/u);
});

test('what is no secret stays: codes, correlation ids, api-versions', () => {
  const text = 'QuotaExceeded 6f1c2d3e-0000-4000-8000-000000000001 https://x/y?api-version=2026-01-01&$top=5';
  expect(redactor().redact(text)).toBe(text);
});

test('the login of a proxy or a registry is not shown', () => {
  const { redact } = redactor();
  expect(redact('HTTPS_PROXY=http://me:p-ss@proxy.example:8080/')).toBe(
    'HTTPS_PROXY=http://[redacted]@proxy.example:8080/',
  );
});
