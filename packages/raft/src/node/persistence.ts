import type { IncomingSnapshot, LogBatch, LogStore, SnapshotStore } from '@quorate/storage';
import type { Clock, NodeId, Timer } from '@quorate/transport';

import type { Configuration, ConfigurationAt } from '../configuration.ts';
import type { HardState, RaftEffect } from '../effects.ts';
import type { LogPosition, Snapshot, SnapshotMetadata } from '../messages.ts';
import type { IdentityRecord } from './identity.ts';
import { nodeRecordCodec, snapshotMetadataCodec } from './node-record-codec.ts';
import { logEntryOf } from './recovery.ts';

/** How long a full disk is left alone before it is tried again. */
const FULL_RETRY_MS = 500;

/** One write the core asked for. */
type PersistEffect = Extract<RaftEffect, { kind: 'persist' }>;

/** Whom the persistence tells. Never from inside a call to it. */
interface PersistenceListener {
  /** The write with this ticket and all before it are durable. */
  onPersisted(ticket: number): void;
  /** There is no room: writes wait, in order, until there is. Called once per shortage. */
  onDiskFull(): void;
  /** A write went through again. */
  onDiskRecovered(): void;
  /** The file of a snapshot that came in pieces; asked for while its write is asked for. */
  claim(snapshot: SnapshotMetadata): IncomingSnapshot;
  /** The disk failed in a way that leaves open what is durable. No write is tried again. */
  onFailed(error: unknown): void;
}

/** What a node writes to, and who it is. */
interface PersistenceTarget {
  readonly nodeId: NodeId;
  /** The one the cluster started with. */
  readonly startConfiguration: Configuration;
  readonly clock: Clock;
  readonly log: LogStore;
  readonly snapshots: SnapshotStore;
  /** Where the core's log starts. */
  readonly logStart: LogPosition;
  readonly hardState: HardState | undefined;
  /** What stands in every record from now on. */
  identity?(): IdentityRecord | undefined;
}

/**
 * Carries out the core's writes: in order, each all or nothing, many under way at once.
 *
 * Hard state travels as the metadata of the same write as the entries, so one sync makes both
 * durable. A write that replaces the log by a snapshot stores the snapshot first; a crash between
 * the two leaves both, and recovery finishes the job.
 *
 * A full disk is not a failed one: what is durable stays so, and the refused writes wait in order.
 * A failed sync is: the pages may be gone, a second try would lie, so the node stops for good.
 */
export class Persistence {
  readonly #target: PersistenceTarget;
  readonly #listener: PersistenceListener;
  #hardState: HardState;
  // Not handed to the log yet, oldest first.
  #waiting: PersistEffect[] = [];
  // Refused for lack of room, oldest first; they go back to the front of `#waiting`.
  #refused: PersistEffect[] = [];
  // Snapshots that are stored and wait for their write.
  readonly #claimed = new Map<Snapshot, IncomingSnapshot>();
  // Writes of the node itself, which bring its record, and whom to tell.
  readonly #records = new Map<PersistEffect, () => void>();
  #underWayCount = 0;
  // A write that must be alone is under way, or the disk is full.
  #isBlocked = false;
  #isFull = false;
  #isStopped = false;
  #retry: Timer | undefined = undefined;
  #durableTicket = 0;
  #isReportDue = false;
  // The two newest snapshots that are stored: the log is kept back to the older one.
  #newerSnapshotIndex: number;
  #olderSnapshotIndex: number;
  // The newest that was asked for, stored or on its way.
  #issuedSnapshotIndex: number;

  /** @param snapshotIndex - Of the snapshot found at the start; 0 if none. */
  constructor(target: PersistenceTarget, snapshotIndex: number, listener: PersistenceListener) {
    this.#target = target;
    this.#listener = listener;
    this.#hardState = target.hardState ?? {
      currentTerm: 0,
      votedFor: undefined,
      promised: undefined,
    };
    this.#newerSnapshotIndex = snapshotIndex;
    this.#issuedSnapshotIndex = snapshotIndex;
    this.#olderSnapshotIndex = target.log.firstIndex - 1;
  }

  /** Whether writes wait for room. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Writes asked for and not durable yet. */
  get pendingCount(): number {
    return this.#waiting.length + this.#refused.length + this.#underWayCount;
  }

  /** Makes `write` durable, after all before it; then `onPersisted`. */
  persist(write: PersistEffect): void {
    if (this.#isStopped) return;
    const { snapshot } = write;
    if (snapshot !== undefined && snapshot.data === undefined) {
      this.#claimed.set(snapshot, this.#listener.claim(snapshot));
    }
    this.#waiting.push(write);
    this.#pump();
  }

  /** Makes the record with the node's identity durable, in order with the core's writes. */
  saveIdentity(onDurable: () => void): void {
    if (this.#isStopped) return;
    const write: PersistEffect = {
      kind: 'persist',
      ticket: 0,
      hardState: undefined,
      snapshot: undefined,
      truncateFrom: undefined,
      entries: [],
    };
    this.#records.set(write, onDurable);
    this.#waiting.push(write);
    this.#pump();
  }

  /**
   * Stores a snapshot of this node's own state.
   *
   * @param configuration - The one in force at `position`.
   * @returns Whether it is durable now; `false` if there was no room, the node stopped, or a later
   *   one came from the leader.
   */
  async saveSnapshot(
    position: LogPosition,
    configuration: ConfigurationAt,
    data: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<boolean> {
    // The store takes the last one saved for the newest: an older one must not come after it. The
    // same one may, in place of one that can no longer be read.
    if (this.#isStopped || position.logIndex < this.#issuedSnapshotIndex) return false;
    try {
      await this.#store(position, configuration, data);
      return true;
    } catch (error) {
      if (!hasCode(error, 'DISK_FULL')) this.#fail(error);
      return false;
    }
  }

  /**
   * Drops the log through `throughIndex`, but for what the older of the two stored snapshots needs:
   * should the newer one turn out damaged, the older one and the log rebuild the state.
   */
  compact(throughIndex: number): void {
    const { log } = this.#target;
    const through = Math.min(throughIndex, this.#olderSnapshotIndex, log.lastIndex);
    if (this.#isStopped || through < log.firstIndex) return;
    log.compact(through).catch((error: unknown) => {
      // Either leaves the log as it was, and the next snapshot brings another attempt.
      if (!hasCode(error, 'DISK_FULL') && !hasCode(error, 'LOG_DAMAGED')) this.#fail(error);
    });
  }

  /** Starts nothing any more. What is under way may still become durable, unreported. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
    this.#refused = [];
    this.#retry?.cancel();
  }

  #pump(): void {
    while (!this.#isBlocked && !this.#isStopped) {
      const write = this.#waiting[0];
      if (write === undefined) return;
      const isAlone = this.#isFull || this.#mustReplaceLog(write);
      if (isAlone && this.#underWayCount > 0) return;
      this.#waiting.shift();
      this.#isBlocked = isAlone;
      this.#underWayCount += 1;
      this.#hardState = write.hardState ?? this.#hardState;
      const isWritten = this.#mustReplaceLog(write)
        ? this.#replaceLog(write)
        : this.#target.log.append(this.#batchOf(write));
      isWritten.then(
        () => this.#onWritten(write),
        (error: unknown) => this.#onRefused(write, error),
      );
    }
  }

  #onWritten(write: PersistEffect): void {
    this.#underWayCount -= 1;
    if (this.#isStopped) return;
    this.#isBlocked = false;
    this.#durableTicket = Math.max(this.#durableTicket, write.ticket);
    if (this.#isFull) {
      this.#isFull = false;
      this.#listener.onDiskRecovered();
    }
    const onDurable = this.#records.get(write);
    if (onDurable !== undefined) {
      this.#records.delete(write);
      queueMicrotask(() => this.#tell(onDurable));
    }
    // One sync finishes many writes: their reactions stand in line before this one.
    if (!this.#isReportDue) {
      this.#isReportDue = true;
      queueMicrotask(() => this.#report());
    }
    this.#pump();
  }

  #tell(onDurable: () => void): void {
    if (!this.#isStopped) onDurable();
  }

  #report(): void {
    this.#isReportDue = false;
    if (!this.#isStopped) this.#listener.onPersisted(this.#durableTicket);
  }

  #onRefused(write: PersistEffect, error: unknown): void {
    this.#underWayCount -= 1;
    if (this.#isStopped) return;
    if (!hasCode(error, 'DISK_FULL')) {
      this.#fail(error);
      return;
    }
    this.#refused.push(write);
    this.#isBlocked = true;
    if (!this.#isFull) {
      this.#isFull = true;
      this.#listener.onDiskFull();
    }
    // Those behind it are refused too; only then is their order known.
    if (this.#underWayCount > 0) return;
    this.#retry = this.#target.clock.setTimer(FULL_RETRY_MS, () => {
      this.#waiting = [...this.#refused, ...this.#waiting];
      this.#refused = [];
      this.#isBlocked = false;
      this.#pump();
    });
  }

  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    this.#listener.onFailed(error);
  }

  #batchOf(write: PersistEffect): LogBatch {
    const { truncateFrom, entries } = write;
    const hasRecord = write.hardState !== undefined || this.#records.has(write);
    return {
      entries: entries.map(logEntryOf),
      ...(truncateFrom !== undefined && { truncateFrom }),
      ...(hasRecord && { metadata: this.#record(this.#hardState) }),
    };
  }

  /** Whether the log must start anew: for a snapshot, or because it lacks what comes before. */
  #mustReplaceLog({ snapshot, truncateFrom }: PersistEffect): boolean {
    if (snapshot !== undefined) return true;
    return truncateFrom !== undefined && truncateFrom < this.#target.log.firstIndex;
  }

  async #replaceLog(write: PersistEffect): Promise<void> {
    const { log, logStart } = this.#target;
    const { snapshot, entries } = write;
    const start = snapshot === undefined ? logStart : positionOf(snapshot);
    if (snapshot !== undefined) await this.#storeInstalled(snapshot);
    await log.reset(start.logIndex, start.term, this.#record(this.#hardState));
    if (entries.length > 0) await log.append({ entries: entries.map(logEntryOf) });
  }

  async #storeInstalled(snapshot: Snapshot): Promise<void> {
    const { configurationIndex: logIndex, configuration, data } = snapshot;
    if (data !== undefined) {
      await this.#store(positionOf(snapshot), { logIndex, configuration }, data);
      return;
    }
    // Once is enough, should the disk be full for what comes after it.
    const incoming = this.#claimed.get(snapshot);
    if (incoming === undefined) return;
    this.#issuedSnapshotIndex = snapshot.lastIncludedIndex;
    await this.#target.snapshots.adopt(incoming);
    this.#claimed.delete(snapshot);
    this.#onStored(snapshot.lastIncludedIndex);
  }

  async #store(
    { logIndex, term }: LogPosition,
    configuration: ConfigurationAt,
    data: Uint8Array | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    this.#issuedSnapshotIndex = logIndex;
    const metadata = snapshotMetadataCodec.encode(configuration);
    const header = { lastIncludedIndex: logIndex, lastIncludedTerm: term, metadata };
    await this.#target.snapshots.save(header, data);
    this.#onStored(logIndex);
  }

  #onStored(logIndex: number): void {
    if (logIndex > this.#newerSnapshotIndex) this.#olderSnapshotIndex = this.#newerSnapshotIndex;
    this.#newerSnapshotIndex = logIndex;
  }

  #record(hardState: HardState): Uint8Array {
    const { nodeId, startConfiguration: configuration } = this.#target;
    const identity = this.#target.identity?.();
    return nodeRecordCodec.encode({ nodeId, configuration, hardState, identity });
  }
}

function positionOf(snapshot: Snapshot): LogPosition {
  return { logIndex: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
