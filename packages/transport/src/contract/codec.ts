import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Codec, DecodeError } from '../codec.ts';

/** A promise of the contract of codecs; the list stands at `describeCodec`. */
export type CodecClause = 'K1' | 'K2' | 'K3' | 'K4' | 'K5' | 'K6' | 'K7' | 'K8' | 'K9';

/** How a codec is looked at, and what it cannot promise. */
export interface CodecContractOptions<Value> {
  /**
   * A value as data that `toEqual` compares, without what is cached in it or shared beside it. The
   * value itself if left out.
   */
  readonly show?: (value: Value) => unknown;
  /** Clauses left out, each with the reason. The reason stands in the name of the skipped test. */
  readonly exceptions?: Readonly<Partial<Record<CodecClause, string>>>;
}

/** One promise with its test, which throws where a codec breaks it. */
export interface CodecLaw {
  /** Its number in the list at `describeCodec`. */
  readonly clause: CodecClause;
  /** What it says, as it stands in the name of the test. */
  readonly behaviour: string;
  /** Throws if the codec breaks it. */
  readonly check: () => void;
}

/** Cuts of one value at most; longer ones are cut at every so many bytes. */
const CUTS_MAX = 1_000;

/** Claims of 2^50 items: as a varint, and as the largest words of 32 and 64 bits. */
const claims: readonly (readonly number[])[] = [
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

/** What the laws are written with: a codec, values for it, and how it answers. */
class Probe<Value> {
  readonly codec: Codec<Value>;
  readonly values: fc.Arbitrary<Value>;
  readonly show: (value: Value) => unknown;

  constructor(
    codec: Codec<Value>,
    values: fc.Arbitrary<Value>,
    show: (value: Value) => unknown = (value) => value,
  ) {
    this.codec = codec;
    this.values = values;
    this.show = show;
  }

  /** Holds `law` for the bytes of many values, in a copy that it may change. */
  forBytes(runCount: number, law: (bytes: Uint8Array, value: Value) => void): void {
    fc.assert(
      fc.property(this.values, (value) => {
        law(this.codec.encode(value).slice(), value);
      }),
      { numRuns: runCount },
    );
  }

  /** Whatever the codec says of bytes: a value, or a `DecodeError`; anything else is thrown. */
  answerTo(bytes: Uint8Array): { readonly value: Value } | 'refused' {
    try {
      return { value: this.codec.decode(bytes) };
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      return 'refused';
    }
  }

  /** Bytes that decode must be the only ones of their value. */
  expectCanonical(bytes: Uint8Array): void {
    const before = hexOf(bytes);
    const answer = this.answerTo(bytes);
    expect(hexOf(bytes)).toBe(before);
    if (answer !== 'refused') expect(hexOf(this.codec.encode(answer.value))).toBe(before);
  }
}

/**
 * The promises of `describeCodec` one by one, for a test runner of your own.
 *
 * @param values - Draws values that the codec takes, among them the largest and the strangest.
 */
export function codecLaws<Value>(
  codec: Codec<Value>,
  values: fc.Arbitrary<Value>,
  show?: (value: Value) => unknown,
): readonly CodecLaw[] {
  const probe = new Probe(codec, values, show);
  return [
    law('K1', 'decodes what it encodes, and encodes that to the same bytes', checkRoundTrip, probe),
    law('K2', 'gives damaged bytes the value of just these bytes, or none', checkDamage, probe),
    law('K3', 'refuses what is cut off, at every byte', checkCuts, probe),
    law('K4', 'refuses what goes on after its end', checkTails, probe),
    law('K5', 'gives any bytes the value of just these bytes, or none', checkAnyBytes, probe),
    law('K6', 'takes no memory for a claim of 2^50 items, wherever it stands', checkClaims, probe),
    law('K7', 'reads nothing before or after its bytes', checkBounds, probe),
    law('K8', 'keeps none of the bytes that it decoded', checkViews, probe),
    law('K9', 'leaves alone the bytes that it returned', checkOwnership, probe),
  ];
}

/**
 * Registers the tests of what every codec promises (see `Codec`), for messages and for bytes that
 * nobody wrote.
 *
 * - K1: what was encoded decodes to an equal value, and that encodes to the same bytes.
 * - K2: bytes with some bits turned are refused, or are the one encoding of some other value. Two
 *   encodings of one value would let peers that hash what they store see a difference.
 * - K3, K4: bytes that are cut off or go on are refused. A format whose last field takes
 *   what is left declares them exceptions.
 * - K5: so are bytes of any kind after a true beginning. Refusals are `DecodeError`s, always.
 * - K6: a claim of more items than there are bytes is refused before anything is allocated.
 * - K7: a message in the middle of a larger buffer is read as it is alone.
 * - K8: a decoded value does not change with the buffer it came from. A codec whose values
 *   are views of the input, and which says so, declares this an exception.
 * - K9: encodings belong to the caller: neither changes with what happens to another.
 *
 * @param name - The codec, as it stands in the report.
 * @param values - Draws values that the codec takes, among them the largest and the strangest.
 * @param options - How values compare, and what the codec cannot promise, each with a reason.
 *
 * @remarks
 * Needs `fast-check` beside `vitest`. About 2,500 values are drawn: a codec whose messages take
 * milliseconds is better tested with small ones.
 *
 * @example
 * ```ts
 * import { ByteReader, ByteWriter } from '@quorate/transport/codec';
 * import { describeCodec } from '@quorate/transport/contract';
 * import fc from 'fast-check';
 *
 * const codec = {
 *   encode(count: number) {
 *     const writer = new ByteWriter();
 *     writer.varint(count);
 *     return writer.finish();
 *   },
 *   decode(bytes: Uint8Array) {
 *     const reader = new ByteReader(bytes);
 *     const count = reader.varint();
 *     reader.expectEnd();
 *     return count;
 *   },
 * };
 *
 * describeCodec('counts', codec, fc.maxSafeNat());
 * ```
 */
export function describeCodec<Value>(
  name: string,
  codec: Codec<Value>,
  values: fc.Arbitrary<Value>,
  options: CodecContractOptions<Value> = {},
): void {
  describe(`Codec contract: ${name}`, () => {
    for (const { clause, behaviour, check } of codecLaws(codec, values, options.show)) {
      const reason = options.exceptions?.[clause];
      if (reason === undefined) test(`${clause} ${behaviour}`, check);
      else test.skip(`${clause} ${behaviour} (exception: ${reason})`, check);
    }
  });
}

function law<Value>(
  clause: CodecClause,
  behaviour: string,
  check: (probe: Probe<Value>) => void,
  probe: Probe<Value>,
): CodecLaw {
  return { clause, behaviour, check: () => check(probe) };
}

function checkRoundTrip<Value>(probe: Probe<Value>): void {
  const { codec, show } = probe;
  probe.forBytes(500, (bytes, value) => {
    const read = codec.decode(bytes);
    expect(show(read)).toEqual(show(value));
    expect(hexOf(codec.encode(read))).toBe(hexOf(bytes));
  });
}

function checkDamage<Value>(probe: Probe<Value>): void {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(probe.values, flips, (value, chosen) => {
      const bytes = probe.codec.encode(value).slice();
      for (const [place, bit] of chosen) turn(bytes, place % bytes.length, bit);
      probe.expectCanonical(bytes);
    }),
    { numRuns: 1_000 },
  );
  probe.forBytes(20, (bytes) => {
    for (let at = 0; at < Math.min(bytes.length, 100); at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        turn(bytes, at, bit);
        probe.expectCanonical(bytes);
        turn(bytes, at, bit);
      }
    }
  });
}

function checkCuts<Value>(probe: Probe<Value>): void {
  probe.forBytes(50, (bytes) => {
    const step = Math.max(1, Math.floor(bytes.length / CUTS_MAX));
    for (let size = 0; size < bytes.length; size += step) {
      expect(probe.answerTo(bytes.slice(0, size))).toBe('refused');
    }
  });
}

function checkTails<Value>(probe: Probe<Value>): void {
  const tail = fc.array(fc.oneof(fc.nat(3), fc.nat(255)), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(probe.values, tail, (value, rest) => {
      expect(probe.answerTo(joined(probe.codec.encode(value), rest))).toBe('refused');
    }),
  );
}

function checkAnyBytes<Value>(probe: Probe<Value>): void {
  const tail = fc.array(fc.oneof(fc.nat(3), fc.nat(255)), { maxLength: 60 });
  fc.assert(
    fc.property(probe.values, fc.nat(12), tail, (value, kept, rest) => {
      probe.expectCanonical(joined(probe.codec.encode(value).subarray(0, kept), rest));
    }),
    { numRuns: 1_000 },
  );
}

function checkClaims<Value>(probe: Probe<Value>): void {
  probe.forBytes(20, (bytes) => {
    const step = Math.max(1, Math.floor(bytes.length / CUTS_MAX));
    for (let kept = 0; kept <= bytes.length; kept += step) {
      for (const claim of claims) {
        probe.expectCanonical(joined(bytes.subarray(0, kept), [...claim, 1, 97, 1]));
      }
    }
  });
}

function checkBounds<Value>(probe: Probe<Value>): void {
  const { codec, show } = probe;
  probe.forBytes(50, (bytes, value) => {
    const around = new Uint8Array(bytes.length + 16).fill(0xa5);
    around.set(bytes, 7);
    expect(show(codec.decode(around.subarray(7, 7 + bytes.length)))).toEqual(show(value));
  });
}

function checkViews<Value>(probe: Probe<Value>): void {
  const { codec, show } = probe;
  probe.forBytes(100, (bytes, value) => {
    const read = codec.decode(bytes);
    bytes.fill(0xa5);
    expect(show(read)).toEqual(show(value));
  });
}

function checkOwnership<Value>(probe: Probe<Value>): void {
  const { codec, values } = probe;
  fc.assert(
    fc.property(values, values, (one, other) => {
      const first = codec.encode(one);
      const expected = hexOf(first);
      const second = codec.encode(other);
      expect(hexOf(first)).toBe(expected);
      second.fill(0xa5);
      expect(hexOf(first)).toBe(expected);
      expect(hexOf(codec.encode(one))).toBe(expected);
    }),
  );
}

function turn(bytes: Uint8Array, at: number, bit: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
}

function joined(head: Uint8Array, tail: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/** Texts compare fast, and read well where they differ. */
function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
