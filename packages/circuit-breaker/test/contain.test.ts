import { expect, test } from 'vitest';

import { contained, containedAnswer } from '../src/contain.ts';

const failing = (): never => {
  throw new Error('of the caller');
};

test('what a listener throws goes nowhere', () => {
  expect(() => contained(failing)).not.toThrow();
});

test('a question that fails is answered by the default', () => {
  expect(containedAnswer<number>(failing, 7)).toBe(7);
  expect(containedAnswer(() => 1, 7)).toBe(1);
});
