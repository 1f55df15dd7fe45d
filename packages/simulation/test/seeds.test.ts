import { expect, test } from 'vitest';

import { seeds } from '../src/index.ts';

test('counts up, unless one seed is to be replayed', () => {
  expect(seeds(undefined, 4)).toEqual([0, 1, 2, 3]);
  expect(seeds('', 1)).toEqual([0]);
  expect(seeds('0', 4)).toEqual([0]);
  expect(seeds('-17', 4)).toEqual([-17]);
});

test.each(['x', '1.5', 'NaN', 'Infinity', '9007199254740992'])('refuses SEED=%s', (replay) => {
  expect(() => seeds(replay, 1)).toThrow(`SEED: expected a safe integer, got '${replay}'`);
});

test.each([0, -1, 1.5, NaN])('refuses a count of %f', (count) => {
  expect(() => seeds(undefined, count)).toThrow(
    `count: expected an integer, at least 1, got ${count}`,
  );
});
