import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Charge, ChargeBook } from '../src/charge-book.ts';

const MAX = 5;

test('of what was not settled, the newest are known', () => {
  const steps = fc.array(fc.option(fc.nat(6), { nil: undefined, freq: 2 }), {
    minLength: 30,
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (some) => {
      const book = new ChargeBook(MAX, 'p-');
      const ids: string[] = [];
      let known: string[] = [];
      for (const settled of some) {
        if (settled === undefined) {
          ids.push(book.add([]));
          known = [...known, ids.at(-1) ?? ''].slice(-MAX);
        } else {
          const id = ids.at(-1 - settled) ?? 'none';
          book.settle(id);
          known = known.filter((other) => other !== id);
        }
        expect(book.size).toBe(known.length);
      }
    }),
  );
});

test('a charge that was forgotten for newer ones is none any more', () => {
  const charge = { key: 'k', cost: 1 } as Charge;
  const book = new ChargeBook(2, '');
  const [first = '', second = '', third = ''] = [1, 2, 3].map(() => book.add([charge]));
  expect(book.settle(second)).toEqual([charge]);
  const fourth = book.add([charge]);
  book.add([charge]);
  expect([first, third].map((id) => book.settle(id))).toEqual([[], []]);
  expect(book.settle(fourth)).toEqual([charge]);
});
