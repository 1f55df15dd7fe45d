/**
 * The state machine that the demo replicates: configuration keys with revisions.
 *
 * A key's revision is the log index of the command that last wrote it. So revisions only rise, are
 * the same on every node, and are never used twice, not even when a key is deleted and created
 * again: a compare-and-set against an old revision cannot succeed by accident (no ABA).
 *
 * Every node applies the same commands at the same indexes, so everything here depends on nothing
 * but the state and the command. The limit on the size of the store is part of that: it is checked
 * while applying, where all nodes agree on the size, not while proposing, where they may not.
 */
import type { StateMachine } from '@quorate/raft';
import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

import {
  commandCodec,
  type ConfigCommand,
  type ConfigResult,
  resultCodec,
  type WriteCondition,
} from './config-command.ts';
import { limits } from './config-limits.ts';
import type { StoreFigures } from '../observe/node-status.ts';

/** A key's value and when it was written. */
export interface ConfigValue {
  readonly value: string;
  /** The log index of the write. */
  readonly revision: number;
}

/** A value as the store keeps it, with what must be undone when it goes. */
interface Entry extends ConfigValue {
  readonly sizeBytes: number;
  readonly checksum: number;
}

const snapshotVersion = 1;

/** Keys, values and revisions. Deterministic; reads never change anything. */
export class ConfigStore implements StateMachine {
  // A Map, because a key may be called `__proto__`.
  readonly #entries = new Map<string, Entry>();
  readonly #storeBytesMax: number;
  #storeBytes = 0;
  #digest = 0;

  /** @param storeBytesMax - Limit on `storeBytes`; must be the same on every node. */
  constructor(storeBytesMax: number = limits.storeBytesMax) {
    this.#storeBytesMax = storeBytesMax;
  }

  /** How many keys there are. */
  get keyCount(): number {
    return this.#entries.size;
  }

  /** All keys, values and revisions together, in bytes as a snapshot holds them. */
  get storeBytes(): number {
    return this.#storeBytes;
  }

  /**
   * 32 bits over all keys, values and revisions: equal states have equal digests, different ones
   * hardly ever. The exclusive or of the entries' checksums, so a write changes it in O(1).
   */
  get checksum(): number {
    return this.#digest >>> 0;
  }

  /** `checksum` as bytes, by which nodes compare what they hold. */
  digest(): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, this.checksum);
    return bytes;
  }

  /** How much it holds, for those who watch. */
  figures(): StoreFigures {
    const digest = this.checksum.toString(16).padStart(8, '0');
    return { keyCount: this.keyCount, storeBytes: this.storeBytes, digest };
  }

  /** The value of `key` as of what was applied so far. */
  get(key: string): ConfigValue | undefined {
    return this.#entries.get(key);
  }

  apply(command: Uint8Array, logIndex: number): Uint8Array {
    let decoded: ConfigCommand;
    try {
      decoded = commandCodec.decode(command);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      return resultCodec.encode({ kind: 'malformed' });
    }
    return resultCodec.encode(this.#change(decoded, logIndex));
  }

  /** Keys in the order of their first write, which all nodes share: equal logs, equal bytes. */
  snapshot(): Uint8Array {
    const writer = new ByteWriter(this.#storeBytes + 16);
    writer.u8(snapshotVersion);
    writer.varint(this.#entries.size);
    for (const [key, entry] of this.#entries) writeEntry(writer, key, entry);
    return writer.finish();
  }

  /** @throws DecodeError if `snapshot` is none of this version; the state is unchanged then. */
  restore(snapshot: Uint8Array): void {
    const restored = decodeSnapshot(snapshot);
    this.#entries.clear();
    this.#storeBytes = 0;
    this.#digest = 0;
    for (const [key, entry] of restored) this.#set(key, entry);
  }

  #change(command: ConfigCommand, logIndex: number): ConfigResult {
    const { key, condition } = command;
    const current = this.#entries.get(key);
    if (!holds(condition, current?.revision)) {
      return { kind: 'mismatch', currentRevision: current?.revision };
    }
    if (command.kind === 'delete') {
      this.#forget(key);
      return { kind: current ? 'deleted' : 'missing' };
    }
    const next = entryOf(key, { value: command.value, revision: logIndex });
    const grownBytes = next.sizeBytes - (current?.sizeBytes ?? 0);
    if (grownBytes > 0 && this.#storeBytes + grownBytes > this.#storeBytesMax) {
      return { kind: 'storeFull' };
    }
    this.#set(key, next);
    return { kind: 'written', revision: logIndex, isNew: current === undefined };
  }

  #set(key: string, next: Entry): void {
    const current = this.#entries.get(key);
    this.#storeBytes += next.sizeBytes - (current?.sizeBytes ?? 0);
    this.#digest ^= next.checksum ^ (current?.checksum ?? 0);
    this.#entries.set(key, next);
  }

  #forget(key: string): void {
    const current = this.#entries.get(key);
    this.#entries.delete(key);
    this.#storeBytes -= current?.sizeBytes ?? 0;
    this.#digest ^= current?.checksum ?? 0;
  }
}

function holds(condition: WriteCondition, revision: number | undefined): boolean {
  switch (condition.kind) {
    case 'none':
      return true;
    case 'absent':
      return revision === undefined;
    case 'present':
      return revision !== undefined;
    case 'revision':
      return revision === condition.revision;
  }
}

// One writer for all: it is empty between calls, and `finish` copies.
const entryWriter = new ByteWriter();

function entryOf(key: string, { value, revision }: ConfigValue): Entry {
  const bytes = writeEntry(entryWriter, key, { value, revision }).finish();
  const checksum = crc32c(bytes);
  return { value, revision, sizeBytes: bytes.length, checksum };
}

function writeEntry(writer: ByteWriter, key: string, entry: ConfigValue): ByteWriter {
  writer.string(key);
  writer.string(entry.value);
  writer.varint(entry.revision);
  return writer;
}

function decodeSnapshot(snapshot: Uint8Array): Map<string, Entry> {
  const reader = new ByteReader(snapshot);
  const version = reader.u8();
  if (version !== snapshotVersion) {
    throw new DecodeError(`snapshot version: expected 1, got ${version}`);
  }
  const entries = new Map<string, Entry>();
  // Each entry takes at least two lengths, one byte of key and a revision.
  for (let left = reader.count(4); left > 0; left -= 1) {
    const key = reader.string(limits.keyBytesMax);
    const value = reader.string(limits.valueBytesMax);
    entries.set(key, entryOf(key, { value, revision: reader.varint() }));
  }
  reader.expectEnd();
  return entries;
}
