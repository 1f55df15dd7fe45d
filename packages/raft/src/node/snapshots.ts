import type { SnapshotStore, StoredSnapshot } from '@quorate/storage';
import type { NodeId } from '@quorate/transport';

import type { ConfigurationAt } from '../configuration.ts';
import type { RaftInput } from '../effects.ts';
import type { LogPosition, Snapshot } from '../messages.ts';
import type { StateMachine } from '../state-machine.ts';
import type { RaftEvent } from './events.ts';
import { snapshotMetadataCodec } from './node-record-codec.ts';
import type { Persistence } from './persistence.ts';

/** What an InstallSnapshot may hold besides the data and the configuration. */
const MESSAGE_OVERHEAD_BYTES = 128;

/** What snapshots are made of and where they go. */
interface SnapshotsTarget {
  readonly stateMachine: StateMachine;
  readonly persistence: Persistence;
  readonly store: SnapshotStore;
  readonly snapshotEveryEntries: number;
  /** What the state machine holds. */
  lastApplied(): LogPosition;
  /** Largest payload of the transport. */
  readonly payloadBytesMax: number;
  /** Who took part when the log ended at `logIndex`. */
  configurationAt(logIndex: number): ConfigurationAt;
}

/** Whom the snapshots tell. Never from inside a call to them. */
interface SnapshotsListener {
  /** This node's own snapshot through `position` is durable. */
  onTaken(position: LogPosition): void;
  /** Offer `snapshot` to `peer` in a message of `term`. */
  send(peer: NodeId, term: number, snapshot: Snapshot): 'sent' | 'failed';
  input(input: RaftInput): void;
  emit(event: RaftEvent): void;
  /** The state machine threw. */
  onFailed(error: unknown): void;
}

/** Takes snapshots of the state machine when it is time, and sends the newest to whoever lags. */
export class Snapshots {
  readonly #target: SnapshotsTarget;
  readonly #listener: SnapshotsListener;
  /** Where the next snapshot is due. */
  #dueIndex: number;
  #isSaving = false;
  /** Shared by all peers that need it at once. */
  #loading: Promise<StoredSnapshot | undefined> | undefined = undefined;
  /** Peers that wait for a newer snapshot, because this one does not fit a message. */
  readonly #tooLargeFor = new Set<NodeId>();
  #isStopped = false;

  /** @param lastIncludedIndex - Of the newest snapshot on disk; 0 if none. */
  constructor(target: SnapshotsTarget, lastIncludedIndex: number, listener: SnapshotsListener) {
    this.#target = target;
    this.#listener = listener;
    this.#dueIndex = lastIncludedIndex + target.snapshotEveryEntries;
  }

  /** The state machine holds everything through `last`: takes a snapshot if one is due. */
  onApplied(last: LogPosition): void {
    if (last.logIndex >= this.#dueIndex) this.#take(last);
  }

  #take(last: LogPosition): void {
    if (this.#isSaving || this.#isStopped) return;
    let data: Uint8Array;
    try {
      data = this.#target.stateMachine.snapshot();
    } catch (error) {
      this.#listener.onFailed(error);
      return;
    }
    this.#isSaving = true;
    this.#dueIndex = last.logIndex + this.#target.snapshotEveryEntries;
    void this.#target.persistence
      .saveSnapshot(last, this.#target.configurationAt(last.logIndex), data)
      .then((isDurable) => this.#onSaved(last, data.length, isDurable));
  }

  /** The leader's snapshot took the place of the state: the next own one is due later. */
  onRestored(last: LogPosition): void {
    this.#dueIndex = last.logIndex + this.#target.snapshotEveryEntries;
    this.#listener.emit({ kind: 'snapshotRestored', lastIncludedIndex: last.logIndex });
  }

  /**
   * Sends the newest snapshot to `peer` and reports to the core.
   *
   * @param expectedIndex - What the newest snapshot reaches, as far as the core knows.
   */
  send(peer: NodeId, term: number, expectedIndex: number): void {
    this.#loading ??= this.#target.store.latest().finally(() => {
      this.#loading = undefined;
    });
    this.#loading.then(
      (stored) => this.#offer(peer, term, expectedIndex, stored),
      () => this.#renew(peer),
    );
  }

  /** Takes and sends nothing any more. */
  stop(): void {
    this.#isStopped = true;
  }

  #onSaved(position: LogPosition, sizeBytes: number, isDurable: boolean): void {
    this.#isSaving = false;
    if (this.#isStopped || !isDurable) return;
    this.#listener.onTaken(position);
    this.#listener.emit({
      kind: 'snapshotTaken',
      lastIncludedIndex: position.logIndex,
      sizeBytes,
    });
    // It may be smaller than the one that did not fit: ask again.
    for (const peer of this.#tooLargeFor) {
      this.#listener.input({ kind: 'snapshotSent', peer, outcome: 'failed' });
    }
    this.#tooLargeFor.clear();
  }

  #offer(
    peer: NodeId,
    term: number,
    expectedIndex: number,
    stored: StoredSnapshot | undefined,
  ): void {
    if (this.#isStopped) return;
    if (stored === undefined || stored.header.lastIncludedIndex < expectedIndex) {
      this.#renew(peer);
      return;
    }
    const { header, data } = stored;
    const { payloadBytesMax } = this.#target;
    const sizeBytes = data.length + header.metadata.length + MESSAGE_OVERHEAD_BYTES;
    if (sizeBytes > payloadBytesMax) {
      this.#holdBack(peer, sizeBytes);
      return;
    }
    const { lastIncludedIndex, lastIncludedTerm } = header;
    const { configuration, logIndex } = snapshotMetadataCodec.decode(header.metadata);
    const snapshot: Snapshot = {
      lastIncludedIndex,
      lastIncludedTerm,
      configuration,
      configurationIndex: logIndex,
      data,
    };
    const outcome = this.#listener.send(peer, term, snapshot);
    this.#listener.input({ kind: 'snapshotSent', peer, outcome });
  }

  /**
   * A snapshot that does not fit will not fit in a moment either: without a report the core waits,
   * and asks again at its own slow pace, or when a newer one is there.
   */
  #holdBack(peer: NodeId, sizeBytes: number): void {
    if (this.#tooLargeFor.has(peer)) return;
    this.#tooLargeFor.add(peer);
    const limitBytes = this.#target.payloadBytesMax;
    this.#listener.emit({ kind: 'snapshotTooLarge', peer, sizeBytes, limitBytes });
  }

  /**
   * The newest snapshot on disk cannot be read: takes another at once. Where nobody writes any
   * more, waiting for the next entry would leave the peer behind for ever.
   */
  #renew(peer: NodeId): void {
    if (this.#isStopped) return;
    this.#take(this.#target.lastApplied());
    this.#listener.input({ kind: 'snapshotSent', peer, outcome: 'failed' });
  }
}
