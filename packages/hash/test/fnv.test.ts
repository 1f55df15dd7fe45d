import { expect, test } from 'vitest';

import { fnv1ax32, fnv1ax64, fnv1x32, fnv1x64 } from '../src/fnv.ts';
import { hex32, hex64 } from './support/vectors.ts';

// The test program of the FNV authors.
test.each([
  ['', '811c9dc5', '811c9dc5', 'cbf29ce484222325', 'cbf29ce484222325'],
  ['a', '050c5d7e', 'e40c292c', 'af63bd4c8601b7be', 'af63dc4c8601ec8c'],
  ['foobar', '31f0b262', 'bf9cf968', '340d8765a4dda9c2', '85944171f73967e8'],
])('%j', (text, fnv1of32, fnv1aOf32, fnv1of64, fnv1aOf64) => {
  expect(hex32(fnv1x32(text))).toBe(fnv1of32);
  expect(hex32(fnv1ax32(text))).toBe(fnv1aOf32);
  expect(hex64(fnv1x64(text))).toBe(fnv1of64);
  expect(hex64(fnv1ax64(text))).toBe(fnv1aOf64);
});

test('64 bits are those of exact arithmetic', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index * 7);
  let exact = 0xcbf2_9ce4_8422_2325n;
  for (const byte of bytes) {
    exact = BigInt.asUintN(64, (exact ^ BigInt(byte)) * 0x0100_0000_01b3n);
  }
  expect(hex64(fnv1ax64(bytes))).toBe(exact.toString(16).padStart(16, '0'));
});

test('writes into the array that it is given', () => {
  const out = new Uint32Array(2);
  expect(fnv1x64('a', out)).toBe(out);
  expect(fnv1x64('a')).toEqual(out);
  expect(fnv1ax64('a', out)).toBe(out);
  expect(fnv1ax64('a')).toEqual(out);
});
