import { keyHasher } from '@quorate/hash';
import { expect, test } from 'vitest';

import { draw, moreOf } from '../../src/rendezvous/draw.ts';
import { someKeys } from '../support/all-placements.ts';

const hasher = keyHasher();
const halves = someKeys(4_000).map((key) => {
  hasher.hash(key);
  return { high: hasher.high, low: hasher.low };
});

/** The part of bits that are set, 0..1. */
function density(words: readonly number[]): number {
  const counts = words.map((word) => {
    let count = 0;
    for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
    return count;
  });
  return counts.reduce((sum, count) => sum + count, 0) / (32 * words.length);
}

test('one other bit of either half changes half of a draw', () => {
  for (let bit = 0; bit < 32; bit += 1) {
    const flip = 1 << bit;
    const byHigh = halves.map(({ high, low }) => draw(high, low) ^ draw(high ^ flip, low));
    const byLow = halves.map(({ high, low }) => draw(high, low) ^ draw(high, low ^ flip));
    expect(density(byHigh)).toBeCloseTo(0.5, 1);
    expect(density(byLow)).toBeCloseTo(0.5, 1);
  }
});

test('further bits are not those of the draw', () => {
  const both = halves.map(({ high, low }) => draw(high, low) ^ moreOf(draw(high, low), low, high));
  expect(density(both)).toBeCloseTo(0.5, 1);
});
