/*
 * What one write makes of the calls that wait for it.
 *
 * Calls that come while a sync is under way are merged into the next batch. Merging keeps only
 * their joint effect: an entry appended by one and truncated by the next is never written. So a
 * batch holds every index at most once, gapless from `fromIndex` on, and that is what lets recovery
 * name exactly the entries a damaged batch contained.
 */
import { invariant } from './invariant.ts';
import type { LogEntry } from './log-entry.ts';
import { ENTRY_HEADER_BYTES, MARK_BYTES, padded } from './log-format.ts';

/** One call that waits to become durable. */
export type LogRequest =
  | {
      readonly kind: 'append';
      readonly truncateFrom: number | undefined;
      readonly entries: readonly LogEntry[];
      readonly metadata: Uint8Array | undefined;
    }
  | { readonly kind: 'compact'; readonly logIndex: number; readonly term: number }
  | {
      readonly kind: 'reset';
      readonly logIndex: number;
      readonly term: number;
      readonly metadata: Uint8Array | undefined;
    };

/** What the log is before a batch, or after it. */
export interface LogBounds {
  readonly lastIndex: number;
  readonly compactedIndex: number;
  readonly compactedTerm: number;
}

/** The joint effect of some requests. */
export interface BatchPlan {
  /** Entries from here on are replaced by `entries`. */
  readonly fromIndex: number;
  /** Gapless from `fromIndex` on, whatever index each of them has in a log of its own. */
  readonly entries: readonly LogEntry[];
  readonly compactedIndex: number;
  readonly compactedTerm: number;
  readonly metadata: Uint8Array | undefined;
}

/** A batch that has grown to this size takes no more requests. */
export const BATCH_BYTES_WANTED: number = 4 * 1_024 * 1_024;

/** Gathers requests, each valid after the ones before it, into one batch. */
export class BatchBuilder implements BatchPlan, LogBounds {
  #fromIndex: number;
  #compactedIndex: number;
  #compactedTerm: number;
  readonly #entries: LogEntry[] = [];
  #entryBytes = 0;
  #metadata: Uint8Array | undefined;
  #isEmpty = true;

  constructor(before: LogBounds) {
    this.#fromIndex = before.lastIndex + 1;
    this.#compactedIndex = before.compactedIndex;
    this.#compactedTerm = before.compactedTerm;
  }

  get fromIndex(): number {
    return this.#fromIndex;
  }

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  get lastIndex(): number {
    return this.#fromIndex + this.#entries.length - 1;
  }

  get compactedIndex(): number {
    return this.#compactedIndex;
  }

  get compactedTerm(): number {
    return this.#compactedTerm;
  }

  get metadata(): Uint8Array | undefined {
    return this.#metadata;
  }

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Whether the next request is to begin another batch. */
  get isFull(): boolean {
    return this.sizeBytes >= BATCH_BYTES_WANTED;
  }

  /** How many bytes the entries take on disk. */
  get entriesBytes(): number {
    return this.#entryBytes;
  }

  /** How many bytes the batch takes on disk. */
  get sizeBytes(): number {
    return batchBytes(this.#entryBytes, this.#metadata);
  }

  /** Adds what `request` does. O(its entries, and those it removes). */
  add(request: LogRequest): void {
    switch (request.kind) {
      case 'append':
        this.#append(request);
        return;
      case 'compact':
        if (request.logIndex >= this.#fromIndex) this.#dropThrough(request.logIndex);
        this.#compactTo(request);
        return;
      case 'reset':
        this.#removeFrom(this.#fromIndex);
        this.#fromIndex = request.logIndex + 1;
        this.#metadata = request.metadata ?? this.#metadata;
        this.#compactTo(request);
        return;
    }
  }

  #append(request: Extract<LogRequest, { kind: 'append' }>): void {
    const { truncateFrom, entries, metadata } = request;
    if (truncateFrom !== undefined && truncateFrom <= this.lastIndex) {
      this.#removeFrom(truncateFrom);
      this.#isEmpty = false;
    }
    for (const entry of entries) {
      invariant(entry.logIndex === this.lastIndex + 1, 'a batch has no gaps');
      this.#entries.push(entry);
      this.#entryBytes += entryBytes(entry);
    }
    this.#metadata = metadata ?? this.#metadata;
    if (entries.length > 0 || metadata !== undefined) this.#isEmpty = false;
  }

  #removeFrom(logIndex: number): void {
    const keptCount = Math.max(0, logIndex - this.#fromIndex);
    for (const entry of this.#entries.splice(keptCount)) this.#entryBytes -= entryBytes(entry);
    this.#fromIndex = Math.min(this.#fromIndex, logIndex);
  }

  #dropThrough(logIndex: number): void {
    const dropped = this.#entries.splice(0, logIndex + 1 - this.#fromIndex);
    for (const entry of dropped) this.#entryBytes -= entryBytes(entry);
    this.#fromIndex = logIndex + 1;
  }

  #compactTo({ logIndex, term }: { readonly logIndex: number; readonly term: number }): void {
    this.#compactedIndex = logIndex;
    this.#compactedTerm = term;
    this.#isEmpty = false;
  }
}

/** How many bytes a batch takes on disk, given what its entries take. A multiple of 8. */
export function batchBytes(entriesBytes: number, metadata: Uint8Array | undefined): number {
  return 2 * MARK_BYTES + 2 * padded(metadata?.length ?? 0) + entriesBytes;
}

/** How many bytes an entry takes on disk. A multiple of 8. */
function entryBytes({ payload }: LogEntry): number {
  return ENTRY_HEADER_BYTES + padded(payload.length);
}
