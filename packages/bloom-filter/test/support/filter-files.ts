import { keyHasher } from '@quorate/hash';
import { type ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeFilter } from '../../src/codec/filter-format.ts';
import type { FilterKind } from '../../src/filter.ts';

/** What is tested of a kind of files: a filter with keys, and how it is written and read. */
export interface FilterFile<Value> {
  readonly kind: FilterKind;
  readonly value: Value;
  readonly encode: (value: Value) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Value;
}

/** `changed` with a checksum that fits, as one who wants to be read would make it. */
export function sealed(changed: Uint8Array): Uint8Array {
  const result = changed.slice();
  const end = result.length - 4;
  new DataView(result.buffer).setUint32(end, crc32c(result, 0, end));
  return result;
}

/** A file with a fitting checksum that claims whatever `parameters` writes. */
export function claim(
  kind: FilterKind,
  parameters: (writer: ByteWriter) => void,
  body: Uint8Array | number = 0,
): Uint8Array {
  const table = typeof body === 'number' ? new Uint8Array(body) : body;
  return encodeFilter({ kind, hasher: keyHasher(), parameters, body: [table] });
}

/** Expects a `DecodeError`, and that no memory was taken to find it out. */
export function expectRefusal(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  const before = process.memoryUsage().arrayBuffers;
  expect(() => decode(bytes)).toThrow(DecodeError);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * bytes.length + 65_536);
}

/** Tests of what every kind of file promises, whatever its parameters are. */
export function describeFile<Value>({ kind, value, encode, decode }: FilterFile<Value>): void {
  const bytes = encode(value);

  /** Bytes are refused, or they are those of what they were read as: nothing else is thrown. */
  const expectAnswer = (input: Uint8Array): void => {
    let read;
    try {
      read = decode(input);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      return;
    }
    expect(encode(read)).toEqual(input);
  };

  describe(`a file of the kind ${kind}`, () => {
    test('reads back to what gives the same file, from any offset', () => {
      for (const offset of [0, 1, 2, 3, 5]) {
        const shifted = new Uint8Array(offset + bytes.length + 1);
        shifted.set(bytes, offset);
        const read = decode(shifted.subarray(offset, offset + bytes.length));
        shifted.fill(0);
        expect(encode(read)).toEqual(bytes);
      }
    });

    test('is refused when it is shorter by any number of bytes, or longer', () => {
      for (let length = 0; length < bytes.length; length += 1) {
        expect(() => decode(bytes.subarray(0, length))).toThrow(DecodeError);
      }
      expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
    });

    test('is refused with any one bit changed', () => {
      for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
        const damaged = bytes.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => decode(damaged)).toThrow(DecodeError);
      }
    });

    test('of another version is refused, although the checksum fits', () => {
      const next = bytes.slice();
      next[4] = 2;
      expect(() => decode(sealed(next))).toThrow(/^filter: expected a file of version 1/);
    });

    test('gives an answer or a refusal for any byte changed, although the checksum fits', () => {
      for (let at = 0; at < Math.min(100, bytes.length); at += 1) {
        for (const step of [1, 2, 3, 0x7f, 0x80, 0x81, 0xff]) {
          const changed = bytes.slice();
          changed[at] = (changed[at] ?? 0) + step;
          expectAnswer(sealed(changed));
        }
      }
    });

    test('gives an answer or a refusal for any parameters and any table', () => {
      const parameters = fc.uint8Array({ maxLength: 40 });
      const bodies = fc.uint8Array({ maxLength: 100, size: 'max' });
      fc.assert(
        fc.property(parameters, bodies, (numbers, body) => {
          expectAnswer(
            claim(
              kind,
              (writer) => {
                writer.bytes(numbers);
              },
              body,
            ),
          );
        }),
        { numRuns: 1_000 },
      );
    });
  });
}
