import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  type ShardedReply,
  shardedReplyCodec,
  type ShardedRequest,
  shardedRequestCodec,
} from '../../src/sharding/codec.ts';

const bytes = fc.uint8Array({ maxLength: 30 });
const requests: fc.Arbitrary<ShardedRequest> = fc.record({
  epoch: fc.maxSafeNat(),
  key: bytes,
  payload: bytes,
});
const replies: fc.Arbitrary<ShardedReply> = fc.oneof(
  fc.record({ verdict: fc.constant('done' as const), epoch: fc.maxSafeNat(), payload: bytes }),
  fc.record({
    verdict: fc.constant('notOwner' as const),
    epoch: fc.maxSafeNat(),
    payload: fc.constant(new Uint8Array(0)),
  }),
);

test('requests and replies are decoded to what they were', () => {
  fc.assert(
    fc.property(requests, replies, (request, reply) => {
      expect(shardedRequestCodec.decode(shardedRequestCodec.encode(request))).toEqual(request);
      expect(shardedReplyCodec.decode(shardedReplyCodec.encode(reply))).toEqual(reply);
    }),
  );
});

test('damaged bytes are refused, or are those of another message', () => {
  const flip = fc.tuple(fc.nat(), fc.nat(7));
  const each = (
    codec: typeof shardedRequestCodec | typeof shardedReplyCodec,
    value: ShardedRequest | ShardedReply,
    [place, bit]: [number, number],
  ): void => {
    const input = (codec as { encode(value: unknown): Uint8Array }).encode(value).slice();
    input[place % input.length]! ^= 1 << bit;
    try {
      const decoded = codec.decode(input);
      expect((codec as { encode(value: unknown): Uint8Array }).encode(decoded)).toEqual(input);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  };
  fc.assert(
    fc.property(requests, replies, flip, (request, reply, where) => {
      each(shardedRequestCodec, request, where);
      each(shardedReplyCodec, reply, where);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['nothing', []],
  ['another version', [2, 0, 0]],
  ['no key', [1, 0]],
  ['a key that is cut off', [1, 0, 5, 1]],
  ['a key of 2^49 bytes', [1, 0, 255, 255, 255, 255, 255, 255, 127]],
])('a request of %s is refused', (_what, input) => {
  expect(() => shardedRequestCodec.decode(Uint8Array.from(input))).toThrow(DecodeError);
});

test.each([
  ['nothing', []],
  ['another version', [2, 0, 0]],
  ['no verdict', [1, 2, 0]],
  ['a payload although it is no owner', [1, 1, 0, 7]],
])('a reply of %s is refused', (_what, input) => {
  expect(() => shardedReplyCodec.decode(Uint8Array.from(input))).toThrow(DecodeError);
});
