/**
 * Which boards may exist anywhere: a filter of each node, known to all, so that a request for a
 * board that nobody has costs no question to its owners.
 *
 * A filter never denies what it holds. What it lacks may have been made a moment ago, so a new
 * board is announced at once. Announcements are numbered, and the number of the last one is told
 * over and over: so a node notices that it missed one, or that it hears nothing, asks for the whole
 * filter, and denies nothing until it has it.
 */
import { decodeScalable, encodeScalable, ScalableFilter } from '@quorate/bloom-filter';
import {
  type Channel,
  type Clock,
  type NodeId,
  openChannel,
  protocolName,
  type Timer,
  type Transport,
} from '@quorate/transport';

import type { KnownBoards } from '../../board/board-access.ts';
import type { FilterFigures } from '../../observe/node-status.ts';
import { boardNewsCodec, type BoardNews } from './board-news.ts';

/** How often the number is told, and how soon after an announcement, in ms. */
const TELL_MS = 1_000;
const TELL_AGAIN_MS = 100;
/** After so long a silence of a node, nothing is denied on its behalf, in ms. */
const FRESH_MS = 2_500;

/** What another node has told. */
interface Heard {
  readonly incarnation: number;
  readonly filter: ScalableFilter;
  /** All announcements up to this one are in the filter. */
  number: number;
  /** The last one that is known to be there. */
  announced: number;
  /** When it was known last that the filter is whole. */
  wholeAtMs: number;
}

/** Filters of all nodes, as far as they have been heard. */
export class BoardDirectory implements KnownBoards {
  readonly #channel: Channel<BoardNews>;
  readonly #clock: Clock;
  #peers: readonly NodeId[] = [];
  readonly #own = newFilter();
  #number = 0;
  readonly #others = new Map<NodeId, Heard>();
  readonly #stop: () => void;
  #timer: Timer | undefined;
  #savedCount = 0;
  #wrongCount = 0;

  constructor(transport: Transport, clock: Clock) {
    this.#channel = openChannel(transport, protocolName('board-directory'), boardNewsCodec);
    this.#clock = clock;
    this.#stop = this.#channel.subscribe((from, news, { incarnation }) => {
      this.#hear(from, news, incarnation);
    });
    this.#tellIn(TELL_MS);
  }

  /** Whether `boardId` may exist. Unless all nodes have just said what they have, anything may. */
  readonly mayExist = (boardId: string): boolean => {
    const others = [...this.#others.values()];
    const mayExist =
      !this.#isComplete ||
      this.#own.has(boardId) ||
      others.some(({ filter }) => filter.has(boardId));
    if (!mayExist) this.#savedCount += 1;
    return mayExist;
  };

  /** A board that might have existed does not. */
  readonly noteMissing = (): void => {
    if (this.#isComplete) this.#wrongCount += 1;
  };

  /** These are the other nodes from now on. */
  setPeers(peers: readonly NodeId[]): void {
    this.#peers = peers;
    for (const id of this.#others.keys()) if (!peers.includes(id)) this.#others.delete(id);
  }

  /** There is a copy of `boardId` here. */
  add(boardId: string): void {
    if (this.#own.add(boardId) === 'present') return;
    this.#number += 1;
    this.#tellAll({ kind: 'added', number: this.#number, boardId });
    this.#tellIn(TELL_AGAIN_MS);
  }

  /** How full this node's filter is, how often it should err, and how often all of them did. */
  figures(): FilterFigures {
    const { sizeBits, fillRatio, falsePositiveRate } = this.#own.stats();
    const [savedCount, wrongCount] = [this.#savedCount, this.#wrongCount];
    return { sizeBytes: sizeBits / 8, fillRatio, falsePositiveRate, savedCount, wrongCount };
  }

  get #isComplete(): boolean {
    return this.#peers.every((peer) => {
      const heard = this.#others.get(peer);
      return heard !== undefined && this.#isWhole(heard);
    });
  }

  close(): void {
    this.#stop();
    this.#timer?.cancel();
  }

  #isWhole({ number, announced, wholeAtMs }: Heard): boolean {
    return number >= announced && this.#clock.nowMs() - wholeAtMs < FRESH_MS;
  }

  #hear(from: NodeId, news: BoardNews, incarnation: number): void {
    if (news.kind === 'ask') {
      const filter = encodeScalable(this.#own);
      this.#channel.send(from, { kind: 'whole', number: this.#number, filter });
      return;
    }
    const known = this.#others.get(from);
    const isSame = known?.incarnation === incarnation;
    if (news.kind === 'whole') {
      if (!isSame || news.number >= known.number) {
        const announced = isSame ? Math.max(known.announced, news.number) : news.number;
        const filter = filterOf(news.filter);
        const wholeAtMs = this.#clock.nowMs();
        const heard = { incarnation, filter, number: news.number, announced, wholeAtMs };
        if (filter !== undefined) this.#others.set(from, { ...heard, filter });
      }
      return;
    }
    if (!isSame) {
      // What it has since it was started anew is not known.
      this.#others.delete(from);
      this.#channel.send(from, { kind: 'ask' });
      return;
    }
    if (news.kind === 'added') {
      known.filter.add(news.boardId);
      if (news.number === known.number + 1) known.number = news.number;
    }
    known.announced = Math.max(known.announced, news.number);
    if (known.number < known.announced) this.#channel.send(from, { kind: 'ask' });
    else known.wholeAtMs = this.#clock.nowMs();
  }

  #tellIn(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#tellAll({ kind: 'count', number: this.#number });
      this.#tellIn(TELL_MS);
    });
  }

  #tellAll(news: BoardNews): void {
    for (const peer of this.#peers) this.#channel.send(peer, news);
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
