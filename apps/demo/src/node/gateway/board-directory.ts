/**
 * Which boards may exist anywhere: a filter of each node, known to those who ask, so that a request
 * for a board that nobody has costs no question to its owners.
 *
 * A filter never denies what it holds. What it lacks may have been made a moment ago, and news of
 * it may be late or lost. So nobody denies a board by what it happens to have heard: it asks all
 * other nodes for leave, and each of them says what it has and gives leave for a short while. A
 * node that makes a board tells those who have its leave, and does not call it made before each of
 * them has heard of it or may deny nothing any more. Whoever lacks the leave of any node sends
 * requests on to the owners, and asks for it: so where nobody looks for boards that are not there,
 * no leave is asked for, and nobody waits.
 *
 *     gateway      ask at 5.0 ─┐            ┌─► may deny until 5.9        ask ─┐
 *     node                     └─► same ────┘   makes b ──► added ──► waits ◄──┘  b is made
 *
 * Leave counts from when it was asked for, and for who gives it from later on and for longer, so
 * clocks only have to run at about the same speed.
 */
import { decodeScalable, encodeScalable, ScalableFilter } from '@quorate/bloom-filter';
import {
  type Channel,
  type Clock,
  type NodeId,
  openChannel,
  protocolName,
  type Random,
  type Timer,
  type Transport,
} from '@quorate/transport';

import type { FilterFigures } from '../../observe/node-status.ts';
import { boardNewsCodec, type BoardNews, type NewsMark } from './board-news.ts';

/** How long leave holds for who gives it and for who has it, in ms. */
const LEAVE_GIVEN_MS = 1_000;
const LEAVE_HELD_MS = 900;
/** Leave is asked for again when it is older than this, in ms, and so often at most. */
const RENEW_MS = 300;

/** What another node has told. */
interface Heard extends NewsMark {
  readonly filter: ScalableFilter;
  /** All announcements up to this one are in the filter. */
  number: number;
  /** The last one that is known to be there. */
  announced: number;
  /** When leave was asked for that was given. */
  leaveAtMs: number;
}

/** What another node knows of this one. */
interface Told {
  number: number;
  /** Until when it may deny what it does not know of. */
  mayDenyUntilMs: number;
}

/** Somebody who has made a board. */
interface Wait {
  readonly number: number;
  /** Those who might deny it. */
  readonly unaware: Set<NodeId>;
  readonly end: () => void;
}

/** What a directory needs. */
export interface BoardDirectoryOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
}

/** Filters of all nodes, as far as they have been heard. */
export class BoardDirectory {
  readonly #channel: Channel<BoardNews>;
  readonly #clock: Clock;
  readonly #localId: NodeId;
  readonly #startedAtMs: number;
  readonly #life: number;
  readonly #own = newFilter();
  readonly #others = new Map<NodeId, Heard>();
  readonly #told = new Map<NodeId, Told>();
  readonly #waits = new Set<Wait>();
  readonly #stop: () => void;
  #peers: readonly NodeId[] | undefined;
  #number = 0;
  #askedAtMs = -Infinity;
  #savedCount = 0;
  #wrongCount = 0;

  constructor({ transport, clock, random }: BoardDirectoryOptions) {
    this.#channel = openChannel(transport, protocolName('board-directory'), boardNewsCodec);
    this.#clock = clock;
    this.#localId = transport.localId;
    this.#startedAtMs = clock.nowMs();
    this.#life = random.uint32();
    this.#stop = this.#channel.subscribe((from, news) => this.#hear(from, news));
  }

  /** Whether `boardId` may exist. Without the leave of all nodes, anything may. */
  readonly mayExist = (boardId: string): boolean => {
    const others = [...this.#others.values()];
    if (this.#own.has(boardId) || others.some(({ filter }) => filter.has(boardId))) return true;
    this.#askForLeave();
    if (!this.#mayDeny) return true;
    this.#savedCount += 1;
    return false;
  };

  /** A board that might have existed does not. */
  readonly noteMissing = (): void => {
    if (this.#mayDeny) this.#wrongCount += 1;
  };

  /** These are the other nodes from now on. All boards that were on the disk have been added. */
  setPeers(peers: readonly NodeId[]): void {
    this.#peers = peers;
    for (const id of this.#others.keys()) if (!peers.includes(id)) this.#others.delete(id);
  }

  /** There is a copy of `boardId` here. */
  add(boardId: string): void {
    if (this.#own.add(boardId) === 'present') return;
    this.#number += 1;
    const news = { kind: 'added' as const, life: this.#life, number: this.#number, boardId };
    for (const peer of this.#peers ?? []) this.#channel.send(peer, news);
  }

  /** Settles once no node denies any more what was added until now. */
  announced(): Promise<void> {
    const number = this.#number;
    const nowMs = this.#clock.nowMs();
    const unaware = [...this.#told].filter(
      ([, told]) => told.number < number && told.mayDenyUntilMs > nowMs,
    );
    // An earlier life of this node may have given leave to anybody, so nobody can end this.
    const firstMs = this.#startedAtMs + LEAVE_GIVEN_MS;
    const isYoung = firstMs > nowMs;
    if (!isYoung && unaware.length === 0) return Promise.resolve();
    const untilMs = Math.max(firstMs, ...unaware.map(([, told]) => told.mayDenyUntilMs));
    return new Promise((resolve) => {
      const timer: Timer = this.#clock.setTimer(untilMs - nowMs, () => wait.end());
      const end = (): void => {
        timer.cancel();
        this.#waits.delete(wait);
        resolve();
      };
      const nodes = isYoung ? [this.#localId] : unaware.map(([id]) => id);
      const wait: Wait = { number, unaware: new Set(nodes), end };
      this.#waits.add(wait);
    });
  }

  /** How full this node's filter is, how often it should err, and how often all of them did. */
  figures(): FilterFigures {
    const { sizeBits, fillRatio, falsePositiveRate } = this.#own.stats();
    const [savedCount, wrongCount] = [this.#savedCount, this.#wrongCount];
    return { sizeBytes: sizeBits / 8, fillRatio, falsePositiveRate, savedCount, wrongCount };
  }

  close(): void {
    this.#stop();
    for (const wait of this.#waits) wait.end();
  }

  get #mayDeny(): boolean {
    return this.#peers?.every((peer) => this.#leaveAgeMs(peer) < LEAVE_HELD_MS) === true;
  }

  /** How old the leave of a node is, if it told of all that it has. */
  #leaveAgeMs(peer: NodeId): number {
    const heard = this.#others.get(peer);
    if (heard === undefined || heard.number < heard.announced) return Infinity;
    return this.#clock.nowMs() - heard.leaveAtMs;
  }

  #askForLeave(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#askedAtMs < RENEW_MS) return;
    this.#askedAtMs = nowMs;
    for (const peer of this.#peers ?? []) if (this.#leaveAgeMs(peer) >= RENEW_MS) this.#ask(peer);
  }

  #ask(peer: NodeId): void {
    const { life = 0, number = 0 } = this.#others.get(peer) ?? {};
    const askedAtMs = Math.floor(this.#clock.nowMs());
    this.#channel.send(peer, { kind: 'ask', life, number, askedAtMs });
  }

  #hear(from: NodeId, news: BoardNews): void {
    switch (news.kind) {
      case 'ask':
        this.#giveLeave(from, news);
        return;
      case 'added':
        this.#note(from, news, news.boardId);
        return;
      case 'same':
        this.#note(from, news);
        this.#takeLeave(from, news);
        return;
      case 'whole':
        this.#takeWhole(from, news);
        this.#takeLeave(from, news);
    }
  }

  /** Says what there is, and that nothing is made behind the back of who asks. */
  #giveLeave(to: NodeId, { life, number, askedAtMs }: NewsMark & { askedAtMs: number }): void {
    // What is on the disk has not been added yet.
    if (this.#peers === undefined) return;
    const isMine = life === this.#life;
    const told = this.#told.get(to) ?? { number: 0, mayDenyUntilMs: 0 };
    this.#told.set(to, told);
    if (isMine) told.number = Math.max(told.number, Math.min(number, this.#number));
    told.mayDenyUntilMs = this.#clock.nowMs() + LEAVE_GIVEN_MS;
    const mark = { life: this.#life, number: this.#number, askedAtMs };
    if (isMine && number === this.#number) this.#channel.send(to, { kind: 'same', ...mark });
    else {
      const filter = encodeScalable(this.#own);
      this.#channel.send(to, { kind: 'whole', ...mark, filter });
    }
    for (const wait of this.#waits) {
      if (told.number >= wait.number) wait.unaware.delete(to);
      if (wait.unaware.size === 0) wait.end();
    }
  }

  #note(from: NodeId, { life, number }: NewsMark, boardId?: string): void {
    const heard = this.#others.get(from);
    if (heard?.life !== life) return;
    if (boardId !== undefined) {
      heard.filter.add(boardId);
      if (number === heard.number + 1) heard.number = number;
    }
    heard.announced = Math.max(heard.announced, number);
    // Somebody may wait for this one to know.
    if (boardId !== undefined && this.#clock.nowMs() - heard.leaveAtMs < LEAVE_GIVEN_MS) {
      this.#ask(from);
    }
  }

  #takeWhole(from: NodeId, { life, number, filter: bytes }: BoardNews & { kind: 'whole' }): void {
    const known = this.#others.get(from);
    const isSame = known?.life === life;
    if (isSame && number < known.number) return;
    const filter = filterOf(bytes);
    if (filter === undefined) return;
    const announced = isSame ? Math.max(known.announced, number) : number;
    const leaveAtMs = isSame ? known.leaveAtMs : -Infinity;
    this.#others.set(from, { life, filter, number, announced, leaveAtMs });
  }

  #takeLeave(from: NodeId, { life, number, askedAtMs }: NewsMark & { askedAtMs: number }): void {
    const heard = this.#others.get(from);
    // Nobody gives leave for a question that is still to come.
    if (heard?.life !== life || heard.number < number || askedAtMs > this.#clock.nowMs()) return;
    heard.leaveAtMs = Math.max(heard.leaveAtMs, askedAtMs);
  }
}

/** The filter that was sent; undefined if it is damaged, or of another version. */
function filterOf(bytes: Uint8Array): ScalableFilter | undefined {
  try {
    return decodeScalable(bytes);
  } catch {
    return undefined;
  }
}

function newFilter(): ScalableFilter {
  return new ScalableFilter({ itemCount: 1_000, falsePositiveRate: 0.01 });
}
