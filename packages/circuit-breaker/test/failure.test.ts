import { expect, test } from 'vitest';

import { hasCode, retryAfterMsOf } from '../src/failure.ts';

test('the wait that an error asks for is read from it, whoever made it', () => {
  expect(retryAfterMsOf({ retryAfterMs: 250 })).toBe(250);
  expect(retryAfterMsOf(Object.assign(new Error('busy'), { retryAfterMs: 0 }))).toBe(0);
});

test.each([undefined, null, 'text', 7, {}, { retryAfterMs: -1 }, { retryAfterMs: NaN }])(
  'no wait is read from %o',
  (error) => {
    expect(retryAfterMsOf(error)).toBeUndefined();
  },
);

test('a wait that is no number is none', () => {
  expect(retryAfterMsOf({ retryAfterMs: '5' })).toBeUndefined();
});

test('a code is compared, not searched for', () => {
  expect(hasCode({ code: 'CIRCUIT_OPEN' }, 'CIRCUIT_OPEN')).toBe(true);
  expect(hasCode({ code: 'CIRCUIT_OPENED' }, 'CIRCUIT_OPEN')).toBe(false);
  expect(hasCode(undefined, 'CIRCUIT_OPEN')).toBe(false);
  expect(hasCode(null, 'CIRCUIT_OPEN')).toBe(false);
});
