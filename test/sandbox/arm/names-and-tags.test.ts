import { describe, expect, test } from 'vitest';
import { world } from '../world.ts';
import type { World } from '../world.ts';

const version = 'api-version=2025-04-01';
const put = (sandbox: World, name: string, tags: object = {}) =>
  sandbox.request('PUT', `${sandbox.subscription}/resourcegroups/${encodeURIComponent(name)}?${version}`, {
    body: { location: 'uksouth', tags },
  });
const many = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));

describe('a group', () => {
  test.each([
    ['a b!', /^The provided resource group name 'a b!' has these invalid characters: ' !'\. The name can only be/u],
    ['lab.', /ends with a period/u],
    ['x'.repeat(91), /has 91 characters/u],
  ])('cannot be called %s', async (name, message) => {
    expect(await put(await world(), name)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidResourceGroup', message: expect.stringMatching(message) } },
    });
  });

  test.each(['x'.repeat(90), 'Größe_(1).a'])('can be called %s', async (name) => {
    expect((await put(await world(), name)).status).toBe(201);
  });
});

describe('tags', () => {
  test.each([
    ['51 of them', many(51), 'InvalidTags', /Requested tag count - '51'\. Maximum number of tags allowed - '50'/u],
    [
      'a slash and a percent sign',
      { 'a/b': '', 'c%d': '' },
      'InvalidTagNameCharacters',
      /The tag names 'a\/b, c%d' have/u,
    ],
    ['a control character', { 'a\u0007': '' }, 'InvalidTagNameCharacters', /control characters/u],
    ['no name', { ' ': 'x' }, 'InvalidTagName', /non-empty/u],
    ['a name of 513 characters', { ['n'.repeat(513)]: '' }, 'InvalidTagName', /'512' characters/u],
    ['a value of 257 characters', { a: 'v'.repeat(257) }, 'InvalidTagValueLength', /'256' characters/u],
    ["a name that is Microsoft's own", { azureThing: 'x' }, 'InvalidTagNamePrefix', /reserved prefixes/u],
  ])('%s are too much', async (_name, tags, code, message) => {
    expect(await put(await world(), 'rg', tags)).toMatchObject({
      status: 400,
      body: { error: { code, message: expect.stringMatching(message) } },
    });
  });

  test('to the limit are taken, everywhere', async () => {
    const sandbox = await world();
    expect((await put(sandbox, 'rg', { ...many(49), ['n'.repeat(512)]: 'v'.repeat(256) })).status).toBe(201);
    const tags = `${sandbox.subscription}/resourceGroups/rg/providers/Microsoft.Resources/tags/default?${version}`;
    const merge = { operation: 'Merge', properties: { tags: { one: 'more' } } };
    expect(await sandbox.request('PATCH', tags, { body: merge })).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidTags' } },
    });
  });
});
