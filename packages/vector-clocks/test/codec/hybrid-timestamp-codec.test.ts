import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  decodeTimestamp,
  encodeTimestamp,
  TIMESTAMP_SIZE_BYTES,
  writeTimestamp,
} from '../../src/codec/hybrid-timestamp-codec.ts';
import { HybridClock } from '../../src/hybrid/hybrid-clock.ts';
import {
  compareTimestamps,
  formatTimestamp,
  type HybridTimestamp,
} from '../../src/hybrid/hybrid-timestamp.ts';
import { anyTimestamp, noTimestamps } from '../support/hybrid.ts';

test('bytes are the digits, and bring the timestamp back', () => {
  fc.assert(
    fc.property(anyTimestamp, (timestamp) => {
      const bytes = encodeTimestamp(timestamp);
      expect(Buffer.from(bytes).toString('hex')).toBe(formatTimestamp(timestamp));
      expect(decodeTimestamp(bytes)).toEqual(timestamp);
    }),
    { numRuns: 1_000 },
  );
});

test('bytes sort as timestamps do', () => {
  fc.assert(
    fc.property(anyTimestamp, anyTimestamp, (left, right) => {
      const order = Math.sign(compareTimestamps(left, right));
      expect(Buffer.compare(encodeTimestamp(left), encodeTimestamp(right))).toBe(order);
    }),
    { numRuns: 1_000 },
  );
});

test('any 8 bytes are a timestamp with these bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
      expect(encodeTimestamp(decodeTimestamp(bytes))).toEqual(bytes);
    }),
  );
});

test.each([0, 1, 7, 9, 12, 100_000])('%i bytes are none', (length) => {
  expect(() => decodeTimestamp(new Uint8Array(length))).toThrow(
    new DecodeError(`timestamp: expected 8 bytes, got ${length}`),
  );
});

test('what a clock gave is written into the middle of a message', () => {
  const clock = new HybridClock();
  clock.tick(0x1_0203);
  const bytes = new Uint8Array(10).fill(0xee);
  writeTimestamp(clock, bytes, 1);
  expect(Array.from(bytes)).toEqual([0xee, 0, 0, 0, 1, 2, 3, 0, 0, 0xee]);
  expect(TIMESTAMP_SIZE_BYTES).toBe(8);
});

test.each([-1, 1, 0.5, Number.NaN, 2 ** 53])('offset %s leaves no room in 8 bytes', (offset) => {
  const target = new Uint8Array(8).fill(7);
  expect(() => writeTimestamp({ wallMs: 0, counter: 0 }, target, offset)).toThrow(
    new RangeError(`offset: expected room for 8 of 8 bytes, got ${offset}`),
  );
  expect(Array.from(target)).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
});

test('a target without room has no offset', () => {
  expect(() => writeTimestamp({ wallMs: 0, counter: 0 }, new Uint8Array(7))).toThrow(RangeError);
});

test.each(noTimestamps)('%j is not written', (value, message) => {
  const error = new RangeError(`timestamp${message}`);
  expect(() => encodeTimestamp(value as HybridTimestamp)).toThrow(error);
});
