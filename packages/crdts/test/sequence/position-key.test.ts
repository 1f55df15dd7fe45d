import fc from 'fast-check';
import { expect, test } from 'vitest';

import { keyBetween } from '../../src/sequence/position-key.ts';

test('wherever keys are put, they are in order and differ', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(999), { maxLength: 80, size: 'max' }), (places) => {
      const keys: string[] = [];
      for (const place of places) {
        const at = place % (keys.length + 1);
        keys.splice(at, 0, keyBetween(keys[at - 1] ?? '', keys[at]));
      }
      expect(keys).toEqual([...new Set(keys)].sort());
      expect(keys.every((key) => key !== '' && !key.endsWith('0'))).toBe(true);
    }),
  );
});

test('keys at the end grow slowly', () => {
  let key = '';
  for (let index = 0; index < 1_000; index += 1) key = keyBetween(key, undefined);
  expect(key.length).toBeLessThan(20);
});

test('keys that are equal, or in no order, are followed', () => {
  expect(keyBetween('A', 'A') > 'A').toBe(true);
  expect(keyBetween('B', 'A') > 'B').toBe(true);
});

test('what others may send is no key, and yet something is above it', () => {
  for (const text of ['\u{1f600}', '-', 'zz', '0', '__proto__']) {
    expect(typeof keyBetween(text, undefined)).toBe('string');
    expect(typeof keyBetween('', text)).toBe('string');
  }
});
