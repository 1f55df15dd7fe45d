import { expect, test } from 'vitest';

import {
  checkClock,
  checkFunction,
  checkMethods,
  checkOptionalFunction,
  checkRandom,
} from '../src/function-checks.ts';

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

test('an object passes that has the methods, its own or inherited', () => {
  class Clock {
    nowMs(): number {
      return 0;
    }
    wallTimeMs(): number {
      return 0;
    }
    setTimer(): void {
      // Never comes.
    }
  }
  checkClock(new Clock());
  checkRandom({ float: () => 0 });
});

test.each([undefined, null, 5, 'now', [], () => undefined])('%o is no object', (value) => {
  expect(() => checkMethods('port', value, 'send')).toThrow(/^port: expected an object, got /);
});

test('the first method that is missing is named', () => {
  const nowMs = (): number => 0;
  const message = 'clock.setTimer: expected a function, got 3';
  expect(() => checkClock({ nowMs, wallTimeMs: nowMs, setTimer: 3 })).toThrow(
    new TypeError(message),
  );
  expect(() => checkRandom({})).toThrow('random.float: expected a function, got undefined');
});
