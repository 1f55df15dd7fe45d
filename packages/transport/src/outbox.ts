/*
 * The queue of one session: bytes that wait for the carrier.
 *
 * A queue of messages costs an object each and a copy more at the end; so frames are written, on
 * `send`, straight into the buffers that the carrier will get: 'accepted' means the bytes are in
 * their final place. There are two lanes. The urgent one leaves first, and the last eighth of the
 * room is only for it: a heartbeat must not wait behind a snapshot, nor be refused because of one.
 *
 * Memory is bounded by `queueBytesMax` and the buffers' slack. What the carrier holds counts as
 * queued until the carrier has written it, so a peer that stops reading fills its own queue and
 * nobody else's.
 */

import { blockBytesMax } from './frame.ts';

/** Which lane a frame takes: 0 urgent, 1 all others. */
export type Lane = 0 | 1;

/** A buffer that fills with frames. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** Bytes at the beginning that were left free. */
  readonly freeBytes: number;
  /** The end of the last frame, from the beginning of the buffer. */
  usedBytes: number;
}

/** The buffers of an idle session are this small. */
const BATCH_BYTES_MIN = 4 * 1024;

/** Written buffers that are kept for reuse. */
const SPARE_COUNT_MAX = 4;

/** Bytes that wait for the carrier, in two lanes. Does not know what frames are. */
export class Outbox {
  readonly #queueBytesMax: number;
  readonly #bulkBytesMax: number;
  readonly #lanes: readonly [Batch[], Batch[]] = [[], []];
  #inFlight: Batch[] = [];
  #inFlightBytes = 0;
  readonly #spare: Batch[] = [];
  #batchBytes = BATCH_BYTES_MIN;
  #freeBytes = 0;
  #queuedBytes = 0;
  #claimedAt = 0;

  /**
   * @param queueBytesMax - Room of both lanes and the carrier together. The last eighth is urgent.
   */
  constructor(queueBytesMax: number) {
    this.#queueBytesMax = queueBytesMax;
    this.#bulkBytesMax = queueBytesMax - Math.floor(queueBytesMax / 8);
  }

  /** Bytes claimed and not yet written by the carrier. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Whether something waits that the carrier does not have yet. */
  get isWaiting(): boolean {
    return this.#queuedBytes > this.#inFlightBytes;
  }

  /** Where in the buffer that `claim` returned the claimed bytes begin. */
  get claimedAt(): number {
    return this.#claimedAt;
  }

  /** Leaves `freeBytes` at the beginning of every buffer from now on. */
  leaveFree(freeBytes: number): void {
    this.#freeBytes = freeBytes;
    this.#spare.length = 0;
  }

  /**
   * Makes room for `sizeBytes` at the end of `lane`; the caller fills them at once.
   *
   * @returns The buffer to fill from `claimedAt`, or undefined if the queue is full.
   */
  claim(lane: Lane, sizeBytes: number): Uint8Array | undefined {
    const queuedBytes = this.#queuedBytes + sizeBytes;
    if (queuedBytes > (lane === 0 ? this.#queueBytesMax : this.#bulkBytesMax)) return undefined;
    this.#queuedBytes = queuedBytes;
    const batches = this.#lanes[lane];
    let batch = batches[batches.length - 1];
    if (batch === undefined || !this.#hasRoom(batch, sizeBytes)) {
      batch = this.#open(batch, sizeBytes);
      batches.push(batch);
    }
    this.#claimedAt = batch.usedBytes;
    batch.usedBytes += sizeBytes;
    return batch.bytes;
  }

  /**
   * What the carrier is to write next, the urgent lane first. It then counts as in flight.
   *
   * @param sizeBytes - About how much to take; at least one buffer is, if anything waits.
   */
  take(sizeBytes: number): readonly Batch[] {
    for (const batches of this.#lanes) {
      let count = 0;
      for (const batch of batches) {
        if (this.#inFlightBytes >= sizeBytes) break;
        count += 1;
        this.#inFlight.push(batch);
        this.#inFlightBytes += batch.usedBytes - batch.freeBytes;
      }
      if (count === batches.length) batches.length = 0;
      else batches.splice(0, count);
    }
    return this.#inFlight;
  }

  /** The carrier has written what was taken; the buffers are free again. */
  settle(): void {
    this.#queuedBytes -= this.#inFlightBytes;
    this.#inFlightBytes = 0;
    for (const batch of this.#inFlight) {
      // A carrier that gives its buffers away (transfer to a worker) leaves them with length 0.
      const isReusable =
        batch.bytes.length === this.#batchBytes && batch.freeBytes === this.#freeBytes;
      if (!isReusable || this.#spare.length >= SPARE_COUNT_MAX) continue;
      batch.usedBytes = batch.freeBytes;
      this.#spare.push(batch);
    }
    this.#inFlight = [];
  }

  #hasRoom(batch: Batch, sizeBytes: number): boolean {
    if (batch.freeBytes !== this.#freeBytes) return false;
    return batch.usedBytes + sizeBytes <= batch.bytes.length;
  }

  /** A new buffer behind `full`, which had no room left for `sizeBytes`. */
  #open(full: Batch | undefined, sizeBytes: number): Batch {
    if (full !== undefined && this.#batchBytes < blockBytesMax) {
      this.#batchBytes *= 2;
      this.#spare.length = 0;
    }
    const neededBytes = this.#freeBytes + sizeBytes;
    if (neededBytes > this.#batchBytes) return emptyBatch(neededBytes, this.#freeBytes);
    return this.#spare.pop() ?? emptyBatch(this.#batchBytes, this.#freeBytes);
  }
}

function emptyBatch(sizeBytes: number, freeBytes: number): Batch {
  return { bytes: new Uint8Array(sizeBytes), freeBytes, usedBytes: freeBytes };
}
