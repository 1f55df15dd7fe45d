import { nodeId } from '@quorate/transport';
import { describeCodec } from '@quorate/transport/contract';
import fc from 'fast-check';

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
const freshness = fc.oneof(
  fc.constant({}),
  fc.record({ freshness: fc.record({ consistency: fc.constantFrom('lease', 'stale') }) }),
  fc.integer({ min: 1 }).map((maxStalenessMs) => ({
    freshness: { consistency: 'bounded' as const, maxStalenessMs },
  })),
);
const question: fc.Arbitrary<KeyValueQuery> = fc.oneof(
  fc.record({ kind: fc.constant('get'), key }),
  fc.record({
    kind: fc.constant('list'),
    prefix: fc.oneof(key, fc.constant('')),
    after: fc.option(key, { nil: undefined }),
    limit: fc.integer({ min: 1, max: 5_000 }),
  }),
);
const query: fc.Arbitrary<KeyValueQuery> = fc
  .tuple(question, freshness)
  .map(([asked, fresh]) => ({ ...asked, ...fresh }));
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

const views = { exceptions: { K8: 'decoded values are views' } };
const openEnded = {
  exceptions: {
    K3: 'a query without a freshness is linearizable',
    K4: 'a query without a freshness is linearizable',
  },
};

describeCodec('keyValueCommandCodec', keyValueCommandCodec, command, views);
describeCodec('keyValueResultCodec', keyValueResultCodec, result, views);
describeCodec('keyValueQueryCodec', keyValueQueryCodec, query, openEnded);
describeCodec('queryAttemptCodec', queryAttemptCodec, attempt, views);
describeCodec('keyValueSnapshotCodec', keyValueSnapshotCodec, snapshot);
