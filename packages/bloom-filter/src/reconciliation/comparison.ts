import {
  type NodeId,
  RequestDeadlineError,
  type Requester,
  TransportError,
} from '@quorate/transport';

import { DifferenceDecoder } from '../difference/difference-decoder.ts';
import { SYMBOL_WORDS } from '../difference/sketch.ts';
import { symbolsToHave } from '../difference/symbols-needed.ts';
import { reconcileReplyCodec, reconcileRequestCodec } from './codec.ts';
import type { ReconcileReply, ReconcileRequest, SymbolsReply } from './messages.ts';
import { absentFrom, filterOf, partCountFor } from './part-filter.ts';
import type { ReconcilerLimits } from './reconciler-options.ts';
import { fitInto } from './responder.ts';
import { HashSet, type ReconcilableSet, type SetSnapshot } from './snapshot.ts';

/** What a comparison moved. */
export interface ReconcileCounts {
  /** Items that this set lacked. */
  readonly receivedCount: number;
  /** Items that the peer's set lacked. */
  readonly sentCount: number;
  /** Coded symbols that were asked for. */
  readonly symbolCount: number;
  readonly requestCount: number;
  /** Bytes of requests, repeated ones included. */
  readonly sentBytes: number;
  /** Bytes of answers. */
  readonly receivedBytes: number;
}

/** Symbols of the first answer: enough for about twenty differences, in half a kilobyte. */
const FIRST_SYMBOLS = 32;
/** If more than one in so many items differs, filters cost less than symbols. */
const FILTERS_PAY_FROM = 8;
/** Hashes in one request. */
const FETCH_HASHES_MAX = 1_024;

/** Whom to ask, and how. */
interface Peer {
  readonly requester: Requester;
  readonly peer: NodeId;
  readonly method: string;
  readonly signal: AbortSignal | undefined;
}

/** The asking side of a comparison. */
export class Comparison {
  readonly #peer: Peer;
  readonly #limits: ReconcilerLimits;
  readonly #set: ReconcilableSet;
  readonly #counts = {
    receivedCount: 0,
    sentCount: 0,
    symbolCount: 0,
    requestCount: 0,
    sentBytes: 0,
    receivedBytes: 0,
  };
  /** Filters are worth their bytes once: what they leave is little. */
  #hasSifted = false;

  constructor(peer: Peer, set: ReconcilableSet, limits: ReconcilerLimits) {
    this.#peer = peer;
    this.#set = set;
    this.#limits = limits;
  }

  /** What it has moved so far. */
  get counts(): ReconcileCounts {
    return { ...this.#counts };
  }

  /**
   * Compares and moves what differs.
   *
   * @param session - A number that no other comparison with this peer had.
   * @returns Whether the sets have each other's items now. If not, run it anew, with a new snapshot
   *   from a new seed.
   */
  async run(snapshot: SetSnapshot, seed: number, session: number): Promise<boolean> {
    const first = await this.#ask({ kind: 'open', session, seed, symbolCount: FIRST_SYMBOLS });
    const isDone = first.kind === 'symbols' && (await this.#compare(snapshot, session, first));
    await this.#ask({ kind: 'close', session });
    return isDone;
  }

  async #compare(snapshot: SetSnapshot, session: number, first: SymbolsReply): Promise<boolean> {
    const decoder = new DifferenceDecoder(snapshot.sketch);
    const itemCount = first.elementCount + snapshot.items.length;
    let reply: ReconcileReply = first;
    let wanted = FIRST_SYMBOLS;
    while (reply.kind === 'symbols' && reply.start === decoder.symbolCount) {
      this.#counts.symbolCount += reply.symbols.length / SYMBOL_WORDS;
      const state = decoder.receive(reply.symbols);
      if (state === 'decoded') return await this.#move(snapshot, session, decoder);
      // Two items of one hash never decode, nor do damaged symbols: another seed will tell.
      const isHopeless = decoder.symbolCount > 3 * itemCount + 8 * FIRST_SYMBOLS;
      if (state === 'inconsistent' || isHopeless || reply.symbols.length === 0) return false;
      if (decoder.symbolCount >= wanted) {
        const guess = decoder.guessedCount;
        if (
          !this.#hasSifted &&
          guess * FILTERS_PAY_FROM > itemCount &&
          itemCount > FIRST_SYMBOLS * 8
        ) {
          return await this.#sift(snapshot, session, itemCount);
        }
        wanted = symbolsToHave(decoder.symbolCount, guess);
      }
      const { symbolCount: start } = decoder;
      reply = await this.#ask({ kind: 'symbols', session, start, end: wanted });
    }
    return false;
  }

  async #move(
    snapshot: SetSnapshot,
    session: number,
    decoder: DifferenceDecoder,
  ): Promise<boolean> {
    const { onlyLocal, onlyRemote } = decoder.difference;
    await this.#push(snapshot.find(onlyLocal));
    return await this.#fetch(snapshot, session, new HashSet(onlyRemote));
  }

  async #push(items: readonly Uint8Array[]): Promise<void> {
    for (let left = items; left.length > 0;) {
      const fitting = fitInto(left, this.#limits.messageBytesMax);
      await this.#ask({ kind: 'push', items: fitting });
      this.#counts.sentCount += fitting.length;
      left = left.slice(fitting.length);
    }
  }

  async #fetch(snapshot: SetSnapshot, session: number, missing: HashSet): Promise<boolean> {
    while (missing.size > 0) {
      const hashes = missing.first(FETCH_HASHES_MAX);
      const reply = await this.#ask({ kind: 'fetch', session, hashes });
      if (reply.kind !== 'items') return false;
      const before = missing.size;
      for (const item of reply.items) {
        if (missing.delete(...snapshot.hashOf(item))) this.#take(item);
      }
      // It answered with nothing that was asked for, and would do so for ever.
      if (missing.size === before) return false;
    }
    return true;
  }

  /** Filters both ways, part by part. Never the last word: some differences pass. */
  async #sift(snapshot: SetSnapshot, session: number, itemCount: number): Promise<false> {
    this.#hasSifted = true;
    const partCount = partCountFor(itemCount, this.#limits.messageBytesMax);
    for (let part = 0; part < partCount; part += 1) {
      const where = { part, partCount };
      const theirs = await this.#ask({ kind: 'filter', session, ...where });
      if (theirs.kind !== 'filter') return false;
      await this.#push(absentFrom(snapshot, where, theirs.filter));
      const filter = filterOf(snapshot, where);
      for (let skip = 0, left = 1; left > 0;) {
        const reply = await this.#ask({ kind: 'absent', session, ...where, skip, filter });
        if (reply.kind !== 'items') return false;
        for (const item of reply.items) this.#take(item);
        skip += reply.items.length;
        left = reply.items.length === 0 ? 0 : reply.leftCount;
      }
    }
    return false;
  }

  #take(item: Uint8Array): void {
    this.#set.add(item);
    this.#counts.receivedCount += 1;
  }

  /** Asks again what was lost: all requests can be carried out twice. */
  async #ask(request: ReconcileRequest): Promise<ReconcileReply> {
    const { requester, peer, method, signal } = this.#peer;
    const { requestTimeoutMs: timeoutMs, requestAttempts } = this.#limits;
    const payload = reconcileRequestCodec.encode(request);
    const options = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      this.#counts.requestCount += 1;
      this.#counts.sentBytes += payload.length;
      try {
        const reply = await requester.request(peer, method, payload, options);
        this.#counts.receivedBytes += reply.length;
        return reconcileReplyCodec.decode(reply);
      } catch (error) {
        const isLost = error instanceof RequestDeadlineError || isRestart(error);
        if (!isLost || attempt === requestAttempts) throw error;
      }
    }
  }
}

function isRestart(error: unknown): boolean {
  return error instanceof TransportError && error.code === 'PEER_RESTARTED';
}
