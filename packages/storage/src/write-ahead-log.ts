import { ByteReader, ByteWriter, crc32c, DecodeError } from '@quorate/transport/codec';

import { joinPath, parentOf } from './disk-path.ts';
import type { Disk, DiskFile } from './disk.ts';
import { LogError } from './errors.ts';
import type { DamagedEntry, LogBatch, LogEntry } from './log-entry.ts';

/** Where a log lives and how it lays out its files. */
export interface WriteAheadLogOptions {
  readonly disk: Disk;
  /** A folder of the log's own. Made if missing. */
  readonly directory: string;
  /** Size of one segment file. 64 MiB by default. */
  readonly segmentBytes?: number;
}

/** What `WriteAheadLog.open` found. */
export interface LogRecovery {
  /** The last durable metadata record. */
  readonly metadata: Uint8Array | undefined;
  /** Bytes of a last batch that was being written at a crash, never acknowledged. */
  readonly droppedTailBytes: number;
  /** Durable entries that cannot be read any more. */
  readonly damaged: readonly DamagedEntry[];
}

interface Change extends LogBatch {
  readonly reset?: { readonly logIndex: number; readonly term: number };
  readonly compactThrough?: number;
}

/** A durable log of entries, with group commit, truncation and compaction. */
export class WriteAheadLog {
  readonly #file: DiskFile;
  readonly #writer = new ByteWriter();
  #offset = 0;
  #entries: LogEntry[] = [];
  #compacted = { logIndex: 0, term: 0 };
  #metadata: Uint8Array | undefined;
  #queue: { change: Change; settle: (error?: Error) => void }[] = [];
  #pumping: Promise<void> | undefined;
  #failure: LogError | undefined;
  #recovery: LogRecovery = { metadata: undefined, droppedTailBytes: 0, damaged: [] };

  private constructor(file: DiskFile) {
    this.#file = file;
  }

  /** Opens the log in `directory`, or makes an empty one. */
  static async open(options: WriteAheadLogOptions): Promise<WriteAheadLog> {
    const { disk, directory } = options;
    await disk.createDirectory(directory);
    const file = await disk.open(joinPath(directory, 'log'), { mode: 'create' });
    await disk.syncDirectory(directory);
    await disk.syncDirectory(parentOf(directory));
    const log = new WriteAheadLog(file);
    await log.#recover();
    return log;
  }

  get recovery(): LogRecovery {
    return this.#recovery;
  }

  /** Entries known to be unreadable now. */
  get damaged(): readonly DamagedEntry[] {
    return [];
  }

  get firstIndex(): number {
    return this.#compacted.logIndex + 1;
  }

  get lastIndex(): number {
    return this.#compacted.logIndex + this.#entries.length;
  }

  termAt(logIndex: number): number | undefined {
    if (logIndex === this.#compacted.logIndex) return this.#compacted.term;
    return this.#entries[logIndex - this.firstIndex]?.term;
  }

  async append(batch: LogBatch): Promise<void> {
    return this.#commit(batch);
  }

  async read(
    fromIndex: number,
    toIndex: number,
    maxBytes: number = Number.POSITIVE_INFINITY,
  ): Promise<readonly LogEntry[]> {
    if (fromIndex < this.firstIndex || toIndex > this.lastIndex || fromIndex > toIndex) {
      throw new RangeError(
        `fromIndex..toIndex: expected a range within ${this.firstIndex}..${this.lastIndex}, ` +
          `got ${fromIndex}..${toIndex}`,
      );
    }
    const found: LogEntry[] = [];
    let bytes = 0;
    for (const entry of this.#entries.slice(
      fromIndex - this.firstIndex,
      toIndex - this.firstIndex + 1,
    )) {
      bytes += entry.payload.length;
      if (found.length > 0 && bytes > maxBytes) break;
      found.push({ ...entry, payload: entry.payload.slice() });
    }
    return Promise.resolve(found);
  }

  async *entries(): AsyncIterable<readonly LogEntry[]> {
    for (let from = this.firstIndex; from <= this.lastIndex; from += 256) {
      yield await this.read(from, Math.min(from + 255, this.lastIndex));
    }
  }

  async compact(throughIndex: number): Promise<void> {
    if (throughIndex <= this.#compacted.logIndex) return;
    return this.#commit({ entries: [], compactThrough: throughIndex });
  }

  async reset(
    lastIncludedIndex: number,
    lastIncludedTerm: number,
    metadata?: Uint8Array,
  ): Promise<void> {
    const reset = { logIndex: lastIncludedIndex, term: lastIncludedTerm };
    return this.#commit({ entries: [], reset, ...(metadata && { metadata }) });
  }

  async close(): Promise<void> {
    await this.#pumping;
    this.#failure ??= new LogError('LOG_CLOSED', 'the log is closed');
    await this.#file.close();
  }

  async #commit(change: Change): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#apply(change);
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#queue.push({ change, settle });
      this.#pumping ??= this.#pump();
    });
  }

  #apply(change: Change): void {
    const { truncateFrom, entries, metadata, reset, compactThrough } = change;
    if (truncateFrom !== undefined) {
      if (truncateFrom < this.firstIndex) {
        throw new RangeError(
          `truncateFrom: expected at least ${this.firstIndex}, got ${truncateFrom}`,
        );
      }
      this.#entries.length = Math.min(this.#entries.length, truncateFrom - this.firstIndex);
    }
    for (const entry of entries) {
      if (entry.logIndex !== this.lastIndex + 1) {
        throw new RangeError(`logIndex: expected ${this.lastIndex + 1}, got ${entry.logIndex}`);
      }
      this.#entries.push(entry);
    }
    if (metadata !== undefined) this.#metadata = metadata;
    if (reset !== undefined) {
      this.#entries = [];
      this.#compacted = reset;
    }
    if (compactThrough !== undefined) {
      const term = this.termAt(compactThrough) ?? 0;
      this.#entries = this.#entries.slice(compactThrough - this.#compacted.logIndex);
      this.#compacted = { logIndex: compactThrough, term };
    }
  }

  async #pump(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      try {
        for (const { change } of group) this.#encode(change);
        const bytes = this.#writer.finish();
        await this.#file.write(this.#offset, bytes);
        await this.#file.sync();
        this.#offset += bytes.length;
        for (const { settle } of group) settle();
      } catch (cause) {
        this.#failure = new LogError('LOG_POISONED', 'a write failed; reopen the log', { cause });
        for (const { settle } of [...group, ...this.#queue]) settle(this.#failure);
        this.#queue = [];
      }
    }
    this.#pumping = undefined;
  }

  #encode(change: Change): void {
    const body = new ByteWriter();
    body.varint(change.truncateFrom ?? 0);
    body.u8(change.metadata === undefined ? 0 : 1);
    body.lengthPrefixed(change.metadata ?? new Uint8Array());
    body.u8(change.reset === undefined ? 0 : 1);
    body.varint(change.reset?.logIndex ?? 0);
    body.varint(change.reset?.term ?? 0);
    body.varint(change.compactThrough ?? 0);
    body.varint(change.entries.length);
    for (const { logIndex, term, type, payload } of change.entries) {
      body.varint(logIndex);
      body.varint(term);
      body.u8(type);
      body.lengthPrefixed(payload);
    }
    const bytes = body.finish();
    this.#writer.u32(crc32c(bytes));
    this.#writer.lengthPrefixed(bytes);
  }

  async #recover(): Promise<void> {
    const content = new Uint8Array(await this.#file.sizeBytes());
    await this.#file.read(0, content);
    const reader = new ByteReader(content);
    try {
      while (reader.remaining > 0) {
        const crc = reader.u32();
        const bytes = reader.lengthPrefixed();
        if (crc32c(bytes) !== crc) break;
        this.#apply(decodeChange(bytes));
        this.#offset = content.length - reader.remaining;
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    this.#recovery = {
      metadata: this.#metadata,
      droppedTailBytes: content.length - this.#offset,
      damaged: [],
    };
    await this.#file.truncate(this.#offset);
    await this.#file.sync();
  }
}

function decodeChange(bytes: Uint8Array): Change {
  const body = new ByteReader(bytes);
  const truncateFrom = body.varint();
  const hasMetadata = body.u8() === 1;
  const metadata = body.lengthPrefixed();
  const hasReset = body.u8() === 1;
  const reset = { logIndex: body.varint(), term: body.varint() };
  const compactThrough = body.varint();
  const entries: LogEntry[] = [];
  for (let count = body.varint(); count > 0; count -= 1) {
    const [logIndex, term, type] = [body.varint(), body.varint(), body.u8()];
    entries.push({ logIndex, term, type, payload: body.lengthPrefixed().slice() });
  }
  return {
    entries,
    ...(truncateFrom > 0 && { truncateFrom }),
    ...(hasMetadata && { metadata: metadata.slice() }),
    ...(hasReset && { reset }),
    ...(compactThrough > 0 && { compactThrough }),
  };
}
