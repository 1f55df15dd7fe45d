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
