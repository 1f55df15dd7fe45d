import { keyHasher } from '@quorate/hash';
import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  bytesOfWords,
  encodeFilter,
  filterKindOf,
  madeOf,
  openFilter,
  wordsOf,
} from '../../src/codec/filter-format.ts';
import { sealed } from '../support/filter-files.ts';

const bytes = encodeFilter({
  kind: 'bloom',
  hasher: keyHasher('xxh64', 0x0102_0304_0506_0708n),
  parameters: (writer) => writer.varint(300),
  body: [Uint8Array.of(1, 2), Uint8Array.of(3)],
});

function withByte(at: number, value: number): Uint8Array {
  const result = bytes.slice();
  result[at] = value;
  return sealed(result);
}

describe('a filter in bytes', () => {
  test('has the layout that the head of the file draws', () => {
    expect([...bytes.subarray(0, -4)]).toEqual([
      ...[0x51, 0x46, 0x4c, 0x54], // magic
      ...[1, 2, 2], // version, bloom, xxh64
      ...[8, 8, 7, 6, 5, 4, 3, 2, 1], // seed
      ...[2, 172, 2], // parameters
      ...[3, 1, 2, 3], // body
    ]);
  });

  test('reads back as what was written', () => {
    const { hasher, parameters, body } = openFilter(bytes, 'bloom');

    expect(filterKindOf(bytes)).toBe('bloom');
    expect(hasher.id).toBe('xxh64');
    expect([...hasher.seed]).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(parameters.varint()).toBe(300);
    expect([...body]).toEqual([1, 2, 3]);
  });

  test('reads back from any offset', () => {
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect([...openFilter(shifted.subarray(1), 'bloom').body]).toEqual([1, 2, 3]);
  });

  test('is refused when cut off anywhere, or with a byte more', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => openFilter(bytes.subarray(0, length), 'bloom')).toThrow(DecodeError);
    }
    expect(() => openFilter(Uint8Array.of(...bytes, 0), 'bloom')).toThrow(DecodeError);
  });

  test('is refused with any bit flipped', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openFilter(damaged, 'bloom')).toThrow(DecodeError);
    }
  });

  test.each([
    ['another magic', 0, 0x52, /^filter: expected a file of version 1/],
    ['the next version', 4, 2, /^filter: expected a file of version 1/],
    ['an unknown kind', 5, 200, /^filter: expected a file of version 1/],
    ['another kind', 5, 1, /^kind: expected bloom, got split-block/],
    ['an unknown hash', 6, 250, /^hash: expected a known code, got 250/],
    ['a hash with a seed of another length', 6, 1, /^seed: expected one for murmur3-x86-128/],
    ['a seed longer than the file', 7, 255, /^bytes: expected 255 more/],
    ['more parameters than there are bytes', 16, 100, /^bytes: expected 100 more/],
    ['a longer body than there are bytes', 19, 4, /^bytes: expected 4 more/],
    ['a shorter body', 19, 2, /^message: expected its end/],
  ])('is refused with %s, although the checksum fits', (_, at, value, message) => {
    const changed = withByte(at, value);
    expect(() => openFilter(changed, 'bloom')).toThrow(DecodeError);
    expect(() => openFilter(changed, 'bloom')).toThrow(message);
  });
});

describe('words', () => {
  test('are little-endian bytes', () => {
    expect([...bytesOfWords(Int32Array.of(1, -2))]).toEqual([1, 0, 0, 0, 254, 255, 255, 255]);
  });

  test('are read at any offset', () => {
    const bytes = Uint8Array.of(9, 1, 0, 0, 0, 254, 255, 255, 255).subarray(1);
    expect([...wordsOf(bytes, 2)]).toEqual([1, -2]);
  });

  test('are refused in another number than was said', () => {
    expect(() => wordsOf(new Uint8Array(8), 3)).toThrow(/^body: expected 12 bytes, got 8/);
    expect(() => wordsOf(new Uint8Array(8), 2 ** 40)).toThrow(DecodeError);
  });
});

describe('what is made of what was read', () => {
  test('is returned', () => {
    expect(madeOf(() => 7)).toBe(7);
  });

  test('is bytes that are refused where a constructor refuses a number', () => {
    const make = (): never => {
      throw new RangeError('k: expected 1..255, got 0');
    };
    expect(() => madeOf(make)).toThrow(new DecodeError('k: expected 1..255, got 0'));
  });

  test('passes on any other error, which is one of the program', () => {
    const make = (): never => {
      throw new TypeError('broken');
    };
    expect(() => madeOf(make)).toThrow(TypeError);
  });
});
