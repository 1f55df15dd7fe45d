import type { IncomingSnapshot, SnapshotStore } from '@quorate/storage';
import type { NodeId } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';

import { invariant } from '../invariant.ts';
import type { SnapshotChunk, SnapshotChunkReply, SnapshotMetadata } from '../messages.ts';
import { snapshotMetadataCodec } from './node-record-codec.ts';

/** Pieces that wait for the disk, at most; a sender whose window is larger sends some twice. */
const QUEUE_BYTES_MAX = 8 * 1_024 * 1_024;

/** Where pieces go, and what is too much. */
interface ReceiverTarget {
  readonly store: SnapshotStore;
  /** Larger snapshots are refused. */
  readonly snapshotBytesMax: number;
}

/** Whom the receiver tells. Never from inside a call to it, but for `reply`. */
interface ReceiverListener {
  reply(to: NodeId, reply: SnapshotChunkReply): void;
  /**
   * All of it is stored, verified and durable: the core may have it, and whoever then calls `claim`
   * the file.
   */
  onWhole(from: NodeId, term: number, snapshot: SnapshotMetadata): void;
  /** The disk failed. */
  onFailed(error: unknown): void;
}

/** One snapshot on its way here. */
interface Reception {
  readonly key: string;
  /** From whom the last word of it came: whoever leads may go on with the same bytes. */
  from: NodeId;
  term: number;
  readonly snapshot: SnapshotMetadata;
  readonly sizeBytes: number;
  readonly crc: number;
  /** Once the file is open. */
  incoming: IncomingSnapshot | undefined;
  /** Next in order, not written yet. */
  readonly queue: Uint8Array[];
  queuedBytes: number;
}

/**
 * Takes in the leader's snapshot, piece by piece, straight into the store. Memory holds what the
 * disk has not taken yet, and no more than a limit of it, whatever size a snapshot claims to have.
 *
 * One snapshot at a time. Another one takes its place only by an offer, and never an older one of
 * the same leader: a delayed message must not undo hours of work. What is refused is counted.
 */
export class SnapshotReceiver {
  readonly #target: ReceiverTarget;
  readonly #listener: ReceiverListener;
  #current: Reception | undefined = undefined;
  /** Whole, and offered to the core right now. */
  #whole:
    { readonly snapshot: SnapshotMetadata; incoming: IncomingSnapshot | undefined } | undefined =
    undefined;
  #refusedCount = 0;
  #isWorking = false;
  #isStopped = false;

  constructor(target: ReceiverTarget, listener: ReceiverListener) {
    this.#target = target;
    this.#listener = listener;
  }

  /** Pieces that were damaged, out of place or too large. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  /** How far the snapshot on its way here is. */
  get progress(): { readonly sizeBytes: number; readonly receivedBytes: number } | undefined {
    const { incoming, sizeBytes } = this.#current ?? {};
    if (incoming === undefined || sizeBytes === undefined) return undefined;
    return { sizeBytes, receivedBytes: incoming.receivedBytes };
  }

  /** A piece, or an offer, of the leader of the current term. */
  take(from: NodeId, chunk: SnapshotChunk): void {
    if (this.#isStopped) return;
    if (chunk.sizeBytes > this.#target.snapshotBytesMax) {
      this.#refusedCount += 1;
      return;
    }
    const key = keyOf(chunk);
    if (this.#current?.key !== key && !this.#begin(from, chunk, key)) return;
    const reception = this.#current;
    if (reception === undefined) return;
    reception.from = from;
    reception.term = chunk.term;
    // Until the file is open nobody knows what it holds: that answers then.
    if (reception.incoming !== undefined) this.#place(reception, reception.incoming, chunk);
  }

  /** The stored file of a snapshot that the core was just offered; for one taker. */
  claim({ lastIncludedIndex, lastIncludedTerm }: SnapshotMetadata): IncomingSnapshot {
    const { snapshot, incoming } = this.#whole ?? {};
    const isSame =
      snapshot?.lastIncludedIndex === lastIncludedIndex &&
      snapshot.lastIncludedTerm === lastIncludedTerm;
    invariant(isSame && incoming !== undefined, 'only a stored snapshot is installed');
    this.#whole = undefined;
    return incoming;
  }

  /** Takes nothing any more; what arrived stays on the disk for the next life. */
  stop(): void {
    this.#isStopped = true;
    const { incoming } = this.#current ?? {};
    this.#current = undefined;
    if (incoming !== undefined && !this.#isWorking) void this.#target.store.release(incoming);
  }

  /** @returns Whether the snapshot of `chunk` is now the current one. */
  #begin(from: NodeId, chunk: SnapshotChunk, key: string): boolean {
    const { current } = { current: this.#current };
    const isOlder =
      current?.from === from &&
      current.term === chunk.term &&
      chunk.snapshot.lastIncludedIndex < current.snapshot.lastIncludedIndex;
    if (isOlder || chunk.data.length > 0) {
      this.#refusedCount += 1;
      if (!isOlder) this.#reply(from, chunk, { result: 'unknown', offset: 0 });
      return false;
    }
    // One change at a time: the sender offers again.
    if (this.#isWorking) return false;
    const { snapshot, sizeBytes, crc, term } = chunk;
    this.#current = {
      key,
      from,
      term,
      snapshot,
      sizeBytes,
      crc,
      incoming: undefined,
      queue: [],
      queuedBytes: 0,
    };
    void this.#work(async () => this.#open(this.#current, current?.incoming));
    return true;
  }

  async #open(
    reception: Reception | undefined,
    before: IncomingSnapshot | undefined,
  ): Promise<void> {
    if (reception === undefined) return;
    const { store } = this.#target;
    const { snapshot, sizeBytes, crc } = reception;
    if (before !== undefined) await store.discard(before);
    const { lastIncludedIndex, lastIncludedTerm, configuration, configurationIndex } = snapshot;
    const metadata = snapshotMetadataCodec.encode({ logIndex: configurationIndex, configuration });
    const header = { lastIncludedIndex, lastIncludedTerm, metadata };
    const incoming = await store.receive({ header, sizeBytes, crc });
    reception.incoming = incoming;
    if (incoming.receivedBytes === sizeBytes) await this.#write(reception, incoming);
    else this.#answerHeld(reception);
  }

  #place(reception: Reception, incoming: IncomingSnapshot, chunk: SnapshotChunk): void {
    const { data, offset } = chunk;
    const nextOffset = incoming.receivedBytes + reception.queuedBytes;
    if (crc32c(data, 0, data.length) !== chunk.dataCrc) {
      this.#refusedCount += 1;
      this.#reply(reception.from, chunk, { result: 'damaged', offset: nextOffset });
      return;
    }
    if (data.length === 0 || offset < nextOffset) {
      this.#answerHeld(reception);
      return;
    }
    if (offset > nextOffset) {
      this.#reply(reception.from, chunk, { result: 'gap', offset: nextOffset });
      return;
    }
    if (reception.queuedBytes + data.length > QUEUE_BYTES_MAX) return;
    reception.queue.push(data);
    reception.queuedBytes += data.length;
    if (!this.#isWorking) void this.#work(async () => this.#write(reception, incoming));
  }

  async #write(reception: Reception, incoming: IncomingSnapshot): Promise<void> {
    for (let piece = reception.queue[0]; piece !== undefined; piece = reception.queue[0]) {
      await incoming.append(piece);
      reception.queue.shift();
      reception.queuedBytes -= piece.length;
      if (this.#isStopped) return;
      if (incoming.receivedBytes < reception.sizeBytes) this.#answerHeld(reception);
    }
    if (incoming.receivedBytes < reception.sizeBytes) return;
    await incoming.finish();
    if (!this.#isStopped) await this.#handOver(reception, incoming);
  }

  async #handOver(reception: Reception, incoming: IncomingSnapshot): Promise<void> {
    const { snapshot } = reception;
    this.#answerHeld(reception);
    this.#current = undefined;
    const whole = { snapshot, incoming };
    this.#whole = whole;
    this.#listener.onWhole(reception.from, reception.term, snapshot);
    if (this.#whole !== whole) return;
    // The core has no use for it now; the next leader may offer the same bytes.
    this.#whole = undefined;
    await this.#target.store.release(incoming);
  }

  /** Runs `work` alone. A bad snapshot ends its own way in, a failed disk ends all. */
  async #work(work: () => Promise<void>): Promise<void> {
    this.#isWorking = true;
    const reception = this.#current;
    try {
      await work();
    } catch (error) {
      await this.#onError(reception, error);
    } finally {
      this.#isWorking = false;
    }
    if (this.#isStopped && reception?.incoming !== undefined && this.#whole === undefined) {
      await reception.incoming.close();
      return;
    }
    const { incoming, queue } = this.#current ?? { queue: [] };
    const next = this.#current;
    if (next !== undefined && incoming !== undefined && queue.length > 0) {
      await this.#work(async () => this.#write(next, incoming));
    }
  }

  async #onError(reception: Reception | undefined, error: unknown): Promise<void> {
    if (this.#current === reception) this.#current = undefined;
    const isSnapshotBad = hasCode(error, 'SNAPSHOT_DAMAGED') || error instanceof RangeError;
    if (isSnapshotBad) this.#refusedCount += 1;
    if (this.#isStopped) return;
    if (!isSnapshotBad && !hasCode(error, 'DISK_FULL')) {
      this.#listener.onFailed(error);
      return;
    }
    if (reception?.incoming !== undefined) await this.#target.store.release(reception.incoming);
  }

  #answerHeld(reception: Reception): void {
    const { incoming, sizeBytes } = reception;
    const received = incoming?.receivedBytes ?? 0;
    // The last byte is held once all of them are verified.
    const offset = incoming?.isWhole === true ? sizeBytes : Math.min(received, sizeBytes - 1);
    this.#reply(reception.from, reception, { result: 'held', offset: Math.max(0, offset) });
  }

  #reply(
    to: NodeId,
    { term, snapshot, crc }: Pick<SnapshotChunk, 'term' | 'snapshot' | 'crc'>,
    answer: Pick<SnapshotChunkReply, 'result' | 'offset'>,
  ): void {
    const { lastIncludedIndex } = snapshot;
    this.#listener.reply(to, {
      kind: 'snapshotChunkReply',
      term,
      lastIncludedIndex,
      crc,
      ...answer,
    });
  }
}

function keyOf({ snapshot, sizeBytes, crc }: SnapshotChunk): string {
  return `${snapshot.lastIncludedIndex}-${snapshot.lastIncludedTerm}-${sizeBytes}-${crc}`;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
