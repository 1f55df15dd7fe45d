import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { encodeVectorClock } from '../../src/codec/clock-codec.ts';
import { decodeVectorClockDelta, encodeVectorClockDelta } from '../../src/codec/clock-delta.ts';
import { compare, increment, merge, VectorClock } from '../../src/vector-clock.ts';
import { anyClock, entriesOf, rebuilt } from '../support/clocks.ts';

const base = VectorClock.fromJSON({ a: 1, b: 2, c: 3, d: 4 });

describeCodec(
  'a clock as a delta',
  {
    encode: (clock) => encodeVectorClockDelta(base, clock),
    decode: (bytes) => decodeVectorClockDelta(base, bytes),
  },
  anyClock.map((clock) => merge(base, clock)),
  { show: entriesOf },
);

test('a delta goes from any base to any clock above it', () => {
  fc.assert(
    fc.property(anyClock, anyClock, (one, other) => {
      const clock = merge(one, other);
      const delta = encodeVectorClockDelta(one, clock);
      const read = decodeVectorClockDelta(rebuilt(one), delta);
      expect(compare(read, clock)).toBe('equal');
      expect(encodeVectorClock(read)).toEqual(encodeVectorClock(clock));
    }),
  );
});

test('zeros of a base are no entries of it', () => {
  const dense = new VectorClock(['a', 'b', 'c'], [0, 2, 0]);
  const clock = VectorClock.fromJSON({ a: 1, b: 5 });
  const delta = encodeVectorClockDelta(dense, clock);

  expect(delta).toEqual(encodeVectorClockDelta(rebuilt(dense), clock));
  expect(entriesOf(decodeVectorClockDelta(dense, delta))).toEqual(entriesOf(clock));
  expect(entriesOf(decodeVectorClockDelta(rebuilt(dense), delta))).toEqual(entriesOf(clock));
});

test('any number of zeros may be skipped', () => {
  const dense = new VectorClock(['a', 'b', 'c', 'd'], [0, 0, 2, 3]);
  const clock = VectorClock.fromJSON({ c: 2, d: 5 });
  const delta = encodeVectorClockDelta(dense, clock);

  expect(Array.from(delta.subarray(6))).toEqual([1, 1, 2, 0]);
  expect(entriesOf(decodeVectorClockDelta(dense, delta))).toEqual(entriesOf(clock));
  const zeros = new VectorClock(dense.ids, [0, 0, 2, 5]);
  expect(encodeVectorClockDelta(dense, zeros)).toEqual(delta);
});

test('what rose costs two bytes, and ids are shared', () => {
  const next = increment(increment(base, 'b'), 'd');
  const delta = encodeVectorClockDelta(base, next);

  expect(delta.length).toBe(2 + 4 + 1 + 2 * 2 + 1);
  expect(decodeVectorClockDelta(base, delta).ids).toBe(base.ids);
});

test('a delta to another base is refused', () => {
  const delta = encodeVectorClockDelta(base, increment(base, 'a'));

  expect(() => decodeVectorClockDelta(increment(base, 'a'), delta)).toThrow(
    'base: expected the one that the delta was made of, got another',
  );
});

test('a delta is made of a base before the clock only', () => {
  expect(() => encodeVectorClockDelta(increment(base, 'a'), base)).toThrow(
    new RangeError('base: expected one before the clock or equal to it, got one after'),
  );
  expect(() => encodeVectorClockDelta(base, VectorClock.of([['e', 1]]))).toThrow(RangeError);
});

const head = [...encodeVectorClockDelta(base, base).subarray(0, 6)];
const most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];

test.each<[what: string, bytes: number[], message: string]>([
  ['a rise of 0', [1, 0, 0, 0], 'rise: expected at least 1, got 0'],
  ['a place past the base', [1, 4, 1, 0], 'place: expected one in the base, got one past it'],
  ['a place far past it', [2, 0, 1, ...most, 1, 0], 'place: expected one in the base'],
  ['a counter past 2^53-1', [1, 3, ...most, 0], 'counter: expected at most 2^53-1, got more'],
  ['another id that the base has', [0, 1, 1, 97, 5], 'others: expected ids that the base has not'],
])('%s is refused', (_what, bytes, message) => {
  expect(() => decodeVectorClockDelta(base, Uint8Array.of(...head, ...bytes))).toThrow(message);
});
