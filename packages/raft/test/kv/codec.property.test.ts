import { nodeId } from '@quorate/transport';
import { type Codec, DecodeError } from '@quorate/transport/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  keyValueCommandCodec,
  keyValueQueryCodec,
  keyValueResultCodec,
  keyValueSnapshotCodec,
  queryAttemptCodec,
} from '../../src/kv/codec.ts';
import type {
  KeyValueCommand,
  KeyValueCompare,
  KeyValueEntry,
  KeyValueOperation,
  KeyValueQuery,
  KeyValueReply,
  KeyValueResult,
  KeyValueState,
  QueryAttempt,
} from '../../src/kv/messages.ts';
import { StoreLog } from '../support/store-log.ts';

const key = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
  fc.constantFrom('__proto__', 'constructor', '\u0000'),
);
const value = fc.uint8Array({ maxLength: 20 });
const revision = fc.oneof(fc.nat(300), fc.maxSafeNat());
const entry: fc.Arbitrary<KeyValueEntry> = fc
  .record({ key, value, createRevision: fc.nat(1_000), later: fc.nat(9), version: fc.nat(500) })
  .map(({ later, version, ...rest }) => ({
    ...rest,
    modRevision: rest.createRevision + later,
    version: version + 1,
  }));
const optionalEntry = fc.option(entry, { nil: undefined });

const compare: fc.Arbitrary<KeyValueCompare> = fc.oneof(
  fc.record({ kind: fc.constantFrom('exists', 'missing'), key }),
  fc.record({ kind: fc.constant('value'), key, value }),
  fc.record({ kind: fc.constantFrom('revision', 'unchangedSince'), key, revision }),
);
const operation: fc.Arbitrary<KeyValueOperation> = fc.oneof(
  fc.record({ kind: fc.constant('put'), key, value }),
  fc.record({ kind: fc.constantFrom('get', 'delete'), key }),
);
const operations = fc.uniqueArray(operation, { maxLength: 3, selector: (each) => each.key });
const command: fc.Arbitrary<KeyValueCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('transaction'),
    compare: fc.array(compare, { maxLength: 3 }),
    then: operations,
    otherwise: operations,
  }),
  fc.record({ kind: fc.constant('compact'), revision }),
);
const result: fc.Arbitrary<KeyValueResult> = fc.oneof(
  fc.record({
    kind: fc.constant('transacted'),
    succeeded: fc.boolean(),
    revision,
    results: fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('get'), entry: optionalEntry }),
        fc.record({ kind: fc.constant('put'), isNew: fc.boolean() }),
        fc.record({ kind: fc.constant('delete'), existed: fc.boolean() }),
      ),
      { maxLength: 3 },
    ),
  }),
  fc.record({ kind: fc.constant('compacted'), oldestRevision: revision }),
  fc.record({
    kind: fc.constant('refused'),
    reason: fc.constantFrom('storeFull', 'future', 'malformed'),
  }),
);
const query: fc.Arbitrary<KeyValueQuery> = fc.oneof(
  fc.record({ kind: fc.constant('get'), key }),
  fc.record({
    kind: fc.constant('list'),
    prefix: fc.oneof(key, fc.constant('')),
    after: fc.option(key, { nil: undefined }),
    limit: fc.integer({ min: 1, max: 5_000 }),
  }),
);
const reply: fc.Arbitrary<KeyValueReply> = fc.oneof(
  fc.record({ kind: fc.constant('entry'), revision, entry: optionalEntry }),
  fc.record({
    kind: fc.constant('page'),
    revision,
    entries: fc.array(entry, { maxLength: 3 }),
    hasMore: fc.boolean(),
  }),
);
const attempt: fc.Arbitrary<QueryAttempt> = fc.oneof(
  fc.record({ kind: fc.constant('answered'), reply }),
  fc.record({
    kind: fc.constant('refused'),
    leaderId: fc.option(fc.constant(nodeId('n1')), { nil: undefined }),
  }),
);
const snapshot: fc.Arbitrary<KeyValueState> = fc
  .array(command, { maxLength: 8 })
  .map((commands) => {
    const log = new StoreLog({ changeCountMax: 4 });
    for (const each of commands) log.commit(each);
    return keyValueSnapshotCodec.decode(log.machine.snapshot());
  });

/** The laws of every codec here. */
function describeCodec<Value>(
  name: string,
  codec: Codec<Value>,
  values: fc.Arbitrary<Value>,
): void {
  const tryDecode = (input: Uint8Array): { readonly value: Value } | 'refused' => {
    try {
      return { value: codec.decode(input) };
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
      return 'refused';
    }
  };

  describe(name, () => {
    test('decodes what it encodes', () => {
      fc.assert(
        fc.property(values, (one) => {
          expect(codec.decode(codec.encode(one))).toEqual(one);
        }),
        { numRuns: 300 },
      );
    });

    test('is canonical: what decodes encodes to the same bytes, however it was damaged', () => {
      const flips = fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 3 });
      fc.assert(
        fc.property(values, flips, (one, chosen) => {
          const input = codec.encode(one).slice();
          for (const [place, bit] of chosen) {
            const at = place % input.length;
            input[at] = (input[at] ?? 0) ^ (1 << bit);
          }
          const decoded = tryDecode(input);
          if (decoded !== 'refused') expect(codec.encode(decoded.value)).toEqual(input);
        }),
        { numRuns: 1_000 },
      );
    });

    test('refuses or decodes any bytes, and throws nothing else', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (input, isVersioned) => {
          if (isVersioned && input.length > 0) input[0] = 1;
          tryDecode(input);
        }),
        { numRuns: 2_000 },
      );
    });
  });
}

describeCodec('keyValueCommandCodec', keyValueCommandCodec, command);
describeCodec('keyValueResultCodec', keyValueResultCodec, result);
describeCodec('keyValueQueryCodec', keyValueQueryCodec, query);
describeCodec('queryAttemptCodec', queryAttemptCodec, attempt);
describeCodec('keyValueSnapshotCodec', keyValueSnapshotCodec, snapshot);
