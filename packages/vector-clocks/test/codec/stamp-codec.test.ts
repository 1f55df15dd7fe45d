import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BitReader } from '../../src/codec/bit-reader.ts';
import { BitWriter } from '../../src/codec/bit-writer.ts';
import { decodeStamp, encodeStamp } from '../../src/codec/stamp-codec.ts';
import { type EventTree, eventsOf } from '../../src/interval-tree/event-tree.ts';
import { type Identity, identityOf } from '../../src/interval-tree/identity.ts';
import { IntervalTreeStamp } from '../../src/interval-tree/stamp.ts';

const trees = fc.letrec<{ identity: Identity; events: EventTree }>((tie) => ({
  identity: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Identity>(0, 1),
    fc.tuple(tie('identity'), tie('identity')).map((parts) => identityOf(...parts)),
  ),
  events: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.nat(20),
      fc.nat(),
      fc.maxSafeNat().map((count) => Math.floor(count / 64)),
    ),
    fc.tuple(fc.nat(9), tie('events'), tie('events')).map((parts) => eventsOf(...parts)),
  ),
}));
const stamp = fc
  .tuple(trees.identity, trees.events)
  .map(([identity, events]) => new IntervalTreeStamp(identity, events));

/** Bits as text, filled up to bytes. */
function bytesOf(bits: string): Uint8Array {
  const packed = bits.replaceAll(' ', '');
  const padded = packed.padEnd(Math.ceil(packed.length / 8) * 8, '0');
  return Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

describe('the code of a stamp', () => {
  test('brings the stamp back', () => {
    fc.assert(
      fc.property(stamp, (one) => {
        const decoded = decodeStamp(encodeStamp(one));
        expect(decoded.toString()).toBe(one.toString());
        expect(decoded.compare(one)).toBe('equal');
      }),
      { numRuns: 1_000 },
    );
  });

  test('is the only code of that stamp: other bytes are others or none', () => {
    const changed = fc.tuple(stamp, fc.nat(), fc.nat(7));
    fc.assert(
      fc.property(changed, ([one, at, bit]) => {
        const bytes = encodeStamp(one);
        bytes[at % bytes.length]! ^= 1 << bit;
        const decoded = attempt(bytes);
        if (decoded === undefined) return;
        expect(encodeStamp(decoded)).toEqual(bytes);
        expect(decoded.toString()).not.toBe(one.toString());
      }),
      { numRuns: 3_000 },
    );
  });

  test('cut off anywhere is none', () => {
    fc.assert(
      fc.property(stamp, (one) => {
        const bytes = encodeStamp(one);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => decodeStamp(bytes.subarray(0, length))).toThrow(DecodeError);
        }
        expect(() => decodeStamp(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
      }),
    );
  });

  test('or any bytes decode to a stamp with these bytes, or are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const decoded = attempt(bytes);
        if (decoded !== undefined) expect(encodeStamp(decoded)).toEqual(bytes);
      }),
      { numRuns: 5_000 },
    );
  });
});

/** The stamp, or nothing where it was refused as it must be. */
function attempt(bytes: Uint8Array): IntervalTreeStamp | undefined {
  try {
    return decodeStamp(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  }
}

const two = '1 0 10';
const zero = '1 0 00';

describe('bits that are no stamp', () => {
  test.each([
    ['(0, 0) for an identity', `01 000 ${zero}`, 'identity trees in normal form'],
    ['(0, 0), said otherwise', `10 000 ${zero}`, 'identity trees in normal form'],
    ['(1, 1)', `11 001 001 ${zero}`, 'identity trees in normal form'],
    ['(0, 1) as two', `11 000 001 ${zero}`, 'identity trees in normal form'],
    ['(1, 0) as two', `11 001 000 ${zero}`, 'identity trees in normal form'],
    ['(0, 0, 0) for events', `001 000 ${zero}`, 'event trees in normal form'],
    ['(0, 2, 2)', `001 010 ${two} ${two}`, 'event trees in normal form'],
    ['(0, 2, 0) as two', `001 010 ${two} ${zero}`, 'event trees in normal form'],
    ['(0, 0, 2) as two', `001 010 ${zero} ${two}`, 'event trees in normal form'],
    ['a base of 0', `001 01100 ${zero} ${two}`, 'event trees in normal form'],
    ['a base that is a tree', `001 01100 000${two} ${two}`, 'event trees in normal form'],
    ['nothing at 0', `001 0111 ${two} ${two} 1 0 11`, 'event trees in normal form'],
    ['a count above 2^53-1', `001 1 ${'1'.repeat(60)} 0 ${'0'.repeat(70)}`, 'at most 2^53-1'],
    ['ones behind the end', `001 ${zero} 1`, 'zeros at its end, got a one'],
  ])('%s is refused', (_what, bits, message) => {
    expect(() => decodeStamp(bytesOf(bits))).toThrow(DecodeError);
    expect(() => decodeStamp(bytesOf(bits))).toThrow(message);
  });

  test('counts that add up to more than 2^53-1 are refused', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const highest = new IntervalTreeStamp(1, { base: most - 1, left: 1, right: 0 });
    expect(decodeStamp(encodeStamp(highest))).toEqual(highest);
    const higher = new IntervalTreeStamp(1, { base: most - 1, left: 2, right: 0 });
    expect(() => decodeStamp(encodeStamp(higher))).toThrow('at most 2^53-1, got more');
  });

  test.each([
    ['identity', '01'],
    ['identity', '11'],
    ['event', '001 000'],
    ['event', '001 0111'],
    ['event', `001 ${`01100 ${two}`.repeat(2_000)}`],
  ])('%s trees without end are refused before they are built', (_what, bits) => {
    const deep = bytesOf(bits + bits.slice(-3).repeat(300_000));
    expect(() => decodeStamp(deep)).toThrow(DecodeError);
  });

  test('10 MiB are refused unread, and 1 MiB of anything is bounded', () => {
    expect(() => decodeStamp(new Uint8Array(10 * 1_024 * 1_024))).toThrow(
      'stamp: expected at most 1 MiB, got 10485760 bytes',
    );
    for (const byte of [0x00, 0xff, 0x55, 0xaa, 0x6d, 0xb6]) {
      expect(() => decodeStamp(new Uint8Array(1_024 * 1_024).fill(byte))).toThrow(DecodeError);
    }
  });
});

describe('bits', () => {
  test('are read as they were written', () => {
    const numbers = fc.array(
      fc.integer({ min: 1, max: 53 }).chain((count) =>
        fc.tuple(
          fc.constant(count),
          fc.maxSafeNat().map((value) => value % 2 ** count),
        ),
      ),
    );
    fc.assert(
      fc.property(numbers, (entries) => {
        const writer = new BitWriter();
        for (const [count, value] of entries) writer.bits(value, count);
        const reader = new BitReader(writer.finish());
        for (const [count, value] of entries) expect(reader.bits(count)).toBe(value);
        reader.expectEnd();
      }),
    );
  });
});
