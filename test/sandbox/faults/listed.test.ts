import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from '../../../src/cli/catalogue.ts';
import { commandHelp } from '../../../src/cli/help.ts';
import { commonParameters } from '../../../src/sandbox/faults/fault-order.ts';
import { faultNames, kindOf } from '../../../src/sandbox/faults/kinds.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'sandbox.md'), 'utf8');
const section = page.slice(page.indexOf('### Faults'), page.indexOf('### Sabotage'));
const rows = section.split('\n').flatMap((line) => {
  const cells = /^\| `(?<name>[a-z0-9-]+)` \|[^|]+\|(?<parameters>[^|]*)\|$/u.exec(line)?.groups;
  return cells === undefined ? [] : [cells];
});

test('the documentation lists every fault once, with its parameters, and no other', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual([...faultNames].sort());
  const documented = Object.fromEntries(
    rows.map(({ name = '', parameters = '' }) => [
      name,
      [...parameters.matchAll(/`([a-zA-Z]+)`/gu)].flatMap(([, found = '']) =>
        (commonParameters as readonly string[]).includes(found) ? [] : [found],
      ),
    ]),
  );
  for (const name of faultNames)
    expect([name, documented[name]?.sort()]).toEqual([name, Object.keys(kindOf(name).parameters).sort()]);
});

test('the documentation says of a fault that it lasts where it does', () => {
  const lasting = section
    .split('\n')
    .flatMap((line) => (/^\| `([a-z0-9-]+)` \|[^|]*; lasts \|/u.exec(line) ?? [])[1] ?? []);
  expect(lasting.sort()).toEqual(faultNames.filter((name) => ['lasting', 'state'].includes(kindOf(name).lasts)).sort());
});

test.each(['sandbox start', 'sandbox serve'])('the help of %s names every fault', (name) => {
  const command = catalogue.find((one) => one.name === name);
  const help = command === undefined ? '' : commandHelp(command, 100);
  const words = new Set(help.split(/[\s,]+/u));
  expect(faultNames.filter((fault) => !words.has(fault))).toEqual([]);
});
