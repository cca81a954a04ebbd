import { expect, test } from 'vitest';
import { type StructuralSchema, withStructuralDefaults } from '../../src/kubernetes/structural-defaults.ts';

const schema: StructuralSchema = {
  properties: {
    syscall: { default: true },
    message: {},
    maybe: { default: 1, nullable: true },
    args: { items: { properties: { maxData: { default: false }, label: {} } } },
    options: { default: {}, properties: { deep: { default: 'x' } } },
    named: { additionalProperties: { properties: { on: { default: 0 } } } },
  },
};

test('fields that nobody set get their defaults, inside of lists, maps and defaults, too', () => {
  expect(withStructuralDefaults({ args: [{}, { maxData: true }], named: { a: {} } }, schema)).toEqual({
    syscall: true,
    maybe: 1,
    args: [{ maxData: false }, { maxData: true }],
    options: { deep: 'x' },
    named: { a: { on: 0 } },
  });
});

test('what was set stays, and null is a value only where the schema lets it be one', () => {
  const set = { syscall: false, maybe: null, options: { deep: 'y' } };
  expect(withStructuralDefaults(set, schema)).toEqual(set);
  expect(withStructuralDefaults({ syscall: null, maybe: 0, options: {} }, schema)).toEqual({
    syscall: true,
    maybe: 0,
    options: { deep: 'x' },
  });
});

test('without a schema nothing is added', () => {
  expect(withStructuralDefaults({ a: [1] }, undefined)).toEqual({ a: [1] });
});
