/*
 * What goes wrong elsewhere: the low bytes of UTF-16 units are hashed instead of UTF-8, which
 * agrees with everybody as long as keys are ASCII.
 */
import { expect, test } from 'vitest';

import { createHash } from 'node:crypto';

import { ketama } from '../../src/ketama/ketama.ts';
import { redisSlot } from '../../src/slots/redis-slot.ts';
import { allPlacements, someIds } from '../support/all-placements.ts';

const texts = ['é', 'e\u0301', '漢字', '汉字', '호텔', '💀', '𐀀', 'àâa', '👩‍👩‍👧'];

test.each([
  // From the tests of cluster-key-slot.
  ['éêe', 13_690],
  ['àâa', 3_872],
  ['漢字', 14_191],
  ['汉字', 16_196],
  ['호텔', 4_350],
  ['💀', 9_284],
  ['𐀀', 11_620],
])('%s has the slot of Redis', (key, slot) => {
  expect(redisSlot(key)).toBe(slot);
});

test.each(texts)('%s lies on a ketama ring where the MD5 of its UTF-8 lies', (key) => {
  const placement = ketama({ nodes: someIds(3), dialect: 'libketama' });
  placement.locate(key);
  const digest = createHash('md5').update(key, 'utf8').digest();
  expect(placement.bits.high >>> 0).toBe(digest.readUInt32LE(0));
});

test.each(allPlacements)(
  '%s knows text and its UTF-8 for one key, and normalises nothing',
  (_, make) => {
    const { bits } = make(someIds(3));
    const bitsOf = (key: string | Uint8Array) => {
      bits.hash(key);
      return [bits.high, bits.low];
    };
    for (const text of texts) expect(bitsOf(new TextEncoder().encode(text))).toEqual(bitsOf(text));
    expect(bitsOf('é')).not.toEqual(bitsOf('e\u0301'));
  },
);
