import fc from 'fast-check';
import { expect, test } from 'vitest';

import { Interner } from '../src/interner.ts';

const value = fc.oneof(
  fc.string({ maxLength: 2 }),
  fc.array(fc.nat(3), { maxLength: 3 }),
  fc.constantFrom(undefined, null, 0, -0, Number.NaN, true),
);

test('numbers are places in a list of distinct values', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 300, size: 'max' }), (values) => {
      const interner = new Interner<unknown>();
      const twin: string[] = [];
      for (const met of values) {
        const text = Object.is(met, -0)
          ? '-0'
          : `${typeof met} ${JSON.stringify(met)} ${String(met)}`;
        if (!twin.includes(text)) twin.push(text);
        expect(interner.numberOf(met)).toBe(twin.indexOf(text));
        expect(interner.at(twin.indexOf(text))).toMatchObject({ value: met });
      }
      expect(interner.size).toBe(twin.length);
    }),
  );
});

test('a model may say what is the same', () => {
  const parity = new Interner<number>({
    equals: (left, right) => left % 2 === right % 2,
    hash: (number) => number % 2,
  });
  expect([1, 2, 3, 4].map((number) => parity.numberOf(number))).toEqual([0, 1, 0, 1]);
});
