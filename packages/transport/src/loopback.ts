import { frameHeaderBytes } from './frame.ts';
import type { Turn } from './link.ts';
import type { ProtocolEntry } from './protocol-table.ts';
import type { SendOutcome } from './transport.ts';

/** What a `Loopback` needs from its transport. */
export interface LoopbackHost {
  readonly turn: Turn;
  readonly limits: { readonly queueBytesMax: number; readonly highWaterBytes: number };
  /** Gives a message to its listener. */
  deliverLocally(entry: ProtocolEntry, payload: Uint8Array): void;
  /** The queue has fallen below half the high-water mark after 'pressured' was answered. */
  loopbackDrained(): void;
}

/** Messages of a node to itself: queued and delivered a turn later, under the bounds of a peer. */
export class Loopback {
  readonly #host: LoopbackHost;
  #queue: { readonly entry: ProtocolEntry; readonly payload: Uint8Array }[] = [];
  #queuedBytes = 0;
  #isPressured = false;
  #isClosed = false;

  constructor(host: LoopbackHost) {
    this.#host = host;
  }

  /** Queues a copy of `payload`. */
  send(entry: ProtocolEntry, payload: Uint8Array): SendOutcome {
    const { limits, turn } = this.#host;
    const sizeBytes = frameHeaderBytes + payload.length;
    if (this.#isClosed || this.#queuedBytes + sizeBytes > limits.queueBytesMax) return 'dropped';
    if (this.#queue.length === 0) turn.next(this.#deliver);
    this.#queue.push({ entry, payload: payload.slice() });
    this.#queuedBytes += sizeBytes;
    if (this.#queuedBytes <= limits.highWaterBytes) return 'accepted';
    this.#isPressured = true;
    return 'pressured';
  }

  /** Forgets what is queued. */
  close(): void {
    this.#isClosed = true;
    this.#queue = [];
  }

  /** Delivers what was there when the turn began; what a listener adds waits for the next. */
  readonly #deliver = (): void => {
    const batch = this.#queue;
    this.#queue = [];
    for (const { entry, payload } of batch) {
      if (this.#isClosed) return;
      this.#queuedBytes -= frameHeaderBytes + payload.length;
      this.#host.deliverLocally(entry, payload);
    }
    if (!this.#isPressured || this.#queuedBytes > this.#host.limits.highWaterBytes / 2) return;
    this.#isPressured = false;
    this.#host.loopbackDrained();
  };
}
