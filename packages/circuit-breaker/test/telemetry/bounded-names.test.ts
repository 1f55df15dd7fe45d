import { expect, test } from 'vitest';

import { BoundedNames } from '../../src/telemetry/bounded-names.ts';

test('the first thousand names are kept, and the rest is one', () => {
  const names = new BoundedNames();
  for (let index = 0; index < 1_000; index += 1) {
    expect(names.boundedOf(`n${index}`)).toBe(`n${index}`);
  }
  expect(names.boundedOf('one more')).toBe('other');
  expect(names.boundedOf('n0')).toBe('n0');
});
