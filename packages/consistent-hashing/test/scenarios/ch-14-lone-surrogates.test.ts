/*
 * What goes wrong elsewhere: a string with half a surrogate pair is hashed in one way where it is
 * short and in another where it is long, or in one browser and not in another, and the key has two
 * owners.
 */
import { expect, test } from 'vitest';

import { allPlacements, someIds } from '../support/all-placements.ts';

test.each(allPlacements)('%s takes a lone surrogate for U+FFFD, at every length', (_, make) => {
  const placement = make(someIds(20));
  const bitsOf = (key: string | Uint8Array) => {
    placement.bits.hash(key);
    return [placement.bits.high, placement.bits.low];
  };
  for (let length = 0; length <= 64; length += 1) {
    const before = 'x'.repeat(length);
    const replaced = bitsOf(`${before}\ufffd`);
    expect(bitsOf(`${before}\ud800`)).toEqual(replaced);
    expect(bitsOf(`${before}\udfff`)).toEqual(replaced);
    expect(bitsOf(new TextEncoder().encode(`${before}\ud800`))).toEqual(replaced);
    expect(bitsOf(`${before}\u{10000}`)).not.toEqual(replaced);
  }
});
