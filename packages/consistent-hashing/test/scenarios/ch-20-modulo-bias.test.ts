/*
 * What goes wrong elsewhere: 32 bits modulo a number near 2^32 hit some remainders twice as often;
 * bits that chose the node choose its neighbour too.
 */
import { expect, test } from 'vitest';

import { maglev } from '../../src/maglev/maglev.ts';
import { someKeys } from '../support/all-placements.ts';

test('the longest table that is allowed has no entry 1 in 500 more likely than another', () => {
  expect(() => maglev({ nodes: ['a'], tableSize: 3_221_225_473 })).toThrow(/^tableSize/);
  const most = Math.ceil(2 ** 32 / 4_194_301) / Math.floor(2 ** 32 / 4_194_301);
  expect(most).toBeLessThan(1 + 1 / 500);
});

test('keys fall evenly into the entries', () => {
  const placement = maglev({ nodes: ['a'], tableSize: 101 });
  const counts = new Float64Array(101);
  for (const key of someKeys(101_000)) {
    placement.bits.hash(key);
    counts[(placement.bits.low >>> 0) % 101]! += 1;
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  // With 100 degrees of freedom, 149.4 is passed once in a thousand.
  expect(chiSquare).toBeLessThan(149.4);
});
