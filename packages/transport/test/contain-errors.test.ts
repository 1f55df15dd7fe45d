import { expect, test } from 'vitest';

import { containErrors } from '../src/contain-errors.ts';

test('passes errors on, and swallows what the reporter throws', () => {
  const seen: unknown[] = [];
  containErrors((error) => seen.push(error))('first');
  const report = containErrors(() => {
    throw new Error('thrown by the reporter');
  });
  expect(() => report('second')).not.toThrow();
  expect(seen).toEqual(['first']);
});
