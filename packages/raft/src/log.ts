import type { Configuration, ConfigurationAt } from './configuration.ts';
import { ConfigurationHistory } from './configuration-history.ts';
import { invariant } from './invariant.ts';
import type { Entry, LogPosition, Snapshot } from './messages.ts';

/** An entry's term, kind and length in a message, at most: small payloads do not come for free. */
const ENTRY_OVERHEAD_BYTES = 18;

/**
 * The replicated log of one node, in memory, and how much of it is on disk.
 *
 * Two things make this more than an array.
 *
 * **The beginning is missing.** Once a snapshot stands for a prefix, the prefix is dropped (§7).
 * What remains starts after `start`, whose term is kept because the consistency check of
 * AppendEntries needs the term of the entry before the first (§5.3).
 *
 * **The end is not on disk yet.** Writes are asynchronous, and a log may be cut and regrown while
 * they are under way. The obvious rule, "a finished write of (index, term) makes that entry
 * durable if the log still holds it", is wrong: the log may have lost the entry and gained it
 * again meanwhile, and the finished write is the one that came before the loss.
 *
 * ```text
 *   write 1   append 5@2          log  … 4@1 5@2
 *   write 2   cut 5, append 5@3   log  … 4@1 5@3
 *   write 3   cut 5, append 5@2   log  … 4@1 5@2     the same (index, term) as after write 1
 *   write 1 is done: entry 5@2 is NOT safe, because write 2 is on its way to destroy it.
 * ```
 *
 * So every write under way carries the last index it will have made durable, and a cut at `i`
 * lowers that number to `i - 1` in all of them: write 1 then vouches for index 4 at most, and only
 * write 3 for index 5. No terms are compared, so nothing can be mistaken for something else.
 *
 * Source: Ongaro & Ousterhout 2014, §5.3 and §7; the race is etcd/raft's `append_aba_race`.
 */
export class RaftLog {
  #start: LogPosition;
  // Gapless from `#start.logIndex + 1`, terms never falling.
  #entries: Entry[];
  // Everything up to here was handed to a write. Never above lastIndex.
  #issuedIndex: number;
  // A suffix that some write stored and the log has lost: the next write must remove it first.
  #truncatedFrom: number | undefined = undefined;
  #installed: Snapshot | undefined = undefined;
  #durableIndex: number;
  // Under way, oldest first. `lastIndex` is what the write vouches for, lowered by every cut.
  readonly #writes: { readonly ticket: number; lastIndex: number }[] = [];
  readonly #configurations: ConfigurationHistory;

  /**
   * @param start - The position before the first entry.
   * @param entries - Gapless from there on, and durable. Owned by the log afterwards.
   * @param base - The configuration in force where the log starts, or at an entry of it that is
   *   committed; `entries` hold all later ones.
   */
  constructor(start: LogPosition, entries: readonly Entry[], base: ConfigurationAt) {
    this.#start = start;
    this.#entries = [...entries];
    this.#configurations = new ConfigurationHistory(base);
    for (const entry of entries) this.#configurations.note(entry);
    this.#issuedIndex = this.lastIndex;
    this.#durableIndex = this.lastIndex;
  }

  /** The position before the first entry in memory: what was compacted or came as a snapshot. */
  get start(): LogPosition {
    return this.#start;
  }

  /** Index of the first entry in memory; `lastIndex + 1` if there is none. */
  get firstIndex(): number {
    return this.#start.logIndex + 1;
  }

  /** Index of the last entry; `start.logIndex` if there is none. */
  get lastIndex(): number {
    return this.#start.logIndex + this.#entries.length;
  }

  /** Term of the last entry, or of what stands before the first. */
  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#start.term;
  }

  /** Where the log ends. */
  get lastPosition(): LogPosition {
    return { logIndex: this.lastIndex, term: this.lastTerm };
  }

  /** Who takes part: as the last configuration entry says, committed or not (thesis §4.1). */
  get configuration(): Configuration {
    return this.#configurations.latest.configuration;
  }

  /** Where the entry of `configuration` stands; 0 for the configuration a cluster starts with. */
  get configurationIndex(): number {
    return this.#configurations.latest.logIndex;
  }

  /** Who took part when the log ended at `logIndex`, which is at least `start.logIndex`. */
  configurationAt(logIndex: number): ConfigurationAt {
    return this.#configurations.at(logIndex);
  }

  /**
   * Every entry up to here survives a crash. At most `lastIndex`; 0 while an installed snapshot is
   * not durable yet.
   */
  get durableIndex(): number {
    return this.#durableIndex;
  }

  /** The term of the entry at `logIndex`, or `undefined` if it is compacted or beyond the end. */
  termAt(logIndex: number): number | undefined {
    if (logIndex === this.#start.logIndex) return this.#start.term;
    return this.#entries[logIndex - this.firstIndex]?.term;
  }

  /** The entry at `logIndex`, or `undefined` if it is compacted or beyond the end. */
  entryAt(logIndex: number): Entry | undefined {
    return this.#entries[logIndex - this.firstIndex];
  }

  /**
   * The entries from `fromIndex` to `toIndex`, both included, or as many as fit.
   *
   * @param fromIndex - At least `firstIndex`.
   * @param toIndex - At most `lastIndex`.
   * @param bytesMax - Limit of the entries together, each counted as what it takes in a message at
   *   most. The first entry is there even if larger.
   */
  slice(fromIndex: number, toIndex: number, bytesMax: number): readonly Entry[] {
    invariant(fromIndex >= this.firstIndex, 'compacted entries are never asked for');
    const first = fromIndex - this.firstIndex;
    const end = Math.min(toIndex - this.firstIndex + 1, this.#entries.length);
    let bytes = 0;
    let place = first;
    while (place < end) {
      bytes += ENTRY_OVERHEAD_BYTES + (this.#entries[place]?.payload.length ?? 0);
      if (bytes > bytesMax && place > first) break;
      place += 1;
    }
    return this.#entries.slice(first, place);
  }

  /** §5.4.1: the log with the later last term wins; with equal terms, the longer one. */
  isUpToDate(other: LogPosition): boolean {
    return isAtLeastAsUpToDate(other, this.lastPosition);
  }

  /**
   * The largest position at or below `logIndex` whose term is at most `term`: the last place where
   * this log can agree with one that has `term` there. Terms never fall along a log, so everything
   * between cannot match, whatever it is.
   *
   * @returns The position just below `start`, with term 0, if even `start` has a larger term.
   *
   * @remarks O(log n) time.
   */
  lastPositionWithin(logIndex: number, term: number): LogPosition {
    let high = Math.min(logIndex, this.lastIndex);
    let low = this.#start.logIndex;
    if (high < low || this.#start.term > term) {
      return { logIndex: Math.max(0, Math.min(high, low - 1)), term: 0 };
    }
    // Invariant: termAt(low) <= term, and the answer is within low..high.
    while (low < high) {
      const middle = low + Math.ceil((high - low) / 2);
      if ((this.termAt(middle) ?? 0) <= term) low = middle;
      else high = middle - 1;
    }
    return { logIndex: low, term: this.termAt(low) ?? 0 };
  }

  /**
   * The first of `entries` that this log does not hold.
   *
   * @param entries - Gapless.
   * @returns Its place in `entries`; `entries.length` if the log holds them all. What is compacted
   *   counts as held: it was committed, so it cannot differ.
   */
  firstMissing(entries: readonly Entry[]): number {
    let place = 0;
    for (const { logIndex, term } of entries) {
      if (logIndex > this.#start.logIndex && this.termAt(logIndex) !== term) return place;
      place += 1;
    }
    return place;
  }

  /** Adds entries at the end. Gapless from `lastIndex + 1`, terms never falling. */
  append(entries: readonly Entry[]): void {
    let { lastIndex, lastTerm } = this;
    for (const entry of entries) {
      invariant(entry.logIndex === lastIndex + 1, 'a log has no gaps');
      invariant(entry.term >= lastTerm, 'terms never fall along a log');
      this.#entries.push(entry);
      if (entry.kind === 'configuration') this.#configurations.note(entry);
      lastIndex = entry.logIndex;
      lastTerm = entry.term;
    }
  }

  /**
   * Removes the suffix from `logIndex` on. Call it only where an entry conflicts with the leader's
   * (§5.3): a cut that is merely early can take away what this node has already acknowledged.
   */
  truncateFrom(logIndex: number): void {
    invariant(logIndex >= this.firstIndex, 'what a snapshot stands for is never removed');
    invariant(logIndex <= this.lastIndex, 'only what is there is removed');
    this.#entries.length = logIndex - this.firstIndex;
    this.#configurations.truncateFrom(logIndex);
    this.#vouchAtMost(logIndex - 1);
    if (logIndex <= this.#issuedIndex) {
      this.#truncatedFrom = logIndex;
      this.#issuedIndex = logIndex - 1;
    }
  }

  /** Replaces the whole log by `snapshot` (Figure 13, step 7). Durable with the next write. */
  install(snapshot: Snapshot): void {
    this.#start = { logIndex: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm };
    this.#entries = [];
    this.#configurations.replace({
      logIndex: snapshot.configurationIndex,
      configuration: snapshot.configuration,
    });
    this.#vouchAtMost(0);
    this.#issuedIndex = this.#start.logIndex;
    this.#truncatedFrom = undefined;
    this.#installed = snapshot;
  }

  /** Forgets the entries up to and including `throughIndex`. At least `start.logIndex`. */
  compact(throughIndex: number): void {
    invariant(throughIndex <= this.#durableIndex, 'only durable entries are compacted');
    const term = this.termAt(throughIndex);
    invariant(term !== undefined, 'only what is there is compacted');
    this.#entries.splice(0, throughIndex - this.#start.logIndex);
    this.#configurations.compact(throughIndex);
    this.#start = { logIndex: throughIndex, term };
  }

  /**
   * What happened since the last call and is not part of any write yet.
   *
   * @param ticket - The write that will carry it, larger than any before.
   * @returns `undefined` if nothing happened.
   */
  takeChanges(ticket: number): LogChanges | undefined {
    const snapshot = this.#installed;
    const truncateFrom = this.#truncatedFrom;
    const { lastIndex } = this;
    const isChanged =
      snapshot !== undefined || truncateFrom !== undefined || this.#issuedIndex < lastIndex;
    if (!isChanged) return undefined;

    const entries = this.#entries.slice(this.#issuedIndex + 1 - this.firstIndex);
    this.#installed = undefined;
    this.#truncatedFrom = undefined;
    this.#issuedIndex = lastIndex;
    this.#writes.push({ ticket, lastIndex });
    return { snapshot, truncateFrom, entries };
  }

  /** The log on disk goes on after `lastIndex`, unreadably: the first write has to cut that off. */
  markLost(): void {
    this.#truncatedFrom = this.lastIndex + 1;
  }

  /** Every write up to and including `ticket` is done. */
  markDurable(ticket: number): void {
    let write = this.#writes[0];
    while (write !== undefined && write.ticket <= ticket) {
      this.#durableIndex = Math.max(this.#durableIndex, write.lastIndex);
      this.#writes.shift();
      write = this.#writes[0];
    }
  }

  #vouchAtMost(logIndex: number): void {
    this.#durableIndex = Math.min(this.#durableIndex, logIndex);
    for (const write of this.#writes) write.lastIndex = Math.min(write.lastIndex, logIndex);
  }
}

/** What one write must do to the log on disk, in this order. */
export interface LogChanges {
  readonly snapshot: Snapshot | undefined;
  readonly truncateFrom: number | undefined;
  readonly entries: readonly Entry[];
}

/** §5.4.1: whether a log that ends at `left` holds at least as much as one that ends at `right`. */
export function isAtLeastAsUpToDate(left: LogPosition, right: LogPosition): boolean {
  if (left.term !== right.term) return left.term > right.term;
  return left.logIndex >= right.logIndex;
}
