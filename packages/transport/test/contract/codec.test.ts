import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ByteReader } from '../../src/byte-reader.ts';
import { ByteWriter } from '../../src/byte-writer.ts';
import { type Codec, DecodeError } from '../../src/codec.ts';
import { type CodecClause, codecLaws, describeCodec } from '../../src/contract/codec.ts';

interface Note {
  readonly marks: readonly number[];
  readonly body: Uint8Array;
}

const notes: fc.Arbitrary<Note> = fc.record({
  marks: fc.array(fc.oneof(fc.nat(300), fc.maxSafeNat()), { maxLength: 8 }),
  body: fc.uint8Array({ maxLength: 20 }),
});

function encode({ marks, body }: Note): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(1);
  writer.varint(marks.length);
  for (const mark of marks) writer.varint(mark);
  writer.varint(body.length);
  writer.bytes(body);
  return writer.finish();
}

function readNote(reader: ByteReader): Note {
  const version = reader.u8();
  if (version !== 1) throw new DecodeError(`version: expected 1, got ${version}`);
  const marks = Array.from({ length: reader.count(1) }, () => reader.varint());
  return { marks, body: reader.bytes(reader.count(1)).slice() };
}

function decode(bytes: Uint8Array): Note {
  const reader = new ByteReader(bytes);
  const note = readNote(reader);
  reader.expectEnd();
  return note;
}

describeCodec('notes', { encode, decode }, notes);
describeCodec('notes without marks', { encode, decode: (bytes) => decode(bytes) }, notes, {
  show: ({ marks, body }) => [marks.length, body.length],
  exceptions: { K2: 'none: the test of exceptions' },
});

/** Bytes whose base buffer is read from its start, as `new DataView(bytes.buffer)` does. */
function decodeWholeBuffer(bytes: Uint8Array): Note {
  return decode(new Uint8Array(bytes.buffer, 0, bytes.length));
}

const shared = new Uint8Array(1_000);

describe('what breaks a promise is found by its clause', () => {
  test.each<readonly [mistake: string, clause: CodecClause, broken: Partial<Codec<Note>>]>([
    [
      'loses what is large',
      'K1',
      { encode: ({ marks, body }) => encode({ marks: marks.map((mark) => mark >>> 0), body }) },
    ],
    [
      'reads a first byte of any version',
      'K2',
      { decode: (bytes) => decode(Uint8Array.of(1, ...bytes.subarray(1))) },
    ],
    [
      'takes what is missing for zeros',
      'K3',
      { decode: (bytes) => readNote(new ByteReader(Uint8Array.of(...bytes, 0, 0, 0))) },
    ],
    ['ignores what follows', 'K4', { decode: (bytes) => readNote(new ByteReader(bytes)) }],
    [
      'throws another error',
      'K5',
      {
        decode: (bytes) => {
          if (bytes[1] === 3) throw new TypeError('marks: got 3');
          return decode(bytes);
        },
      },
    ],
    [
      'allocates what is claimed',
      'K6',
      {
        decode: (bytes) => {
          const reader = new ByteReader(bytes);
          reader.u8();
          const count = reader.varint();
          expect(new Float64Array(count)).toHaveLength(count);
          return decode(bytes);
        },
      },
    ],
    ['reads a buffer from its start', 'K7', { decode: decodeWholeBuffer }],
    [
      'gives out views',
      'K8',
      {
        decode: (bytes) => {
          const { marks, body } = decode(bytes);
          return { marks, body: bytes.subarray(bytes.length - body.length) };
        },
      },
    ],
    [
      'writes into one buffer',
      'K9',
      {
        encode: (note) => {
          const bytes = encode(note);
          shared.set(bytes);
          return shared.subarray(0, bytes.length);
        },
      },
    ],
  ])('%s: %s', (_mistake, clause, broken) => {
    const laws = codecLaws({ encode, decode, ...broken }, notes);
    const law = laws.find((each) => each.clause === clause);

    expect(() => law?.check()).toThrow(/Property failed/u);
  });
});
