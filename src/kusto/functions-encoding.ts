import { createHash } from 'node:crypto';
import { toText } from './cast.ts';
import { derive } from './expr.ts';
import { type Builder, argument, simple } from './function-kit.ts';
import { refuse } from './refused.ts';
import { type Dynamic, isArray } from './values.ts';

function bytesOf(text: string): Buffer | null {
  const trimmed = text.trim();
  const padless = trimmed.replace(/=+$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(padless) || padless.length % 4 === 1 || trimmed.length % 4 !== 0) return null;
  return Buffer.from(padless, 'base64');
}

/** Empty for what is no base64 or no UTF-8. */
function decodeText(text: string): string {
  const bytes = bytesOf(text);
  if (bytes === null) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}

function decodeBytes(text: string): Dynamic {
  const bytes = bytesOf(text);
  return bytes === null ? null : Array.from(bytes, (byte) => BigInt(byte));
}

function encodeBytes(value: Dynamic): string {
  if (!isArray(value)) return '';
  const bytes = value.map((item) =>
    typeof item === 'bigint' && item >= 0n && item < 256n
      ? Number(item)
      : refuse('base64_encode_fromarray() of what are no bytes is not evaluated'),
  );
  return Buffer.from(bytes).toString('base64');
}

const hash =
  (algorithm: string): Builder =>
  (call) => {
    const value = argument(call, 0);
    return derive('string', [value], (row) =>
      createHash(algorithm)
        .update(toText(value.run(row), value.type))
        .digest('hex'),
    );
  };

// A guid's first three fields are little-endian in its bytes.
function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Buffer.concat([
    bytes.subarray(0, 4).reverse(),
    bytes.subarray(4, 6).reverse(),
    bytes.subarray(6, 8).reverse(),
    bytes.subarray(8),
  ]);
}

export const encodingFunctions: Readonly<Record<string, Builder>> = {
  base64_decode_tostring: simple('string', ['string'], decodeText),
  base64_decodestring: simple('string', ['string'], decodeText),
  base64_decode_toarray: simple('dynamic', ['string'], decodeBytes),
  base64_encode_tostring: simple('string', ['string'], (text) => Buffer.from(text).toString('base64')),
  base64_encodestring: simple('string', ['string'], (text) => Buffer.from(text).toString('base64')),
  base64_encode_fromarray: simple('string', ['dynamic'], encodeBytes),
  base64_encode_fromguid: simple('string', ['guid'], (guid) => guidBytes(guid).toString('base64')),
  hash_md5: hash('md5'),
  hash_sha1: hash('sha1'),
  hash_sha256: hash('sha256'),
};
