import { nodeId } from '@quorate/transport';
import { ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  parse,
  readFlag,
  readNodeId,
  readOptional,
  readPlace,
  readVersioned,
  writeFlag,
  writeOptional,
} from '../../src/codec/primitives.ts';

const reading = (...bytes: readonly number[]): ByteReader => new ByteReader(Uint8Array.from(bytes));
const readU8 = (reader: ByteReader): number => reader.u8();

describe('a flag', () => {
  test.each([false, true])('%s comes back', (isSet) => {
    const writer = new ByteWriter();
    writeFlag(writer, isSet);
    expect(readFlag(new ByteReader(writer.finish()))).toBe(isSet);
  });

  test('is nothing else', () => {
    expect(() => readFlag(reading(2))).toThrow('flag: expected 0 or 1, got 2');
    expect(() => readFlag(reading())).toThrow(DecodeError);
  });
});

describe('an optional value', () => {
  test.each([undefined, 7])('%s comes back', (value) => {
    const writer = new ByteWriter();
    writeOptional(writer, value, (found) => writer.u8(found));
    expect(readOptional(new ByteReader(writer.finish()), readU8)).toBe(value);
  });
});

describe('a place', () => {
  test('names a text, counted from where it is said', () => {
    expect(readPlace(reading(0), ['a', 'b'])).toBe('a');
    expect(readPlace(reading(2), ['a', 'b'], 1)).toBe('b');
  });

  test.each([
    [0, 'place: expected 1..2, got 0'],
    [3, 'place: expected 1..2, got 3'],
  ])('%i of the future or of the past is refused', (place, message) => {
    expect(() => readPlace(reading(place), ['a', 'b'], 1)).toThrow(message);
  });
});

describe('a node id', () => {
  test('comes back', () => {
    expect(readNodeId(reading(2, 110, 49))).toBe(nodeId('n1'));
  });

  test('of no or of too many bytes is refused', () => {
    expect(() => readNodeId(reading(0))).toThrow('node id: expected 1..64 bytes, got none');
    expect(() => readNodeId(reading(65, ...new Uint8Array(65).fill(97)))).toThrow(DecodeError);
  });
});

describe('bytes behind a version', () => {
  test('are read to the end', () => {
    expect(readVersioned(Uint8Array.of(3, 9), 3, readU8)).toBe(9);
    expect(() => readVersioned(Uint8Array.of(3, 9, 9), 3, readU8)).toThrow(DecodeError);
  });

  test('of another version are refused', () => {
    const bytes = Uint8Array.of(4, 9);
    expect(() => readVersioned(bytes, 3, readU8)).toThrow('version: expected 3, got 4');
  });
});

describe('parse', () => {
  const codec = (decode: () => number): Codec<number> => ({
    encode: () => new Uint8Array(),
    decode,
  });

  test('gives nothing for bytes that are no value, and hides no other error', () => {
    const bytes = new Uint8Array();
    const fail = (error: Error) => () => {
      throw error;
    };
    expect(
      parse(
        codec(() => 5),
        bytes,
      ),
    ).toBe(5);
    expect(parse(codec(fail(new DecodeError('no'))), bytes)).toBeUndefined();
    expect(() => parse(codec(fail(new TypeError('bug'))), bytes)).toThrow('bug');
  });
});
