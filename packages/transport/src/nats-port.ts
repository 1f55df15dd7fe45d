/*
 * A link over NATS: a port between two nodes that share nothing but a message server.
 *
 * Core NATS carries messages to subjects. It keeps the order of one publisher, and delivers each
 * message at most once to each subscriber. It does not say who is subscribed, whether anybody got a
 * message, or that a subscriber is slow; a slow one is cut off by the server and misses what was
 * published meanwhile. Two processes may take the same name, when the old one of them lives longer
 * than it should, and then both get everything. A session needs a pipe that is whole until it
 * breaks and breaks when it is not, so the pipe is made here:
 *
 * ```text
 *   left                                             right
 *    | -- OPEN    to 0, from L: "left" ------------->  |   and to every process of that name
 *    | <- OPENED  to L, from R: "right" -------------  |   each of which answers for itself
 *    | == DATA, CREDIT, END, numbered 0, 1, 2 … ====>  |   to R, from L
 *    | <=============================================  |   to L, from R
 * ```
 *
 * Each end gives the link a tag of 48 random bits, and every message names both. Two processes of
 * one name thereby make two links, and HELLO on each finds out which of them is the newer one. Each
 * way numbers its messages: one that is missing breaks the link, as a lost segment would break TCP
 * if nobody sent it again, and one that comes twice is dropped. Frames are then in order and whole
 * for as long as the session lives, whatever happens to NATS.
 *
 * What may be on the way is bounded by credit, as over message ports (see `port-link.ts`): the
 * receiver grants bytes. So a slow subscriber costs the server and the client no more than its
 * credit, and is not cut off. Messages are no larger than the server takes; larger batches are
 * split, since frames delimit themselves.
 */
import { encodeNatsCredit, encodeNatsMessage, natsBody, natsHeaderBytes } from './nats-message.ts';
import { decodeNatsCredit, natsKinds, type NatsHeader } from './nats-message.ts';
import type { MessagePortLike } from './port-link.ts';

type PortListener = (event: { readonly data?: unknown }) => void;

/** What a `NatsPort` is made of. */
export interface NatsPortOptions {
  /** This end's tag. */
  readonly localTag: number;
  /** The far end's. */
  readonly remoteTag: number;
  /** Publishes to the far end. May throw. */
  publish(message: Uint8Array): void;
  /** The largest message that the server takes now, in bytes. */
  messageBytesMax(): number;
  /** Nothing is to be given to this port any more. */
  closed(): void;
}

/** Credit and nothing else: the smallest bodies that must fit whatever a server says. */
const BODY_BYTES_MIN = 64;

const nothing = new Uint8Array(0);

/** One end of a link, as a port. See the head of the file. */
export class NatsPort implements MessagePortLike {
  readonly #options: NatsPortOptions;
  readonly #listeners = new Map<string, PortListener>();
  #sentCount = 0;
  #receivedCount = 0;
  /** Whether either end has said that nothing follows. */
  #isEnded = false;
  #isClosed = false;

  constructor(options: NatsPortOptions) {
    this.#options = options;
  }

  postMessage(message: unknown): void {
    if (this.#isEnded) return;
    if (message instanceof Uint8Array) this.#postBytes(message);
    else if (Array.isArray(message)) message.forEach((batch) => this.postMessage(batch));
    else if (typeof message === 'number') this.#post(natsKinds.credit, encodeNatsCredit(message));
    else if (message === null) this.#end();
  }

  addEventListener(type: 'message' | 'messageerror' | 'close', listener: PortListener): void {
    this.#listeners.set(type, listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#end();
    this.#isClosed = true;
    this.#options.closed();
  }

  /** Takes a message whose tags are those of this link. */
  hear(header: NatsHeader, message: Uint8Array): void {
    if (this.#isClosed) return;
    const aheadCount = (header.number - this.#receivedCount) >>> 0;
    if (aheadCount > 0) {
      // Half of all numbers lie behind: those messages were here before.
      if (aheadCount < 2 ** 31) this.break(missing(this.#receivedCount, header.number));
      return;
    }
    this.#receivedCount = (this.#receivedCount + 1) >>> 0;
    this.#take(header.kind, natsBody(message));
  }

  /** Reports that the link is no more. */
  break(error: unknown): void {
    if (!this.#isClosed) this.#emit('messageerror', error);
  }

  #take(kind: number, body: Uint8Array): void {
    if (kind === natsKinds.data) {
      this.#emit('message', body);
    } else if (kind === natsKinds.credit) {
      const bytes = decodeNatsCredit(body);
      if (bytes === undefined) this.break(new Error('link: expected credit, got other bytes'));
      else this.#emit('message', bytes);
    } else if (kind === natsKinds.end) {
      this.#isEnded = true;
      this.#emit('message', null);
    }
    // Other kinds are of a later version.
  }

  #postBytes(bytes: Uint8Array): void {
    const most = Math.max(BODY_BYTES_MIN, this.#options.messageBytesMax() - natsHeaderBytes);
    for (let at = 0; at < bytes.length; at += most) {
      this.#post(natsKinds.data, bytes.subarray(at, at + most));
    }
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#post(natsKinds.end, nothing);
    this.#isEnded = true;
  }

  #post(kind: number, body: Uint8Array): void {
    if (this.#isEnded) return;
    const { localTag, remoteTag } = this.#options;
    const header = { kind, to: remoteTag, from: localTag, number: this.#sentCount };
    this.#sentCount = (this.#sentCount + 1) >>> 0;
    try {
      this.#options.publish(encodeNatsMessage(header, body));
    } catch (error) {
      // The far end will miss this message. Not at once: a port calls nobody from its own methods.
      this.#isEnded = true;
      queueMicrotask(() => this.break(error));
    }
  }

  #emit(type: 'message' | 'messageerror', data: unknown): void {
    this.#listeners.get(type)?.({ data });
  }
}

function missing(expected: number, got: number): Error {
  return new Error(`link: expected message ${String(expected)}, got ${String(got)}: some are lost`);
}
