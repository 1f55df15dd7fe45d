import { expect, test } from 'vitest';

import { checkFunction, checkOptionalFunction } from '../src/function-checks.ts';

test('a function passes, and one that is left out where it may be', () => {
  checkFunction('onRetry', () => undefined);
  checkOptionalFunction('onRetry', undefined);
});

test.each([
  [null, 'null'],
  ['run', '"run"'],
  [{}, 'an object'],
  [1, '1'],
])('anything else is refused by name: %s', (value, shown) => {
  const message = `onRetry: expected a function, got ${shown}`;
  expect(() => checkFunction('onRetry', value)).toThrow(new TypeError(message));
  expect(() => checkOptionalFunction('onRetry', value)).toThrow(new TypeError(message));
});
