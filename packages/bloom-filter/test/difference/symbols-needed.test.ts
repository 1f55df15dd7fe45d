import { describe, expect, test } from 'vitest';

import { Sketch } from '../../src/difference/sketch.ts';
import { guessDifference, symbolsToHave } from '../../src/difference/symbols-needed.ts';
import { hashesFrom } from '../support/random-hashes.ts';

describe('guessDifference', () => {
  test.each([40, 100, 300, 1_000])(
    'of %i elements is right within a factor of 2.5',
    (elementCount) => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const symbols = new Sketch(hashesFrom(seed, elementCount)).symbols(0, elementCount);
        const guess = guessDifference(symbols);
        expect(guess).toBeGreaterThan(elementCount / 2.5);
        expect(guess).toBeLessThan(elementCount * 2.5);
      }
    },
  );

  test('grows with the symbols if no symbol of the last half is empty', () => {
    const sketch = new Sketch(hashesFrom(1, 10_000));
    const guesses = [32, 64, 128, 256].map((end) => guessDifference(sketch.symbols(0, end)));
    for (const [place, guess] of guesses.entries()) expect(guess).toBeGreaterThan(64 * 2 ** place);
  });

  test('is never less than half the symbols, or a round would bring nothing', () => {
    expect(guessDifference(new Sketch(hashesFrom(1, 2)).symbols(0, 100))).toBe(50);
  });
});

describe('symbolsToHave', () => {
  test.each([
    [32, Infinity, 128],
    [32, 60, 90],
    [32, 10, 40],
    [100, 100, 150],
    [100, 10_000, 400],
  ])('after %i symbols and a guess of %d is %i', (symbolCount, guess, expected) => {
    expect(symbolsToHave(symbolCount, guess)).toBe(expected);
  });
});
