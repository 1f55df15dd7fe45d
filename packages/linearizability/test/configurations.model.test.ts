import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Configurations } from '../src/configurations.ts';

/** Few words, states and hashes, so that collisions and repetitions are the rule. */
const word = fc.constantFrom(0, 1, -1);
const drawn = fc.record({
  hash: fc.nat(1),
  state: fc.nat(2),
  bits: fc.array(word, { minLength: 4, maxLength: 4 }),
  first: fc.nat(2),
  last: fc.integer({ min: -1, max: 3 }),
});

describe('remembered configurations', () => {
  test('are those of a set of texts, whatever the hashes', () => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 3_000, size: 'max' }), (added) => {
        const configurations = new Configurations({ bytesLeft: 2 ** 24 });
        const twin = new Set<string>();
        for (const { hash, state, bits, first, last } of added) {
          const text = JSON.stringify([hash, state, first, bits.slice(first, last + 1)]);
          const outcome = configurations.add(hash, state, Int32Array.from(bits), first, last);
          expect(outcome).toBe(twin.has(text) ? 'known' : 'new');
          twin.add(text);
        }
        expect(configurations.count).toBe(twin.size);
      }),
      { numRuns: 50 },
    );
  });

  test('are told apart by state and place where all else is equal', () => {
    const configurations = new Configurations({ bytesLeft: 2 ** 24 });
    const ones = Int32Array.of(1, 1, 1);
    const hashWith = (state: number): number => Math.imul(state, 0x9e3779b1);
    // The two parts of what is hashed cancel each other out.
    expect(configurations.add(hashWith(7), 7, ones, 0, 1)).toBe('new');
    expect(configurations.add(hashWith(8), 8, ones, 0, 1)).toBe('new');
    expect(configurations.add(hashWith(8), 8, ones, 1, 2)).toBe('new');
    expect(configurations.add(hashWith(8), 8, ones, 1, 1)).toBe('new');
    expect(configurations.add(hashWith(8), 8, Int32Array.of(1, 2), 0, 1)).toBe('new');
    expect(configurations.add(hashWith(8), 8, ones, 0, 1)).toBe('known');
  });

  test('without memory left nothing is added', () => {
    const configurations = new Configurations({ bytesLeft: 100_000 });
    let added = 0;
    while (configurations.add(added, added, new Int32Array(1), 0, 0) === 'new') added += 1;
    expect(configurations.count).toBe(added);
    expect(configurations.add(0, 0, new Int32Array(1), 0, 0)).toBe('known');
  });
});
