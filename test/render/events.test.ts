import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { eventSchema } from '../../src/render/event-schema.ts';
import { ndjsonLine } from '../../src/render/ndjson.ts';
import { story } from './story.ts';

const validate = new Ajv2020({ strict: true }).compile(eventSchema());

test.each(
  story('failed')
    .concat(story('done'))
    .map((event) => [event.type, event] as const),
)('a line of ndjson with %s is as the schema says', (_type, event) => {
  const line = ndjsonLine(event);
  expect(line.endsWith('\n')).toBe(true);
  expect(line.trimEnd()).not.toContain('\n');
  expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
});

test.each([{ type: 'step.done', step: 'cluster' }, { type: 'step.exploded' }, {}])('the schema refuses %j', (event) => {
  expect(validate({ v: 1, seq: 1, time: '2026-11-23T10:00:00.000Z', ...event })).toBe(false);
});
