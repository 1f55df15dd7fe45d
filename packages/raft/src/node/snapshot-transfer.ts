import type { SnapshotStream } from '@quorate/storage';
import type { Clock, NodeId, SendOutcome, Timer } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';

import type { RaftMessage, SnapshotChunkReply, SnapshotMetadata } from '../messages.ts';
import type { Pace } from './pace.ts';

/** How a snapshot is cut and sent. */
export interface TransferTuning {
  readonly clock: Clock;
  /** Shared by all transfers of a node. */
  readonly pace: Pace;
  readonly chunkBytes: number;
  /** Sent and not acknowledged, at most. */
  readonly windowBytes: number;
  /** Without a word for so long, the receiver is asked what it has. */
  readonly retryMs: number;
}

/** What is sent, to whom, on whose authority. */
interface TransferTask {
  readonly peer: NodeId;
  readonly term: number;
  readonly metadata: SnapshotMetadata;
  /** Closed by the transfer. */
  readonly stream: SnapshotStream;
}

/** Whom a transfer tells. */
interface TransferListener {
  offer(to: NodeId, message: RaftMessage): SendOutcome;
  /** The peer has all of it, or the stored snapshot cannot be read. Said once; nothing follows. */
  onEnd(outcome: 'done' | 'unreadable'): void;
}

const empty = new Uint8Array(0);

/**
 * Sends one snapshot to one peer: an offer, then pieces from where the peer says, no more of them
 * unanswered than fit the window.
 *
 * ```text
 *   offer ────────────────►        "snapshot 900, 80 MB, checksum x"
 *         ◄──────── held 40 MB     it had that much before it crashed
 *   chunk 40, 41, 42 ─────►
 *         ◄──────── held 41 MB     the window moves on
 *                       gap 41     one got lost: back to there
 *   … silence …
 *   offer ────────────────►        after a while: where are you?
 * ```
 *
 * All knowledge about the other end is in its answers: neither side keeps a session, so a lost
 * connection and a restart look like lost messages. In memory are one piece of the file, at most
 * 256 KiB, and the chunk that is being sent.
 */
export class SnapshotTransfer {
  readonly #tuning: TransferTuning;
  readonly #task: TransferTask;
  readonly #listener: TransferListener;
  #ackedBytes = 0;
  #sentBytes = 0;
  #pieces: AsyncIterator<Uint8Array> | undefined = undefined;
  /** What is left of the piece of the file that was read last. */
  #rest: Uint8Array = empty;
  #seekCount = 0;
  /** Where a gap has been answered already: the pieces behind it report the same one. */
  #repairedOffset = -1;
  #isOffering = false;
  /** The transport has had enough for now. */
  #isHeldBack = false;
  #isPumping = false;
  #isOver = false;
  #retry: Timer | undefined = undefined;
  #paceTimer: Timer | undefined = undefined;

  constructor(tuning: TransferTuning, task: TransferTask, listener: TransferListener) {
    this.#tuning = tuning;
    this.#task = task;
    this.#listener = listener;
  }

  /** The last entry that the snapshot stands for. */
  get lastIncludedIndex(): number {
    return this.#task.metadata.lastIncludedIndex;
  }

  /** Of the leader's term that it is sent in. */
  get term(): number {
    return this.#task.term;
  }

  /** How far it is. */
  get progress(): { readonly sizeBytes: number; readonly ackedBytes: number } {
    return { sizeBytes: this.#task.stream.sizeBytes, ackedBytes: this.#ackedBytes };
  }

  /** Asks the peer where to begin, or to go on. */
  offer(): void {
    if (this.#isOver) return;
    this.#isOffering = true;
    this.#isHeldBack = false;
    this.#send(0, empty);
    this.#armRetry();
  }

  /** Takes in an answer; one about another snapshot is ignored. */
  onReply(reply: SnapshotChunkReply): void {
    const { stream, metadata } = this.#task;
    const isMine =
      reply.lastIncludedIndex === metadata.lastIncludedIndex && reply.crc === stream.crc;
    if (this.#isOver || !isMine || reply.offset > stream.sizeBytes) return;
    switch (reply.result) {
      case 'held':
        this.#onHeld(reply.offset);
        return;
      case 'gap':
      case 'damaged':
        // Each gap is closed once at once; should that get lost too, the offer finds out.
        if (this.#isOffering || reply.offset === this.#repairedOffset) return;
        this.#repairedOffset = reply.offset;
        this.#seek(reply.offset);
        void this.#pump();
        return;
      case 'unknown':
        if (!this.#isOffering) this.offer();
        return;
    }
  }

  /** Sends nothing any more, and releases the snapshot. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#retry?.cancel();
    this.#paceTimer?.cancel();
    void this.#task.stream.close();
  }

  #onHeld(offset: number): void {
    if (offset === this.#task.stream.sizeBytes) {
      this.#end('done');
      return;
    }
    if (this.#isOffering) {
      this.#isOffering = false;
      this.#repairedOffset = -1;
      this.#seek(offset);
    } else if (offset > this.#ackedBytes) {
      this.#ackedBytes = offset;
      this.#isHeldBack = false;
    }
    this.#armRetry();
    void this.#pump();
  }

  #seek(offset: number): void {
    this.#seekCount += 1;
    this.#pieces = this.#task.stream.chunks(offset)[Symbol.asyncIterator]();
    this.#rest = empty;
    this.#sentBytes = offset;
    this.#ackedBytes = offset;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#maySend()) {
        if (this.#rest.length > 0) this.#sendNext();
        else if (!(await this.#readMore())) return;
      }
    } catch {
      this.#end('unreadable');
    } finally {
      this.#isPumping = false;
    }
  }

  /** @returns Whether there is more to do; not if the file ended early. */
  async #readMore(): Promise<boolean> {
    const seekCount = this.#seekCount;
    const next = await this.#pieces?.next();
    // What was read for a place left since is of no use.
    if (seekCount !== this.#seekCount || this.#isOver) return true;
    if (next === undefined || next.done === true) return false;
    this.#rest = next.value;
    return true;
  }

  #maySend(): boolean {
    const { clock, pace, windowBytes } = this.#tuning;
    const unackedBytes = this.#sentBytes - this.#ackedBytes;
    if (this.#isOver || this.#isOffering || this.#isHeldBack) return false;
    if (this.#sentBytes === this.#task.stream.sizeBytes || unackedBytes >= windowBytes)
      return false;
    const waitMs = pace.waitMs(clock.nowMs());
    if (waitMs === 0) return true;
    this.#paceTimer?.cancel();
    this.#paceTimer = clock.setTimer(waitMs, () => void this.#pump());
    return false;
  }

  #sendNext(): void {
    const { clock, pace, chunkBytes } = this.#tuning;
    const data = this.#rest.subarray(0, chunkBytes);
    this.#rest = this.#rest.subarray(data.length);
    pace.spend(clock.nowMs(), data.length);
    const outcome = this.#send(this.#sentBytes, data);
    this.#sentBytes += data.length;
    // What was dropped is a gap, or found out about by the next offer.
    this.#isHeldBack = outcome !== 'accepted';
  }

  #send(offset: number, data: Uint8Array): SendOutcome {
    const { peer, term, metadata, stream } = this.#task;
    return this.#listener.offer(peer, {
      kind: 'snapshotChunk',
      term,
      snapshot: metadata,
      sizeBytes: stream.sizeBytes,
      crc: stream.crc,
      offset,
      dataCrc: crc32c(data, 0, data.length),
      data,
    });
  }

  #armRetry(): void {
    this.#retry?.cancel();
    this.#retry = this.#tuning.clock.setTimer(this.#tuning.retryMs, () => this.offer());
  }

  #end(outcome: 'done' | 'unreadable'): void {
    if (this.#isOver) return;
    this.stop();
    this.#listener.onEnd(outcome);
  }
}
