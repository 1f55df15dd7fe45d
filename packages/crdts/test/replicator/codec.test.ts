import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ACKS_MAX, replicationCodec } from '../../src/replicator/codec.ts';
import type { ReplicationMessage } from '../../src/replicator/messages.ts';

const name = fc.constantFrom('a', 'notes/1', '__proto__', 'é', ' '.repeat(256));
const bytes = fc.uint8Array({ maxLength: 40 });
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });

const versions = fc.record({
  kind: fc.constant('versions' as const),
  entries: fc.array(
    fc.oneof(
      fc.record({
        ...{ document: name, form: fc.constant('full' as const), wantsReply: fc.boolean() },
        ...{ attachment: number, isKept: fc.boolean(), seen: number, version: bytes },
      }),
      fc.record({
        ...{ document: name, form: fc.constant('hash' as const), wantsReply: fc.boolean() },
        ...{ attachment: number, isKept: fc.boolean(), seen: number },
        version: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      }),
      fc.record({
        ...{ document: name, form: fc.constant('none' as const), attachment: number, seen: number },
        ...{ wantsReply: fc.constant(false), isKept: fc.constant(false) },
        version: fc.constant(new Uint8Array(0)),
      }),
    ),
    { maxLength: 20, size: 'max' },
  ),
});
const updates = fc.record({
  ...{ kind: fc.constant('updates' as const), document: name, attachment: number, number },
  ...{ isKept: fc.boolean(), wantsVersion: fc.boolean() },
  updates: fc.array(bytes, { maxLength: 20, size: 'max' }),
});

const whole = fc.record({ kind: fc.constant('whole' as const), document: name, bytes });

const message: fc.Arbitrary<ReplicationMessage> = fc.oneof(
  versions,
  updates,
  whole,
  fc.record({
    ...{ kind: fc.constant('offer' as const), document: name, isDiverged: fc.boolean() },
    base: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  }),
  fc
    .record({ document: name, sizeBytes: fc.nat(), crc: fc.nat(), offset: fc.nat() })
    .map((fetch): ReplicationMessage => ({
      ...{ kind: 'fetch', ...fetch },
      sizeBytes: fetch.offset + fetch.sizeBytes + 1,
    })),
  fc.record({
    ...{ kind: fc.constant('acks' as const), document: name },
    numbers: fc
      .uniqueArray(number, { maxLength: 50, size: 'max' })
      .map((list) => list.toSorted((left, right) => left - right)),
  }),
  fc
    .record({
      head: fc.oneof(versions, updates, whole),
      crc: fc.nat(),
      offset: fc.nat(100),
      bytes: fc.uint8Array({ minLength: 1 }),
    })
    .map((part): ReplicationMessage => ({
      ...{ kind: 'part', ...part },
      sizeBytes: part.offset + part.bytes.length + 7,
    })),
);

test('what is encoded decodes to the same', () => {
  fc.assert(
    fc.property(message, (sent) => {
      expect(replicationCodec.decode(replicationCodec.encode(sent))).toEqual(sent);
    }),
  );
});

test('what is cut short or damaged decodes to something, or is refused by name', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (sent, at, flip) => {
      const encoded = replicationCodec.encode(sent);
      const place = at % encoded.length;
      expect(() => replicationCodec.decode(encoded.subarray(0, place))).toThrow(DecodeError);
      encoded[place] = (encoded[place] ?? 0) ^ flip;
      try {
        replicationCodec.decode(encoded);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
  );
});

const huge = [255, 255, 255, 255, 255, 255, 255, 15];

test.each([
  ['another version', [1, 1, 0], /version/],
  ['a kind that is none', [2, 9], /kind/],
  ['a count of 2^53 entries', [2, 1, ...huge], /count/],
  ['a count of 2^53 updates', [2, 2, 1, 97, 1, 0, 0, ...huge], /count/],
  ['a name of 2^53 bytes', [2, 2, ...huge], /length/],
  ['a document without a name', [2, 2, 0, 1, 1, 0, 0], /name/],
  ['flags that are none', [2, 1, 1, 1, 97, 9, 1, 0, 0], /flags/],
  ['flags of updates that are none', [2, 2, 1, 97, 1, 0, 4, 0], /flags/],
  ['a version of nothing', [2, 1, 1, 1, 97, 8, 1, 0, 1, 5], /none/],
  ['a hash of 7 bytes', [2, 1, 1, 1, 97, 1, 1, 0, 7, 1, 2, 3, 4, 5, 6, 7], /hash/],
  ['a part behind its end', [2, 4, 2, 1, 97, 1, 0, 0, 0, 5, 0, 0, 0, 0, 4, 2, 1, 1], /part/],
  ['an empty part', [2, 4, 2, 1, 97, 1, 0, 0, 0, 5, 0, 0, 0, 0, 4, 0], /part/],
  ['a part of a part', [2, 4, 4, 2], /head/],
  ['numbers that stand still', [2, 3, 1, 97, 2, 5, 0], /ascending/],
  ['numbers beyond 2^53', [2, 3, 1, 97, 2, ...huge, 1], /ascending/],
])('%s is refused', (_name, sent, expected) => {
  expect(() => replicationCodec.decode(Uint8Array.from(sent))).toThrow(expected);
});

test('more acknowledgements than anybody sends are refused', () => {
  const numbers = Array.from({ length: ACKS_MAX + 1 }, (_, index) => index);
  const encoded = replicationCodec.encode({ kind: 'acks', document: 'a', numbers });
  expect(() => replicationCodec.decode(encoded)).toThrow(/acks/);
});
