import { expect, test } from 'vitest';

import { isPromiseLike } from '../../src/policies/promise-like.ts';

test('promises and whatever has a `then` are still to come', () => {
  expect(isPromiseLike(Promise.resolve(1))).toBe(true);
  expect(isPromiseLike({ then: () => undefined })).toBe(true);
  expect(isPromiseLike(Object.assign(() => undefined, { then: () => undefined }))).toBe(true);
});

test.each([undefined, null, 0, '', 'then', {}, { then: 1 }])('%o is there', (answer) => {
  expect(isPromiseLike(answer)).toBe(false);
});
