import fc from 'fast-check';
import { describe } from 'vitest';

import { decodeLamportStamp, encodeLamportStamp } from '../../src/codec/lamport-codec.ts';
import { anyReplicaId } from '../support/clocks.ts';
import { describeCodec } from '../support/codec-laws.ts';

describe('a Lamport stamp as bytes', () => {
  describeCodec({
    values: fc.record({ time: fc.integer({ min: 1, max: 2 ** 53 - 1 }), id: anyReplicaId }),
    encode: encodeLamportStamp,
    decode: decodeLamportStamp,
    show: (stamp) => stamp,
  });
});
