import { type ByteReader, ByteWriter, type Codec, DecodeError } from '@quorate/transport/codec';

import { readFreshness, writeFreshness } from '../codec/freshness.ts';
import {
  parse,
  readFlag,
  readNodeId,
  readOptional,
  readPlace,
  readVersioned,
  writeFlag,
  writeOptional,
} from '../codec/primitives.ts';
import { keyValueLimits, writtenTwice } from './limits.ts';
import type {
  KeyValueChange,
  KeyValueCommand,
  KeyValueCompare,
  KeyValueEntry,
  KeyValueOperation,
  KeyValueOperationResult,
  KeyValueQuery,
  KeyValueRefusal,
  KeyValueReply,
  KeyValueResult,
  KeyValueState,
  QueryAttempt,
} from './messages.ts';

/**
 * The key-value store as bytes. All numbers but the first bytes are varints (LEB128); keys are
 * length-prefixed UTF-8, values length-prefixed bytes.
 *
 * ```text
 *   command    version 1 │ 1 transaction  count compare… count operation… count operation…
 *                          2 compact      revision
 *   compare    0 exists key │ 1 missing key │ 2 value key value
 *              3 revision key revision │ 4 unchangedSince key revision
 *   operation  0 get key │ 1 put key value │ 2 delete key
 *   result     version 1 │ 1 transacted  flag revision count done…
 *                          2 compacted   oldestRevision
 *                          3 refused     reason
 *   done       0 get (0 │ 1 entry) │ 1 put flag │ 2 delete flag
 *   entry      key value createRevision (modRevision - createRevision) (version - 1)
 *   query      version 1 │ (1 get key │ 2 list prefix (0 │ 1 after) limit) freshness
 *   attempt    version 1 │ 1 answered (1 entry │ 2 page) … │ 2 refused (0 │ 1 leaderId)
 *   snapshot   version 1 │ revision compactedRevision count entry… count change…
 *   change     (revision - the one before) (1 put key value │ 2 delete key)
 * ```
 */

/** Of this format. A change that old nodes cannot read gets the next number. */
const version = 1;

const { keyBytesMax, valueBytesMax, operationCountMax } = keyValueLimits;

// The position is what is written: add at the end, remove never.
const compareKinds = [
  'exists',
  'missing',
  'value',
  'revision',
  'unchangedSince',
] as const satisfies readonly KeyValueCompare['kind'][];
const operationKinds = [
  'get',
  'put',
  'delete',
] as const satisfies readonly KeyValueOperation['kind'][];
const refusals = ['storeFull', 'future', 'malformed'] as const satisfies readonly KeyValueRefusal[];

const writer = new ByteWriter(1_024);

/** What stands in the log. Decoded values are views of the input. */
export const keyValueCommandCodec: Codec<KeyValueCommand> = {
  encode(command) {
    begin(command.kind === 'transaction' ? 1 : 2);
    if (command.kind === 'compact') {
      writer.varint(command.revision);
      return writer.finish();
    }
    writeList(command.compare, writeCompare);
    writeList(command.then, writeOperation);
    writeList(command.otherwise, writeOperation);
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readCommand),
};

/** The command in `bytes`; nothing if they are none of this version. */
export function parseKeyValueCommand(bytes: Uint8Array): KeyValueCommand | undefined {
  return parse(keyValueCommandCodec, bytes);
}

/** The result in `bytes`; nothing if they are none of this version. */
export function parseKeyValueResult(bytes: Uint8Array): KeyValueResult | undefined {
  return parse(keyValueResultCodec, bytes);
}

/** What the store answers to a command. Decoded values are views of the input. */
export const keyValueResultCodec: Codec<KeyValueResult> = {
  encode(result) {
    switch (result.kind) {
      case 'transacted':
        begin(1);
        writeFlag(writer, result.succeeded);
        writer.varint(result.revision);
        writeList(result.results, writeOperationResult);
        break;
      case 'compacted':
        begin(2);
        writer.varint(result.oldestRevision);
        break;
      case 'refused':
        begin(3);
        writer.u8(refusals.indexOf(result.reason));
        break;
    }
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readResult),
};

/** What a client asks of a node. */
export const keyValueQueryCodec: Codec<KeyValueQuery> = {
  encode(query) {
    if (query.kind === 'get') {
      begin(1);
      writer.string(query.key);
      writeFreshness(writer, query.freshness);
      return writer.finish();
    }
    begin(2);
    writer.string(query.prefix);
    writeOptional(writer, query.after, (after) => writer.string(after));
    writer.varint(query.limit);
    writeFreshness(writer, query.freshness);
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readQuery),
};

/** What a node says to a query. Decoded values are views of the input. */
export const queryAttemptCodec: Codec<QueryAttempt> = {
  encode(attempt) {
    if (attempt.kind === 'refused') {
      begin(2);
      writeOptional(writer, attempt.leaderId, (leaderId) => writer.string(leaderId));
      return writer.finish();
    }
    begin(1);
    writeReply(attempt.reply);
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes, version, readAttempt),
};

/** Canonical: equal states give equal bytes. Decoded values are copies. */
export const keyValueSnapshotCodec: Codec<KeyValueState> = {
  encode({ revision, compactedRevision, entries, changes }) {
    begin();
    writer.varint(revision);
    writer.varint(compactedRevision);
    writeList(entries, writeEntry);
    let before = compactedRevision;
    writeList(changes, (change) => {
      writer.varint(change.revision - before);
      writer.u8(change.kind === 'put' ? 1 : 2);
      writer.string(change.key);
      if (change.kind === 'put') writer.lengthPrefixed(change.value);
      before = change.revision;
    });
    return writer.finish();
  },
  decode: (bytes) => readVersioned(bytes.slice(), version, readSnapshot),
};

function begin(tag?: number): void {
  // What an encoding that failed in the middle left behind.
  writer.reset();
  writer.u8(version);
  if (tag !== undefined) writer.u8(tag);
}

function writeList<Item>(items: readonly Item[], write: (item: Item) => void): void {
  writer.varint(items.length);
  for (const item of items) write(item);
}

function readList<Item>(
  reader: ByteReader,
  bounds: { readonly bytesEachMin: number; readonly countMax: number },
  read: (reader: ByteReader) => Item,
): readonly Item[] {
  const count = reader.count(bounds.bytesEachMin);
  if (count > bounds.countMax) {
    throw new DecodeError(`count: expected at most ${bounds.countMax}, got ${count}`);
  }
  return Array.from({ length: count }, () => read(reader));
}

function writeCompare(compare: KeyValueCompare): void {
  writer.u8(compareKinds.indexOf(compare.kind));
  writer.string(compare.key);
  if (compare.kind === 'value') writer.lengthPrefixed(compare.value);
  else if ('revision' in compare) writer.varint(compare.revision);
}

function readCompare(reader: ByteReader): KeyValueCompare {
  const kind = readPlace(reader, compareKinds);
  const key = readKey(reader);
  switch (kind) {
    case 'exists':
    case 'missing':
      return { kind, key };
    case 'value':
      return { kind, key, value: reader.lengthPrefixed(valueBytesMax) };
    case 'revision':
    case 'unchangedSince':
      return { kind, key, revision: reader.varint() };
  }
}

function writeOperation(operation: KeyValueOperation): void {
  writer.u8(operationKinds.indexOf(operation.kind));
  writer.string(operation.key);
  if (operation.kind === 'put') writer.lengthPrefixed(operation.value);
}

function readOperation(reader: ByteReader): KeyValueOperation {
  const kind = readPlace(reader, operationKinds);
  const key = readKey(reader);
  return kind === 'put'
    ? { kind, key, value: reader.lengthPrefixed(valueBytesMax) }
    : { kind, key };
}

function readCommand(reader: ByteReader): KeyValueCommand {
  if (readPlace(reader, ['transaction', 'compact'], 1) === 'compact') {
    return { kind: 'compact', revision: reader.varint() };
  }
  const countMax = operationCountMax;
  const compare = readList(reader, { bytesEachMin: 3, countMax }, readCompare);
  const then = readOperations(reader);
  return { kind: 'transaction', compare, then, otherwise: readOperations(reader) };
}

function readOperations(reader: ByteReader): readonly KeyValueOperation[] {
  const bounds = { bytesEachMin: 3, countMax: operationCountMax };
  const operations = readList(reader, bounds, readOperation);
  if (writtenTwice(operations) !== undefined) {
    throw new DecodeError('operations: expected each key to be written once, got one twice');
  }
  return operations;
}

function writeOperationResult(result: KeyValueOperationResult): void {
  writer.u8(operationKinds.indexOf(result.kind));
  if (result.kind === 'get') writeOptional(writer, result.entry, writeEntry);
  else writeFlag(writer, result.kind === 'put' ? result.isNew : result.existed);
}

function readOperationResult(reader: ByteReader): KeyValueOperationResult {
  const kind = readPlace(reader, operationKinds);
  switch (kind) {
    case 'get':
      return { kind, entry: readOptional(reader, readEntry) };
    case 'put':
      return { kind, isNew: readFlag(reader) };
    case 'delete':
      return { kind, existed: readFlag(reader) };
  }
}

function readResult(reader: ByteReader): KeyValueResult {
  const kind = readPlace(reader, ['transacted', 'compacted', 'refused'], 1);
  if (kind === 'compacted') return { kind, oldestRevision: reader.varint() };
  if (kind === 'refused') return { kind, reason: readPlace(reader, refusals) };
  const bounds = { bytesEachMin: 2, countMax: operationCountMax };
  return {
    kind: 'transacted',
    succeeded: readFlag(reader),
    revision: reader.varint(),
    results: readList(reader, bounds, readOperationResult),
  };
}

function writeEntry(entry: KeyValueEntry): void {
  writer.string(entry.key);
  writer.lengthPrefixed(entry.value);
  writer.varint(entry.createRevision);
  writer.varint(entry.modRevision - entry.createRevision);
  writer.varint(entry.version - 1);
}

function readEntry(reader: ByteReader): KeyValueEntry {
  const key = readKey(reader);
  const value = reader.lengthPrefixed(valueBytesMax);
  const createRevision = reader.varint();
  const modRevision = safeSum('modRevision', createRevision, reader.varint());
  return {
    key,
    value,
    createRevision,
    modRevision,
    version: safeSum('version', reader.varint(), 1),
  };
}

function readQuery(reader: ByteReader): KeyValueQuery {
  if (readPlace(reader, ['get', 'list'], 1) !== 'list') {
    return { kind: 'get', key: readKey(reader), ...readFreshness(reader) };
  }
  const prefix = reader.string(keyBytesMax);
  const after = readOptional(reader, readKey);
  const limit = reader.varint();
  if (limit === 0) throw new DecodeError('limit: expected at least 1, got 0');
  return { kind: 'list', prefix, after, limit, ...readFreshness(reader) };
}

function writeReply(reply: KeyValueReply): void {
  writer.u8(reply.kind === 'entry' ? 1 : 2);
  writer.varint(reply.revision);
  if (reply.kind === 'entry') {
    writeOptional(writer, reply.entry, writeEntry);
    return;
  }
  writeList(reply.entries, writeEntry);
  writeFlag(writer, reply.hasMore);
}

function readAttempt(reader: ByteReader): QueryAttempt {
  const kind = readPlace(reader, ['answered', 'refused'], 1);
  if (kind === 'refused') return { kind, leaderId: readOptional(reader, readNodeId) };
  return { kind: 'answered', reply: readReply(reader) };
}

function readReply(reader: ByteReader): KeyValueReply {
  const kind = readPlace(reader, ['entry', 'page'], 1);
  const revision = reader.varint();
  if (kind === 'page') {
    const bounds = { bytesEachMin: 6, countMax: keyValueLimits.pageCountMax };
    const entries = readList(reader, bounds, readEntry);
    return { kind, revision, entries, hasMore: readFlag(reader) };
  }
  return { kind: 'entry', revision, entry: readOptional(reader, readEntry) };
}

function readSnapshot(reader: ByteReader): KeyValueState {
  const revision = reader.varint();
  const compactedRevision = reader.varint();
  if (compactedRevision > revision) {
    throw new DecodeError(`compacted: expected at most ${revision}, got ${compactedRevision}`);
  }
  const anyCount = Number.MAX_SAFE_INTEGER;
  const entries = readList(reader, { bytesEachMin: 6, countMax: anyCount }, readEntry);
  for (const [place, entry] of entries.entries()) {
    const before = entries[place - 1];
    if (before !== undefined && before.key >= entry.key) {
      throw new DecodeError('entries: expected sorted keys without duplicates, got others');
    }
    if (entry.modRevision > revision) {
      throw new DecodeError(`modRevision: expected at most ${revision}, got more`);
    }
  }
  let reached = compactedRevision;
  const changes = readList(reader, { bytesEachMin: 4, countMax: anyCount }, () => {
    const change = readChange(reader, reached);
    reached = change.revision;
    return change;
  });
  const isFirstLater = (changes[0]?.revision ?? Infinity) > compactedRevision;
  if (!isFirstLater || reached > revision) {
    throw new DecodeError(`changes: expected ${compactedRevision + 1}..${revision}, got others`);
  }
  return { revision, compactedRevision, entries, changes };
}

function readChange(reader: ByteReader, before: number): KeyValueChange {
  const revision = safeSum('revision', before, reader.varint());
  const kind = readPlace(reader, ['put', 'delete'], 1);
  const key = readKey(reader);
  if (kind === 'delete') return { kind, revision, key };
  return { kind: 'put', revision, key, value: reader.lengthPrefixed(valueBytesMax) };
}

function readKey(reader: ByteReader): string {
  const key = reader.string(keyBytesMax);
  if (key === '') throw new DecodeError('key: expected at least 1 byte, got none');
  return key;
}

function safeSum(name: string, left: number, right: number): number {
  const sum = left + right;
  if (Number.isSafeInteger(sum)) return sum;
  throw new DecodeError(`${name}: expected at most 2^53-1, got more`);
}
