import type { HardState, RaftEffect } from '../../src/effects.ts';
import type { Entry, LogPosition, Snapshot } from '../../src/messages.ts';
import type { DamagedLog } from '../../src/options.ts';

/** What a node finds when it comes up. */
export interface DurableState {
  readonly hardState: HardState | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly logStart: LogPosition;
  readonly entries: readonly Entry[];
  readonly damaged: DamagedLog | undefined;
}

type Write = Extract<RaftEffect, { kind: 'persist' }>;

export function emptyDisk(): DurableState {
  return {
    hardState: undefined,
    snapshot: undefined,
    logStart: { logIndex: 0, term: 0 },
    entries: [],
    damaged: undefined,
  };
}

/** A disk that does writes in their order, each whole or not at all, when it is told to. */
export class ModelDisk {
  durable: DurableState;
  #pending: Write[] = [];
  #lastTicket = 0;

  constructor(durable: DurableState) {
    this.durable = durable;
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  write(write: Write): void {
    if (write.ticket !== this.#lastTicket + 1) {
      throw new Error(`ticket: expected ${this.#lastTicket + 1}, got ${write.ticket}`);
    }
    this.#lastTicket = write.ticket;
    this.#pending.push(write);
  }

  /** Does the first `count` writes. Returns the ticket of the last. */
  complete(count: number): number | undefined {
    const done = this.#pending.splice(0, count);
    for (const write of done) this.durable = perform(this.durable, write);
    return done.at(-1)?.ticket;
  }

  /** The user's snapshot: durable at once, beside the writes. */
  saveSnapshot(snapshot: Snapshot): void {
    this.durable = { ...this.durable, snapshot };
  }

  compact(throughIndex: number): void {
    const { logStart, entries } = this.durable;
    const kept = entries.filter(({ logIndex }) => logIndex > throughIndex);
    const dropped = entries.find(({ logIndex }) => logIndex === throughIndex);
    if (dropped === undefined) throw new Error('compact: expected an entry of the durable log');
    if (throughIndex <= logStart.logIndex) throw new Error('compact: expected to move forward');
    const start = { logIndex: throughIndex, term: dropped.term };
    this.durable = { ...this.durable, logStart: start, entries: kept };
  }

  crash(survivingWrites: number): void {
    this.complete(survivingWrites);
    this.#pending = [];
    this.#lastTicket = 0;
  }

  /** What can be read. An entry that became damaged stays so until it is cut off. */
  recover(damagedIndex?: number): DurableState {
    const { snapshot, entries } = this.durable;
    const isWithin = entries.some(({ logIndex }) => logIndex === damagedIndex);
    if (damagedIndex === undefined || !isWithin) return this.durable;
    this.durable =
      damagedIndex <= (snapshot?.lastIncludedIndex ?? 0)
        ? startingAtSnapshot(this.durable)
        : cutBefore(this.durable, damagedIndex);
    return this.durable;
  }
}

/** Nobody needs to read what the snapshot covers. */
function startingAtSnapshot(before: DurableState): DurableState {
  const logIndex = before.snapshot?.lastIncludedIndex ?? 0;
  const logStart = { logIndex, term: before.snapshot?.lastIncludedTerm ?? 0 };
  const entries = before.entries.filter((entry) => entry.logIndex > logIndex);
  return { ...before, logStart, entries };
}

function cutBefore(before: DurableState, firstDamagedIndex: number): DurableState {
  const { logStart, entries, damaged } = before;
  const last = damaged ?? {
    lastIndex: entries.at(-1)?.logIndex ?? 0,
    lastTerm: entries.at(-1)?.term ?? 0,
  };
  const lost = entries.find(({ logIndex }) => logIndex === firstDamagedIndex);
  const behind = entries.filter(({ logIndex }) => logIndex > firstDamagedIndex);
  const terms = new Map(damaged?.terms);
  // Whether a damaged entry still says its term depends on which of its bytes are damaged.
  if (lost !== undefined && firstDamagedIndex % 2 === 0) terms.set(firstDamagedIndex, lost.term);
  return {
    ...before,
    entries: entries.slice(0, firstDamagedIndex - 1 - logStart.logIndex),
    damaged: { ...last, firstDamagedIndex, later: [...behind, ...(damaged?.later ?? [])], terms },
  };
}

function perform(before: DurableState, write: Write): DurableState {
  let { logStart, entries, damaged, snapshot } = before;
  if (write.snapshot !== undefined) {
    snapshot = write.snapshot;
    logStart = { logIndex: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm };
    entries = [];
    damaged = undefined;
  }
  const { truncateFrom } = write;
  if (truncateFrom !== undefined) {
    entries = entries.filter(({ logIndex }) => logIndex < truncateFrom);
    damaged = undefined;
  }
  const first = write.entries[0];
  const lastIndex = logStart.logIndex + entries.length;
  if (first !== undefined && (first.logIndex !== lastIndex + 1 || damaged !== undefined)) {
    throw new Error(`write: expected index ${lastIndex + 1}, got ${first.logIndex}`);
  }
  return {
    hardState: write.hardState ?? before.hardState,
    snapshot,
    logStart,
    entries: [...entries, ...write.entries],
    damaged,
  };
}
