import { describe, expect, test } from 'vitest';

import { keyHasher } from '../src/key-hasher.ts';
import { keyInput } from '../src/key-input.ts';

describe('keyInput', () => {
  test('leaves text and bytes as they are', () => {
    const bytes = new Uint8Array([1]);
    expect(keyInput('é')).toBe('é');
    expect(keyInput(bytes)).toBe(bytes);
  });

  test.each([0, 7, 2 ** 32 - 1, 0n, 2n ** 64n - 1n, { high: 0xdeadbeef, low: 1 }])(
    'makes the bytes of %s that a hasher of keys makes',
    (key) => {
      const byKey = keyHasher();
      byKey.hash(key);
      const byInput = keyHasher();
      byInput.hash(keyInput(key));
      expect([byInput.high, byInput.low]).toEqual([byKey.high, byKey.low]);
    },
  );

  test('puts the lowest byte first', () => {
    const bytes = Uint8Array.of(4, 3, 2, 1, 0, 0, 0, 0);
    expect(keyInput(0x01020304)).toEqual(bytes);
    expect(keyInput(0x01020304n)).toEqual(bytes);
    expect(keyInput({ high: 0x05060708, low: 0xffffffff })).toEqual(
      Uint8Array.of(255, 255, 255, 255, 8, 7, 6, 5),
    );
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN, -1n, 2n ** 64n, { high: -1, low: 0 }])(
    'refuses %s',
    (key) => {
      expect(() => keyInput(key)).toThrow(RangeError);
      expect(() => keyHasher().hash(key)).toThrow(RangeError);
    },
  );
});
