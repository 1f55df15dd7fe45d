import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { sha256 } from '../../src/redis/sha-256.ts';

test('the example of the standard has the digest of the standard', () => {
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('any text has the digest that Node finds, around every length of a block', () => {
  const text = fc.oneof(
    fc.integer({ min: 0, max: 200 }).map((length) => 'x'.repeat(length)),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  fc.assert(
    fc.property(text, (value) => {
      expect(sha256(value)).toBe(createHash('sha256').update(value).digest('hex'));
    }),
  );
});
