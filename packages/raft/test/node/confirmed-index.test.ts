import { expect, test } from 'vitest';

import { ConfirmedIndex } from '../../src/node/confirmed-index.ts';

test('what was asked for last counts, whatever order the answers come in', () => {
  const confirmed = new ConfirmedIndex();
  confirmed.remember(9, { nowMs: 20, wallTimeMs: 20 });
  confirmed.remember(8, { nowMs: 10, wallTimeMs: 10 });
  expect(confirmed.within(10, { nowMs: 30, wallTimeMs: 30 })).toBe(9);
  expect(confirmed.within(9, { nowMs: 30, wallTimeMs: 30 })).toBeUndefined();
});

test('a wall clock that was set back does not make it younger', () => {
  const confirmed = new ConfirmedIndex();
  confirmed.remember(9, { nowMs: 20, wallTimeMs: 1_000 });
  expect(confirmed.within(10, { nowMs: 31, wallTimeMs: 0 })).toBeUndefined();
});
