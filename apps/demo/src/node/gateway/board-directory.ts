/**
 * Which boards may exist anywhere: a filter of each node, known to all, so that a request for a
 * board that nobody has costs no question to its owners.
 *
 * A filter never denies what it holds. What it lacks may have been made a moment ago, so a new
 * board is announced at once, and the whole filter now and then for those who missed it.
 */
import { decodeScalable, encodeScalable, ScalableFilter } from '@quorate/bloom-filter';
import {
  type Clock,
  type NodeId,
  protocolName,
  type Timer,
  type Transport,
} from '@quorate/transport';

import type { FilterFigures } from '../../observe/node-status.ts';

const protocol = protocolName('board-directory');
/** How often the whole filter is sent, in ms. */
const GOSSIP_MS = 5_000;
/** The first byte of a message. */
const [WHOLE, ADDED] = [0, 1];

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Filters of all nodes, as far as they have been heard. */
export class BoardDirectory {
  readonly #transport: Transport;
  readonly #clock: Clock;
  #peers: readonly NodeId[] = [];
  readonly #own = newFilter();
  readonly #others = new Map<NodeId, ScalableFilter>();
  readonly #stops: readonly (() => void)[];
  #timer: Timer | undefined;
  #savedCount = 0;
  #wrongCount = 0;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    this.#stops = [transport.subscribe(protocol, ({ from, payload }) => this.#hear(from, payload))];
    this.#gossipLater();
  }

  /** Whether `boardId` may exist. Until all nodes have been heard, anything may. */
  readonly mayExist = (boardId: string): boolean => {
    const others = [...this.#others.values()];
    const mayExist =
      !this.#hasHeardAll || this.#own.has(boardId) || others.some((filter) => filter.has(boardId));
    if (!mayExist) this.#savedCount += 1;
    return mayExist;
  };

  /** A board that might have existed does not. */
  readonly noteMissing = (): void => {
    if (this.#hasHeardAll) this.#wrongCount += 1;
  };

  /** These are the other nodes from now on. */
  setPeers(peers: readonly NodeId[]): void {
    this.#peers = peers;
    for (const id of this.#others.keys()) if (!peers.includes(id)) this.#others.delete(id);
  }

  /** There is a copy of `boardId` here. */
  add(boardId: string): void {
    if (this.#own.add(boardId) === 'present') return;
    this.#tellAll(messageOf(ADDED, encoder.encode(boardId)));
  }

  /** How full this node's filter is, how often it should err, and how often all of them did. */
  figures(): FilterFigures {
    const { sizeBits, fillRatio, falsePositiveRate } = this.#own.stats();
    const [savedCount, wrongCount] = [this.#savedCount, this.#wrongCount];
    return { sizeBytes: sizeBits / 8, fillRatio, falsePositiveRate, savedCount, wrongCount };
  }

  get #hasHeardAll(): boolean {
    return this.#others.size >= this.#peers.length;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#timer?.cancel();
  }

  #hear(from: NodeId, payload: Uint8Array): void {
    const [kind] = payload;
    const body = payload.slice(1);
    if (kind === ADDED) this.#others.get(from)?.add(decoder.decode(body));
    if (kind !== WHOLE) return;
    try {
      this.#others.set(from, decodeScalable(body));
    } catch {
      // Damaged on its way, or by another version: the next one will do.
    }
  }

  #gossipLater(): void {
    this.#timer = this.#clock.setTimer(GOSSIP_MS, () => {
      this.#tellAll(messageOf(WHOLE, encodeScalable(this.#own)));
      this.#gossipLater();
    });
  }

  #tellAll(message: Uint8Array): void {
    for (const peer of this.#peers) this.#transport.send(peer, protocol, message);
  }
}

function messageOf(kind: number, body: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + body.length);
  message[0] = kind;
  message.set(body, 1);
  return message;
}

function newFilter(): ScalableFilter {
  return new ScalableFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
}
