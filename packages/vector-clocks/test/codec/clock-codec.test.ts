import { describeCodec } from '@quorate/transport/contract';
import { expect, test } from 'vitest';

import { decodeVectorClock, encodeVectorClock } from '../../src/codec/clock-codec.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { anyClock, entriesOf } from '../support/clocks.ts';

describeCodec(
  'a vector clock as bytes',
  { encode: encodeVectorClock, decode: (bytes) => decodeVectorClock(bytes) },
  anyClock,
  { show: entriesOf },
);

test.each<[what: string, bytes: number[], message: string]>([
  ['ids that fall', [1, 1, 2, 1, 98, 1, 1, 97, 1], 'id: expected one after "b", got "a"'],
  ['an id twice', [1, 1, 2, 1, 97, 1, 1, 97, 1], 'id: expected one after "a", got "a"'],
  ['a counter of 0', [1, 1, 1, 1, 97, 0], 'counter: expected at least 1, got 0'],
  ['no id', [1, 1, 1, 0, 1, 1], 'id: expected 1..64 bytes of UTF-8, got 0'],
  ['more entries than there are', [1, 1, 2, 1, 97, 1], 'count: expected items for 3 bytes, got 2'],
  [
    'a counter of 2^53',
    [1, 1, 1, 1, 97, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
    'varint: expected at most 2^53-1, got more',
  ],
])('%s is refused', (_what, bytes, message) => {
  expect(() => decodeVectorClock(Uint8Array.from(bytes))).toThrow(message);
});

test('the bytes of a release are those of every later one', () => {
  const clock = VectorClock.of([
    ['b', 2 ** 53 - 1],
    ['a', 1],
  ]);

  expect(Buffer.from(encodeVectorClock(clock)).toString('hex')).toBe(
    '0101020161010162ffffffffffffff0f',
  );
});
