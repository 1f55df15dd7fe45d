import { type NodeId, nodeId } from '@quorate/transport';
import { DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { configurationOf } from '../../src/configuration.ts';
import { nodeRecordCodec, snapshotMetadataCodec } from '../../src/node/node-record-codec.ts';
import { emptyIdentity } from '../support/empty-identity.ts';

type NodeRecord = ReturnType<typeof nodeRecordCodec.decode>;

const id: fc.Arbitrary<NodeId> = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter((text) => text.isWellFormed() && new TextEncoder().encode(text).length <= 64)
  .map(nodeId);
const natural = fc.oneof(fc.nat(300), fc.maxSafeNat());
const configuration = fc.uniqueArray(id, { maxLength: 7 }).map((voters) => configurationOf(voters));
const hexId = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const directory = fc.record({
  directoryId: hexId,
  bootCount: natural,
  bootId: hexId,
  sinceIndex: natural,
});
const identity = fc.record({
  directoryId: hexId,
  bootCount: natural,
  knownBy: fc.array(fc.tuple(id, natural), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  known: fc.array(fc.tuple(id, directory), { maxLength: 3 }).map((pairs) => new Map(pairs)),
});
const record: fc.Arbitrary<NodeRecord> = fc.record({
  nodeId: id,
  configuration,
  hardState: fc.record({
    currentTerm: natural,
    votedFor: fc.option(id, { nil: undefined }),
    promised: fc.option(fc.record({ logIndex: natural, term: natural }), { nil: undefined }),
  }),
  identity: fc.option(identity, { nil: undefined }),
});

describe('nodeRecordCodec', () => {
  test('decodes what it encoded', () => {
    fc.assert(
      fc.property(record, (original) => {
        expect(nodeRecordCodec.decode(nodeRecordCodec.encode(original))).toEqual(original);
      }),
    );
  });

  test('refuses every prefix, and anything after the end', () => {
    fc.assert(
      fc.property(record, (original) => {
        const bytes = nodeRecordCodec.encode(original);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => nodeRecordCodec.decode(bytes.subarray(0, length))).toThrow(DecodeError);
        }
        expect(() => nodeRecordCodec.decode(Uint8Array.of(...bytes, 0))).toThrow(DecodeError);
      }),
    );
  });

  test('makes a value or a DecodeError of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isVersioned) => {
        if (isVersioned) bytes[0] = 1;
        try {
          const decoded = nodeRecordCodec.decode(bytes);
          expect(nodeRecordCodec.encode(decoded)).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('fits the metadata of a log with fifty voters of the longest names', () => {
    const voters = Array.from({ length: 50 }, (_, place) =>
      nodeId(`${'x'.repeat(60)}${1000 + place}`),
    );
    const hardState = { currentTerm: 2 ** 53 - 1, votedFor: voters[0], promised: undefined };
    const bytes = nodeRecordCodec.encode({
      nodeId: voters[0]!,
      configuration: configurationOf(voters),
      hardState,
      identity: { ...emptyIdentity, bootCount: 2 ** 53 - 1 },
    });
    expect(bytes.length).toBeLessThan(4_096);
  });
});

const snapshotMetadata = fc.record({ logIndex: natural, configuration });

describe('snapshotMetadataCodec', () => {
  test('decodes what it encoded', () => {
    fc.assert(
      fc.property(snapshotMetadata, (original) => {
        expect(snapshotMetadataCodec.decode(snapshotMetadataCodec.encode(original))).toEqual(
          original,
        );
      }),
    );
  });

  test.each([
    ['another version', [2, 0]],
    ['voters out of order', [1, 2, 1, 0x62, 1, 0x61]],
    ['a voter twice', [1, 2, 1, 0x61, 1, 0x61]],
    ['a voter without a name', [1, 2, 0, 1, 0x61]],
    ['more voters than bytes', [1, 200, 1, 1, 0x61]],
  ])('refuses %s', (_what, bytes) => {
    expect(() => snapshotMetadataCodec.decode(Uint8Array.from(bytes))).toThrow(DecodeError);
  });
});
