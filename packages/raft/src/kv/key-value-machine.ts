import {
  type Digest64,
  digestBytes,
  DigestWriter,
  emptyDigest,
  excluding,
  including,
} from '../state-digest.ts';
import type { StateMachine } from '../state-machine.ts';
import { ChangeLog, type ChangeLogLimits, type Changes } from './change-log.ts';
import { keyValueResultCodec, keyValueSnapshotCodec, parseKeyValueCommand } from './codec.ts';
import { keyValueLimits } from './limits.ts';
import type {
  KeyValueChange,
  KeyValueCommand,
  KeyValueCompare,
  KeyValueEntry,
  KeyValueOperation,
  KeyValueOperationResult,
  KeyValueQuery,
  KeyValueReply,
  KeyValueResult,
  KeyValueTransaction,
} from './messages.ts';
import { SortedKeys } from './sorted-keys.ts';

/** How much one store holds. Must be the same on all replicas, and stay so. */
export interface StoreLimits extends ChangeLogLimits {
  /** Keys and values together, in bytes. Writes beyond are refused as 'storeFull'. At least 1. */
  readonly storeBytesMax: number;
}

/** The limits of a store that states none. */
export const defaultStoreLimits: StoreLimits = {
  storeBytesMax: 268_435_456,
  changeCountMax: 10_000,
  changeBytesMax: 16_777_216,
};

/** What an entry takes besides its key and its value. */
const ENTRY_OVERHEAD_BYTES = 64;

/**
 * A map from texts to bytes in which every write has a revision.
 *
 * A revision is the log index of the command that wrote. So revisions only rise, are the same on
 * every replica, and are never used twice, not even for a key that was deleted and made again: what
 * compares revisions cannot be fooled by a value that came back (ABA). Everything here follows from
 * the commands, what is forgotten for lack of room included.
 */
export class KeyValueMachine implements StateMachine {
  readonly #limits: StoreLimits;
  // A Map, because a key may be called `__proto__`.
  readonly #entries = new Map<string, KeyValueEntry>();
  readonly #keys = new SortedKeys();
  readonly #changes: ChangeLog;
  #revision = 0;
  #storeBytes = 0;
  // Of the set of all entries.
  #digest = emptyDigest;

  /** @throws RangeError if a limit is no integer of at least 1. */
  constructor(limits: Partial<StoreLimits> = {}) {
    this.#limits = { ...defaultStoreLimits, ...limits };
    for (const [name, value] of Object.entries(this.#limits)) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
      }
    }
    this.#changes = new ChangeLog(this.#limits);
  }

  /** The last that wrote or deleted anything; 0 if none did. */
  get revision(): number {
    return this.#revision;
  }

  /** How many keys there are. */
  get keyCount(): number {
    return this.#entries.size;
  }

  /** What all keys and values take. */
  get storeBytes(): number {
    return this.#storeBytes;
  }

  /** Answers from what is applied so far. The values are the store's: do not change them. */
  query(query: KeyValueQuery): KeyValueReply {
    const revision = this.#revision;
    return query.kind === 'get'
      ? { kind: 'entry', revision, entry: this.#entries.get(query.key) }
      : { kind: 'page', revision, ...this.#page(query) };
  }

  /**
   * What changed from `revision` on among the keys that begin with `prefix`.
   *
   * @param countMax - About how many changes; the last transaction is always whole.
   */
  changesFrom(revision: number, prefix: string, countMax: number): Changes {
    const isWanted = (key: string): boolean => key.startsWith(prefix);
    return this.#changes.from(revision, this.#revision, isWanted, countMax);
  }

  apply(command: Uint8Array, logIndex: number): Uint8Array {
    const decoded = parseKeyValueCommand(command);
    const result: KeyValueResult =
      decoded === undefined
        ? { kind: 'refused', reason: 'malformed' }
        : this.#change(decoded, logIndex);
    return keyValueResultCodec.encode(result);
  }

  /** Equal states give equal bytes, in whatever order they came about. */
  snapshot(): Uint8Array {
    const entries: KeyValueEntry[] = [];
    for (const key of this.#keys.from('')) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) entries.push(entry);
    }
    return keyValueSnapshotCodec.encode({
      revision: this.#revision,
      compactedRevision: this.#changes.compactedRevision,
      entries,
      changes: this.#changes.all(),
    });
  }

  /** @throws DecodeError if `snapshot` is none of this version; the state is unchanged then. */
  restore(snapshot: Uint8Array): void {
    const state = keyValueSnapshotCodec.decode(snapshot);
    this.#entries.clear();
    this.#keys.clear();
    this.#storeBytes = 0;
    this.#digest = emptyDigest;
    for (const entry of state.entries) this.#set(entry);
    this.#changes.replace(state.changes, state.compactedRevision);
    this.#revision = state.revision;
  }

  /** Of all entries, kept as they change, and of both revisions: O(1). */
  digest(): Uint8Array {
    const { high, low } = this.#digest;
    const writer = new DigestWriter().number(high).number(low).number(this.#revision);
    return digestBytes(writer.number(this.#changes.compactedRevision).finish());
  }

  #change(command: KeyValueCommand, logIndex: number): KeyValueResult {
    if (command.kind === 'transaction') return this.#transact(command, logIndex);
    if (command.revision > this.#revision) return { kind: 'refused', reason: 'future' };
    this.#changes.compact(command.revision);
    return { kind: 'compacted', oldestRevision: this.#changes.compactedRevision + 1 };
  }

  #transact(transaction: KeyValueTransaction, logIndex: number): KeyValueResult {
    const succeeded = transaction.compare.every((each) => this.#holds(each));
    const operations = succeeded ? transaction.then : transaction.otherwise;
    const grownBytes = operations.reduce((sum, each) => sum + this.#growthOf(each), 0);
    if (grownBytes > 0 && this.#storeBytes + grownBytes > this.#limits.storeBytesMax) {
      return { kind: 'refused', reason: 'storeFull' };
    }
    // No key is written twice, and what is read is read first: a transaction sees one state.
    const results = operations.map((each) => this.#resultOf(each));
    const changes = operations.flatMap((each) => this.#write(each, logIndex));
    if (changes.length > 0) {
      this.#revision = logIndex;
      this.#changes.append(changes);
    }
    return { kind: 'transacted', succeeded, revision: this.#revision, results };
  }

  #holds(compare: KeyValueCompare): boolean {
    const entry = this.#entries.get(compare.key);
    switch (compare.kind) {
      case 'exists':
        return entry !== undefined;
      case 'missing':
        return entry === undefined;
      case 'value':
        return entry !== undefined && areEqual(entry.value, compare.value);
      case 'revision':
        return (entry?.modRevision ?? 0) === compare.revision;
      case 'unchangedSince':
        return (entry?.modRevision ?? 0) <= compare.revision;
    }
  }

  #growthOf(operation: KeyValueOperation): number {
    if (operation.kind === 'get') return 0;
    const entry = this.#entries.get(operation.key);
    const beforeBytes = entry === undefined ? 0 : sizeOf(entry);
    return (operation.kind === 'put' ? sizeOf(operation) : 0) - beforeBytes;
  }

  #resultOf({ kind, key }: KeyValueOperation): KeyValueOperationResult {
    const entry = this.#entries.get(key);
    if (kind === 'get') return { kind, entry };
    return kind === 'put'
      ? { kind, isNew: entry === undefined }
      : { kind, existed: entry !== undefined };
  }

  #write(operation: KeyValueOperation, revision: number): readonly KeyValueChange[] {
    const { kind, key } = operation;
    if (kind === 'get') return [];
    const before = this.#entries.get(key);
    if (kind === 'delete') {
      if (before === undefined) return [];
      this.#entries.delete(key);
      this.#keys.delete(key);
      this.#storeBytes -= sizeOf(before);
      this.#digest = excluding(this.#digest, digestOf(before));
      return [{ kind, revision, key }];
    }
    // The command is borrowed, and may be a part of something large.
    const value = operation.value.slice();
    const { createRevision = revision, version = 0 } = before ?? {};
    this.#set({ key, value, createRevision, modRevision: revision, version: version + 1 });
    return [{ kind, revision, key, value }];
  }

  #set(entry: KeyValueEntry): void {
    const before = this.#entries.get(entry.key);
    if (before === undefined) this.#keys.add(entry.key);
    this.#entries.set(entry.key, entry);
    this.#storeBytes += sizeOf(entry) - (before === undefined ? 0 : sizeOf(before));
    if (before !== undefined) this.#digest = excluding(this.#digest, digestOf(before));
    this.#digest = including(this.#digest, digestOf(entry));
  }

  #page({ prefix, after, limit }: Extract<KeyValueQuery, { readonly kind: 'list' }>): {
    readonly entries: readonly KeyValueEntry[];
    readonly hasMore: boolean;
  } {
    const entries: KeyValueEntry[] = [];
    const countMax = Math.min(limit, keyValueLimits.pageCountMax);
    let bytes = 0;
    const start = after !== undefined && after > prefix ? after : prefix;
    for (const key of this.#keys.from(start)) {
      if (!key.startsWith(prefix)) break;
      const entry = key === after ? undefined : this.#entries.get(key);
      if (entry === undefined) continue;
      bytes += entry.value.length;
      const isFull = entries.length >= countMax || bytes > keyValueLimits.pageBytesMax;
      if (isFull && entries.length > 0) return { entries, hasMore: true };
      entries.push(entry);
    }
    return { entries, hasMore: false };
  }
}

function sizeOf({ key, value }: { readonly key: string; readonly value: Uint8Array }): number {
  return 2 * key.length + value.length + ENTRY_OVERHEAD_BYTES;
}

function digestOf({ key, value, createRevision, modRevision, version }: KeyValueEntry): Digest64 {
  const writer = new DigestWriter().text(key).bytes(value);
  return writer.number(createRevision).number(modRevision).number(version).finish();
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
