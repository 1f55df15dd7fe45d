import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';

import { decodeLamportStamp, encodeLamportStamp } from '../../src/codec/lamport-codec.ts';
import { anyReplicaId } from '../support/clocks.ts';

describeCodec(
  'a Lamport stamp as bytes',
  { encode: encodeLamportStamp, decode: decodeLamportStamp },
  fc.record({ time: fc.integer({ min: 1, max: 2 ** 53 - 1 }), id: anyReplicaId }),
);
