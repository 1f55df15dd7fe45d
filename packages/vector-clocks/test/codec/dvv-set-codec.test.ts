import { type Codec, DecodeError } from '@quorate/transport/codec';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decodeDvvSet, encodeDvvSet } from '../../src/codec/dvv-set-codec.ts';
import { DvvSet } from '../../src/dvv-set.ts';
import { VectorClock } from '../../src/vector-clock.ts';
import { anyReplicaId } from '../support/clocks.ts';

/** Values that are one byte. */
const bytes: Codec<number> = {
  encode: (value) => Uint8Array.of(value),
  decode: (encoded) => {
    const [value] = encoded;
    if (value === undefined || encoded.length !== 1) throw new DecodeError('byte: expected one');
    return value;
  },
};

describeCodec(
  'a dvv set as bytes',
  { encode: (set) => encodeDvvSet(set, bytes), decode: (encoded) => decodeDvvSet(encoded, bytes) },
  fc
    .array(fc.tuple(anyReplicaId, fc.nat(255), fc.boolean()))
    .map((puts) =>
      puts.reduce(
        (set, [id, value, hasRead]) =>
          set.put(id, value, hasRead ? set.context() : VectorClock.empty),
        DvvSet.empty<number>(),
      ),
    ),
  { show: ({ entries }) => entries },
);

test('more values than versions are refused', () => {
  const encoded = Uint8Array.of(1, 5, 1, 1, 97, 1, 2, 1, 7, 1, 8);

  expect(() => decodeDvvSet(encoded, bytes)).toThrow('values: expected at most 1, got 2');
});
