import type { IncomingSnapshot, SnapshotStore, SnapshotStream } from '@quorate/storage';
import type { Clock, NodeId, SendOutcome } from '@quorate/transport';

import type { ConfigurationAt } from '../configuration.ts';
import type { RaftInput } from '../effects.ts';
import type {
  LogPosition,
  RaftMessage,
  SnapshotChunk,
  SnapshotChunkReply,
  SnapshotMetadata,
} from '../messages.ts';
import { ownLastApplied, type ReplicatedStateMachine } from './streaming-machine.ts';
import type { RaftEvent } from './events.ts';
import { snapshotMetadataCodec } from './node-record-codec.ts';
import { Pace } from './pace.ts';
import type { Persistence } from './persistence.ts';
import { SnapshotReceiver } from './snapshot-receiver.ts';
import { SnapshotTransfer } from './snapshot-transfer.ts';

/** What a message may hold besides the data and the configuration of a snapshot. */
const MESSAGE_OVERHEAD_BYTES = 128;

/** How snapshots travel. */
export interface SnapshotTuning {
  readonly snapshotEveryEntries: number;
  readonly snapshotChunkBytes: number;
  readonly snapshotWindowBytes: number;
  readonly snapshotBytesPerSecond: number;
  readonly snapshotBytesMax: number;
}

/** What snapshots are made of and where they go. */
interface SnapshotsTarget {
  readonly clock: Clock;
  readonly stateMachine: ReplicatedStateMachine;
  readonly persistence: Persistence;
  readonly store: SnapshotStore;
  readonly tuning: SnapshotTuning;
  /** Without a word for so long, a peer is asked what it has of a snapshot. */
  readonly retryMs: number;
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
  offer(peer: NodeId, message: RaftMessage): SendOutcome;
  input(input: RaftInput): void;
  emit(event: RaftEvent): void;
  /** The state machine threw, or the disk failed. */
  onFailed(error: unknown): void;
}

/** What becomes of the wish for a snapshot. Once it is durable, 'snapshotTaken' is emitted. */
export type SnapshotRequest =
  | 'begun'
  /** One is being written already. */
  | 'underWay'
  /** Nothing was applied since the last one. */
  | 'nothingNew'
  /** The node was closed or has failed, or its state machine is ahead of its log for a moment. */
  | 'stopped';

/** How far a snapshot is on its way to a peer. */
export interface SnapshotSending {
  readonly sizeBytes: number;
  /** What the peer has of it. */
  readonly ackedBytes: number;
}

/** How far the leader's snapshot is on its way here. */
export interface SnapshotReceiving {
  readonly sizeBytes: number;
  readonly receivedBytes: number;
}

/**
 * Takes snapshots of the state machine when it is time, sends the newest to whoever lags, and takes
 * in the leader's. One that fits a chunk travels in one message, all others in many.
 */
export class Snapshots {
  readonly #target: SnapshotsTarget;
  readonly #listener: SnapshotsListener;
  readonly #pace: Pace;
  readonly #receiver: SnapshotReceiver;
  readonly #transfers = new Map<NodeId, SnapshotTransfer>();
  /** Peers for whom a snapshot is being opened. */
  readonly #opening = new Set<NodeId>();
  /** Where the next snapshot is due. */
  #dueIndex: number;
  #isSaving = false;
  #isStopped = false;

  /** @param lastIncludedIndex - Of the newest snapshot on disk; 0 if none. */
  constructor(target: SnapshotsTarget, lastIncludedIndex: number, listener: SnapshotsListener) {
    const { store, tuning } = target;
    this.#target = target;
    this.#listener = listener;
    this.#pace = new Pace(tuning.snapshotBytesPerSecond);
    this.#dueIndex = lastIncludedIndex + tuning.snapshotEveryEntries;
    this.#receiver = new SnapshotReceiver(
      { store, snapshotBytesMax: tuning.snapshotBytesMax },
      {
        reply: (to, reply) => void listener.offer(to, reply),
        onWhole: (from, term, snapshot) => {
          const message = { kind: 'installSnapshot', term, snapshot } as const;
          listener.input({ kind: 'receive', from, message });
        },
        onFailed: (error) => listener.onFailed(error),
      },
    );
  }

  /** Snapshots on their way from here, by peer. */
  get sending(): ReadonlyMap<NodeId, SnapshotSending> {
    return new Map(Array.from(this.#transfers, ([peer, { progress }]) => [peer, progress]));
  }

  /** The snapshot on its way here, if any. */
  get receiving(): SnapshotReceiving | undefined {
    return this.#receiver.progress;
  }

  /** Pieces of snapshots that were refused: damaged, out of place or too large. */
  get refusedChunkCount(): number {
    return this.#receiver.refusedCount;
  }

  /** The state machine holds everything through `last`: takes a snapshot if one is due. */
  onApplied(last: LogPosition): void {
    if (last.logIndex >= this.#dueIndex) this.#take(last);
  }

  /** Takes a snapshot of everything through `last` now, if there is anything new. */
  request(last: LogPosition): SnapshotRequest {
    const lastIndex = this.#dueIndex - this.#target.tuning.snapshotEveryEntries;
    if (!this.#isSaving && last.logIndex <= lastIndex) {
      return 'nothingNew';
    }
    return this.#take(last);
  }

  /** The leader's snapshot took the place of the state: the next own one is due later. */
  onRestored(last: LogPosition): void {
    this.#dueIndex = last.logIndex + this.#target.tuning.snapshotEveryEntries;
    this.#listener.emit({ kind: 'snapshotRestored', lastIncludedIndex: last.logIndex });
  }

  /**
   * Sends the newest snapshot to `peer` and reports to the core.
   *
   * @param expectedIndex - What the newest snapshot reaches, as far as the core knows.
   * @param logStartIndex - Where the leader's log starts: a snapshot that ends before is useless.
   */
  send(peer: NodeId, term: number, expectedIndex: number, logStartIndex: number): void {
    const transfer = this.#transfers.get(peer);
    if (transfer?.term === term && transfer.lastIncludedIndex >= logStartIndex) {
      transfer.offer();
      return;
    }
    if (this.#opening.has(peer)) return;
    this.#opening.add(peer);
    this.#open(peer, term, expectedIndex).then(
      () => this.#opening.delete(peer),
      () => {
        this.#opening.delete(peer);
        this.#renew(peer);
      },
    );
  }

  /** `peer` says what it has of the snapshot that is sent to it. */
  onChunkAnswered(peer: NodeId, reply: SnapshotChunkReply): void {
    this.#transfers.get(peer)?.onReply(reply);
  }

  /** `peer` has installed a snapshot that reaches `matchIndex`, or more. */
  onInstalled(peer: NodeId, matchIndex: number): void {
    const transfer = this.#transfers.get(peer);
    if (transfer !== undefined && transfer.lastIncludedIndex <= matchIndex) this.#end(peer);
  }

  /** The node leads no more, or another term: what it was sending is another leader's to send. */
  onRoleChanged(term: number): void {
    for (const [peer, transfer] of this.#transfers) if (transfer.term !== term) this.#end(peer);
  }

  /** A piece of the leader's snapshot. */
  storeChunk(from: NodeId, chunk: SnapshotChunk): void {
    this.#receiver.take(from, chunk);
  }

  /** The file of a snapshot that came in pieces and is being installed. */
  claim(snapshot: SnapshotMetadata): IncomingSnapshot {
    return this.#receiver.claim(snapshot);
  }

  /** Takes, sends and receives nothing any more. */
  stop(): void {
    this.#isStopped = true;
    for (const peer of this.#transfers.keys()) this.#end(peer);
    this.#receiver.stop();
  }

  #take(last: LogPosition): SnapshotRequest {
    if (this.#isStopped) return 'stopped';
    if (this.#isSaving) return 'underWay';
    const { stateMachine, persistence, tuning } = this.#target;
    // A machine that is ahead of what was given to it would say more than its snapshot stands for.
    if (ownLastApplied(stateMachine) > last.logIndex) return 'stopped';
    let sizeBytes = 0;
    let data: Uint8Array | AsyncIterable<Uint8Array>;
    try {
      data =
        'snapshotStream' in stateMachine
          ? counted(stateMachine.snapshotStream(), (count) => (sizeBytes += count))
          : stateMachine.snapshot();
    } catch (error) {
      this.#listener.onFailed(error);
      return 'stopped';
    }
    if (data instanceof Uint8Array) sizeBytes = data.length;
    this.#isSaving = true;
    this.#dueIndex = last.logIndex + tuning.snapshotEveryEntries;
    void persistence
      .saveSnapshot(last, this.#target.configurationAt(last.logIndex), data)
      .then((isDurable) => this.#onSaved(last, sizeBytes, isDurable));
    return 'begun';
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
  }

  async #open(peer: NodeId, term: number, expectedIndex: number): Promise<void> {
    const stream = await this.#target.store.openLatest();
    const isCurrent = stream !== undefined && stream.header.lastIncludedIndex >= expectedIndex;
    if (this.#isStopped || !isCurrent) {
      await stream?.close();
      this.#renew(peer);
      return;
    }
    const chunkBytes = this.#chunkBytes(stream);
    if (stream.sizeBytes > chunkBytes) this.#stream(peer, term, stream, chunkBytes);
    else await this.#sendWhole(peer, term, stream);
  }

  /** What fits one message besides who takes part. */
  #chunkBytes({ header }: SnapshotStream): number {
    const { payloadBytesMax, tuning } = this.#target;
    const room = payloadBytesMax - MESSAGE_OVERHEAD_BYTES - header.metadata.length;
    return Math.max(1, Math.min(tuning.snapshotChunkBytes, room));
  }

  async #sendWhole(peer: NodeId, term: number, stream: SnapshotStream): Promise<void> {
    const data = new Uint8Array(stream.sizeBytes);
    let offset = 0;
    try {
      for await (const piece of stream.chunks()) {
        data.set(piece, offset);
        offset += piece.length;
      }
    } finally {
      await stream.close();
    }
    if (this.#isStopped) return;
    const snapshot = { ...metadataOf(stream), data };
    const outcome = this.#listener.offer(peer, { kind: 'installSnapshot', term, snapshot });
    this.#report(peer, outcome === 'dropped' ? 'failed' : 'sent');
  }

  #stream(peer: NodeId, term: number, stream: SnapshotStream, chunkBytes: number): void {
    this.#end(peer);
    const { clock, tuning, retryMs } = this.#target;
    const transfer = new SnapshotTransfer(
      { clock, pace: this.#pace, chunkBytes, windowBytes: tuning.snapshotWindowBytes, retryMs },
      { peer, term, metadata: metadataOf(stream), stream },
      {
        offer: (to, message) => this.#listener.offer(to, message),
        onEnd: (outcome) => {
          this.#transfers.delete(peer);
          if (outcome === 'unreadable') this.#renew(peer);
          else this.#report(peer, 'sent');
        },
      },
    );
    this.#transfers.set(peer, transfer);
    transfer.offer();
  }

  #end(peer: NodeId): void {
    this.#transfers.get(peer)?.stop();
    this.#transfers.delete(peer);
  }

  #report(peer: NodeId, outcome: 'sent' | 'failed'): void {
    this.#listener.input({ kind: 'snapshotSent', peer, outcome });
  }

  /**
   * The newest snapshot on disk cannot be read: takes another at once. Where nobody writes any
   * more, waiting for the next entry would leave the peer behind for ever.
   */
  #renew(peer: NodeId): void {
    if (this.#isStopped) return;
    this.#take(this.#target.lastApplied());
    this.#report(peer, 'failed');
  }
}

function metadataOf({ header }: SnapshotStream): SnapshotMetadata {
  const { lastIncludedIndex, lastIncludedTerm, metadata } = header;
  const { configuration, logIndex } = snapshotMetadataCodec.decode(metadata);
  return { lastIncludedIndex, lastIncludedTerm, configuration, configurationIndex: logIndex };
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onPiece: (sizeBytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) {
    onPiece(piece.length);
    yield piece;
  }
}
