import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { BloomClock } from '../../src/bloom-clock.ts';
import { decodeBloomClock, encodeBloomClock } from '../../src/codec/bloom-clock-codec.ts';

const shape = { cellCount: 8, hashCount: 2 };

describeCodec(
  'a Bloom clock as bytes',
  { encode: encodeBloomClock, decode: (bytes) => decodeBloomClock(bytes, shape) },
  fc
    .array(fc.oneof(fc.nat(3), fc.constant(2 ** 32 - 1)), { minLength: 8, maxLength: 8 })
    .map((cells) => BloomClock.of(shape, Uint32Array.from(cells))),
  { show: ({ cells }) => cells },
);

test.each<[what: string, bytes: number[], message: string]>([
  ['another shape', [1, 7, 16, 2], 'shape: expected 8/2, got 16/2'],
  ['fewer cells', [1, 7, 8, 2, 0, 0], 'cells: expected 8, got 2 bytes'],
  [
    'a cell of 2^32',
    [1, 7, 8, 2, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0, 0, 0, 0, 0, 0],
    'cell: expected below 2^32, got 4294967296',
  ],
])('%s is refused', (_what, bytes, message) => {
  expect(() => decodeBloomClock(Uint8Array.from(bytes), shape)).toThrow(message);
});
