import type { Key } from '@quorate/hash';

/** Keys as they come in practice: the key of a number, never the same for two numbers. */
export const keyFamilies: Readonly<Record<string, (index: number) => Key>> = {
  'sequential integers': (index) => index,
  'multiples of 4096': (index) => ({ high: index >>> 20, low: (index << 12) >>> 0 }),
  'decimal digits': String,
  'a long shared prefix': (index) => `https://example.org/customers/eu-central-1/orders/${index}`,
  'random-looking identifiers': (index) => {
    const mixed = Math.imul(index ^ 0x5bd1_e995, 0x9e37_79b1) >>> 0;
    return `${mixed.toString(16).padStart(8, '0')}-${index.toString(36)}`;
  },
};

/** What a test of any growing filter needs to know of it. */
export interface Answers {
  has(key: Key): boolean;
}

/** How many of the keys from `first` to `last`, excluded, `filter` says yes to. */
export function countFound(
  filter: Answers,
  keyOf: (index: number) => Key,
  [first, last]: readonly [number, number],
): number {
  let found = 0;
  for (let index = first; index < last; index += 1) if (filter.has(keyOf(index))) found += 1;
  return found;
}

/** The most that chance makes of `expected` hits, at four deviations. */
export function withChance(expected: number): number {
  return expected + 4 * Math.sqrt(expected) + 4;
}
