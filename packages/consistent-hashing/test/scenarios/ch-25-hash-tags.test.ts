/*
 * What goes wrong elsewhere: braces are found with an expression that takes the last "}", or an
 * empty pair for a tag, and keys that one client puts together another looks for elsewhere.
 */
import { describe, expect, test } from 'vitest';

import { redisSlot } from '../../src/slots/redis-slot.ts';
import { redisSlots } from '../../src/slots/slots.ts';
import { hasSharedData, sharedText } from '../support/shared-data.ts';

test.each([
  // From the tests of cluster-key-slot.
  ['abc{foobar}', 12_325, 'the tag alone counts'],
  ['h8a9sd{foobar}}{asd}}', 12_325, 'the first "}" ends it'],
  ['{{foobar}', 16_235, 'the first "{" begins it, so that the tag is "{foobar"'],
  ['{foobar', 16_235, 'without an end there is no tag'],
  ['foobar{}', 4_435, 'an empty tag is none'],
  ['{}foobar', 14_573, 'an empty tag in front is none, whatever follows'],
])('%s has slot %d: %s', (key, slot) => {
  expect(redisSlot(key)).toBe(slot);
  expect(redisSlot(new TextEncoder().encode(key))).toBe(slot);
  expect(redisSlots({ nodes: ['a'] }).slotOf(key)).toBe(slot);
});

interface Vectors {
  readonly slots: readonly (readonly [string, number])[];
  readonly bytes_hex: readonly (readonly [string, number])[];
}

describe.skipIf(!hasSharedData)('all keys of cluster-key-slot', () => {
  test('have their slots', () => {
    const parsed: unknown = JSON.parse(sharedText('redis-cluster-slots.json'));
    const { slots, bytes_hex: bytes } = parsed as Vectors;
    expect(slots.map(([key]) => redisSlot(key))).toEqual(slots.map(([, slot]) => slot));
    expect(bytes.map(([hex]) => redisSlot(Buffer.from(hex, 'hex')))).toEqual(
      bytes.map(([, slot]) => slot),
    );
  });
});
