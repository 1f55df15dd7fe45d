/*
 * What goes wrong elsewhere: the hash function is public, and so is its seed. Who chooses keys puts
 * all of them into one block, which then says yes to every key that goes there.
 */
import { keyHasher, type KeyHasher } from '@quorate/hash';
import { expect, test } from 'vitest';

import { SplitBlockBloomFilter } from '../../src/split-block-bloom.ts';

const blockCount = 256;
const secret = Uint8Array.from({ length: 16 }, (_, index) => 31 * index + 7);

/** Keys that the public function sends to block 0: what an attacker finds in a second. */
function chosenKeys(count: number): readonly string[] {
  const hasher = keyHasher();
  const keys: string[] = [];
  for (let index = 0; keys.length < count; index += 1) {
    const key = `user-${index}`;
    hasher.hash(key);
    if (hasher.high >>> 24 === 0) keys.push(key);
  }
  return keys;
}

function rateAfterFlood(hasher: KeyHasher): number {
  const keys = chosenKeys(600);
  const filter = new SplitBlockBloomFilter({ blockCount, hasher });
  for (const key of keys.slice(0, 300)) filter.add(key);
  const strangers = keys.slice(300);
  return strangers.filter((key) => filter.has(key)).length / strangers.length;
}

test('chosen keys drive the rate of a public function to 1', () => {
  expect(rateAfterFlood(keyHasher())).toBeGreaterThan(0.99);
});

test('they are keys like any others to a function with a secret', () => {
  expect(rateAfterFlood(keyHasher('siphash-1-3', secret))).toBeLessThan(0.01);
});
