import { describe, expect, test } from 'vitest';

import {
  beginWalk,
  indicesOf,
  SYMBOL_INDEX_MAX,
  WALK_WORDS,
  walkOn,
} from '../../src/difference/symbol-walk.ts';
import { hashesFrom } from '../support/random-hashes.ts';

describe('a walk', () => {
  test('begins at the first symbol and only goes on', () => {
    const hashes = hashesFrom(1, 500);
    for (let at = 0; at < hashes.length; at += 2) {
      const indices = [...indicesOf(hashes[at]!, hashes[at + 1]!, 10_000)];
      expect(indices[0]).toBe(0);
      expect(indices).toEqual([...new Set(indices)].sort((left, right) => left - right));
    }
  });

  // The walk of 1, 2 as it was when the first sketches were exchanged: two versions must agree.
  test('is the same for ever', () => {
    expect([...indicesOf(1, 2, 200)]).toMatchInlineSnapshot(`
      [
        0,
        1,
        8,
        9,
        10,
        46,
      ]
    `);
    expect([...indicesOf(0, 0, 200)]).toEqual([...indicesOf(0, 1, 200)]);
  });

  test('visits symbol i with probability 1 / (1 + i / 2)', () => {
    const elementCount = 40_000;
    const hashes = hashesFrom(7, elementCount);
    const visits = new Array<number>(64).fill(0);
    for (let at = 0; at < hashes.length; at += 2) {
      for (const index of indicesOf(hashes[at]!, hashes[at + 1]!, visits.length)) {
        visits[index]! += 1;
      }
    }
    for (const [index, count] of visits.entries()) {
      const share = 1 / (1 + index / 2);
      const deviation = Math.sqrt(elementCount * share * (1 - share));
      expect(Math.abs(count - elementCount * share)).toBeLessThan(5 * deviation + 1);
    }
  });

  test('ends at the last symbol there is', () => {
    const walk = new Uint32Array(WALK_WORDS);
    beginWalk(walk, 0, 3, 4);
    let steps = 0;
    for (; walk[2]! < SYMBOL_INDEX_MAX; steps += 1) walkOn(walk, 0);
    walkOn(walk, 0);
    expect(walk[2]).toBe(SYMBOL_INDEX_MAX);
    expect(steps).toBeLessThan(200);
  });
});
