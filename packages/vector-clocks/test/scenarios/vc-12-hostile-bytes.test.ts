/*
 * What goes wrong elsewhere: counts are believed and allocated; a counter of 2^53 is rounded to its
 * neighbour; `__proto__` as an id sets a prototype and loses its counter; one clock has several
 * encodings, so that hashes of equal states differ.
 *
 * Goal: bytes from outside give a value that encodes to the same bytes, or a DecodeError, in time
 * and memory of their length.
 * Method: the laws of `describeCodec` hold for every codec in its own test. Here: bytes without any
 * sense, valid bytes with parts of others in them, claims, and large inputs that are what they
 * claim to be.
 */
import { type Codec, DecodeError } from '@quorate/transport/codec';
import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { BloomClock } from '../../src/bloom-clock.ts';
import { decodeBloomClock, encodeBloomClock } from '../../src/codec/bloom-clock-codec.ts';
import { decodeVectorClock, encodeVectorClock } from '../../src/codec/clock-codec.ts';
import { decodeVectorClockDelta, encodeVectorClockDelta } from '../../src/codec/clock-delta.ts';
import { decodeDotted, encodeDotted } from '../../src/codec/dotted-codec.ts';
import { decodeDvvSet, encodeDvvSet } from '../../src/codec/dvv-set-codec.ts';
import { decodeExceptions, encodeExceptions } from '../../src/codec/exceptions-codec.ts';
import { decodeLamportStamp, encodeLamportStamp } from '../../src/codec/lamport-codec.ts';
import { decodeMatrixClock, encodeMatrixClock } from '../../src/codec/matrix-codec.ts';
import { decodePrunedClock, encodePrunedClock } from '../../src/codec/pruned-codec.ts';
import { DvvSet } from '../../src/dvv-set.ts';
import { MatrixClock } from '../../src/matrix-clock.ts';
import { compare, VectorClock } from '../../src/vector-clock.ts';
import { VersionVectorWithExceptions } from '../../src/version-vector-with-exceptions.ts';

/** A codec without its type: a valid input, and its way through a value back to bytes. */
interface Subject {
  readonly name: string;
  readonly valid: Uint8Array;
  readonly again: (bytes: Uint8Array) => Uint8Array;
}

function subject<Value>(
  name: string,
  value: Value,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => Value,
): Subject {
  return { name, valid: encode(value), again: (bytes) => encode(decode(bytes)) };
}

const clock = VectorClock.fromJSON({ a: 1, b: 300, constructor: 2 ** 53 - 1 });
const base = VectorClock.fromJSON({ a: 1, b: 2 });
const shape = { cellCount: 8, hashCount: 2 };
const gaps = VersionVectorWithExceptions.ofRuns([
  ['a', [1, 4, 7, 7]],
  ['b', [2, 2]],
]);
const raw: Codec<string> = {
  encode: (text) => Buffer.from(text, 'latin1'),
  decode: (bytes) => Buffer.from(bytes).toString('latin1'),
};
const siblings = DvvSet.empty<string>()
  .put('s', 'one', VectorClock.empty)
  .put('s', 'two', VectorClock.empty)
  .put('t', 'three', clock);

const subjects: readonly Subject[] = [
  subject('vector clock', clock, encodeVectorClock, (bytes) => decodeVectorClock(bytes)),
  subject(
    'delta',
    VectorClock.fromJSON({ a: 2, b: 2, c: 1 }),
    (value) => encodeVectorClockDelta(base, value),
    (bytes) => decodeVectorClockDelta(base, bytes),
  ),
  subject('exceptions', gaps, encodeExceptions, (bytes) => decodeExceptions(bytes)),
  subject('dotted', { dot: { id: 'z', counter: 1 }, past: clock }, encodeDotted, decodeDotted),
  subject(
    'dvv set',
    siblings,
    (set) => encodeDvvSet(set, raw),
    (bytes) => decodeDvvSet(bytes, raw),
  ),
  subject(
    'matrix clock',
    MatrixClock.empty.observe('a', clock).observe('b', base),
    encodeMatrixClock,
    decodeMatrixClock,
  ),
  subject('Bloom clock', BloomClock.empty(shape).increment('a'), encodeBloomClock, (bytes) =>
    decodeBloomClock(bytes, shape),
  ),
  subject('Lamport stamp', { time: 7, id: 'a' }, encodeLamportStamp, decodeLamportStamp),
  subject('pruned clock', { epoch: 3, clock }, encodePrunedClock, (bytes) =>
    decodePrunedClock(bytes),
  ),
];

/** Why `bytes` were treated wrongly; `undefined` if they were refused, or are the only ones. */
function fault({ again }: Subject, bytes: Uint8Array): string | undefined {
  try {
    const encoded = again(bytes);
    return Buffer.compare(encoded, bytes) === 0 ? undefined : 'a second encoding of a value';
  } catch (error) {
    return error instanceof DecodeError ? undefined : String(error);
  }
}

function expectFaultless(codec: Subject, bytes: Uint8Array): void {
  const found = fault(codec, bytes);
  if (found !== undefined) expect.fail(`${found}: ${Buffer.from(bytes).toString('hex')}`);
}

describe.each(subjects.map((each) => [each.name, each] as const))('%s', (_name, codec) => {
  test('bytes without any sense are refused, or are what they would be encoded to', () => {
    const random = seededRandom(codec.name);
    for (let round = 0; round < 10_000; round += 1) {
      const bytes = random.bytes(random.int(40));
      // Half of them have the right head, or almost nothing would get past it.
      if (round % 2 === 0) bytes.set(codec.valid.subarray(0, Math.min(2, bytes.length)));
      expectFaultless(codec, bytes);
    }
  });

  test('so are valid bytes into which others were written', () => {
    const random = seededRandom(`${codec.name}, spliced`);
    for (let round = 0; round < 10_000; round += 1) {
      const bytes = codec.valid.slice();
      const other = subjects[random.int(subjects.length)]?.valid ?? bytes;
      const from = random.int(other.length);
      const piece = other.subarray(from, from + 1 + random.int(4));
      bytes.set(piece.subarray(0, bytes.length), random.int(bytes.length - piece.length + 1));
      expectFaultless(codec, bytes);
    }
  });

  test('a kind is not taken for another', () => {
    for (const other of subjects) {
      if (other !== codec) expect(() => codec.again(other.valid)).toThrow(DecodeError);
    }
  });

  test('no bytes, and no bytes after a head, are refused', () => {
    expect(() => codec.again(new Uint8Array())).toThrow(DecodeError);
    expect(() => codec.again(codec.valid.subarray(0, 2))).toThrow(DecodeError);
  });
});

test('an id that objects have goes through all of it', () => {
  const odd = VectorClock.of([
    ['__proto__', 3],
    ['hasOwnProperty', 1],
  ]);
  const read = decodeVectorClock(encodeVectorClock(odd));

  expect(read.get('__proto__')).toBe(3);
  expect(read.get('valueOf')).toBe(0);
  expect(compare(read, VectorClock.fromJSON(JSON.parse(JSON.stringify(odd))))).toBe('equal');
});

test('10 MB of a clock are a clock, and 10 MB less one byte are none', () => {
  const ids = Array.from({ length: 160_000 }, (_, index) => `${index}`.padStart(60, 'x'));
  const bytes = encodeVectorClock(VectorClock.of(ids.map((id) => [id, 2 ** 40] as const)));

  expect(bytes.length).toBeGreaterThan(10_000_000);
  expect(decodeVectorClock(bytes).size).toBe(160_000);
  expect(() => decodeVectorClock(bytes.subarray(0, -1))).toThrow(DecodeError);
});

test('a claim of 10 MB in 10 bytes is refused before anything is made of it', () => {
  // 10,000,000 as a varint, where each format has its first count.
  const claim = [0x80, 0xad, 0xe2, 0x04];
  for (const codec of subjects) {
    for (let kept = 2; kept < Math.min(12, codec.valid.length); kept += 1) {
      const bytes = Uint8Array.of(...codec.valid.subarray(0, kept), ...claim, 0);
      expectFaultless(codec, bytes);
    }
  }
  expect(() => decodeVectorClock(Uint8Array.of(1, 1, ...claim))).toThrow(
    'count: expected items for 0 bytes, got 10000000',
  );
});
