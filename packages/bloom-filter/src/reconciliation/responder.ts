/**
 * The side that is asked: keeps a snapshot of its set for each peer that compares, and answers from
 * it, so that what is added meanwhile disturbs nothing. Every answer can be given twice.
 */
import type { NodeId } from '@quorate/transport';

import type { ItemsReply, ReconcileReply, ReconcileRequest } from './messages.ts';
import { absentFrom, filterOf } from './part-filter.ts';
import type { ReconcilerLimits } from './reconciler-options.ts';
import { type ReconcilableSet, SetSnapshot } from './snapshot.ts';

interface Session {
  readonly id: number;
  readonly snapshot: SetSnapshot;
}

/** Answers what reconcilers of other nodes ask about a set. */
export class Responder {
  readonly #set: ReconcilableSet;
  readonly #limits: ReconcilerLimits;
  /** One for each peer, the least recently used first. */
  readonly #sessions = new Map<NodeId, Session>();

  constructor(set: ReconcilableSet, limits: ReconcilerLimits) {
    this.#set = set;
    this.#limits = limits;
  }

  /** Peers whose comparison is under way, or was never ended. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  answer(from: NodeId, request: ReconcileRequest): ReconcileReply {
    if (request.kind === 'push') {
      for (const item of request.items) this.#set.add(item);
      return { kind: 'done' };
    }
    if (request.kind === 'open') {
      const snapshot = this.#open(from, request.session, request.seed);
      return this.#symbols(snapshot, { start: 0, end: request.symbolCount });
    }
    const session = this.#sessions.get(from);
    if (session?.id !== request.session) {
      return { kind: request.kind === 'close' ? 'done' : 'unknownSession' };
    }
    this.#touch(from, session);
    switch (request.kind) {
      case 'symbols':
        return this.#symbols(session.snapshot, request);
      case 'filter':
        return { kind: 'filter', filter: filterOf(session.snapshot, request) };
      case 'absent': {
        const absent = absentFrom(session.snapshot, request, request.filter);
        return this.#fitting(absent.slice(request.skip));
      }
      case 'fetch':
        return this.#fitting(session.snapshot.find(request.hashes));
      case 'close':
        this.#sessions.delete(from);
        return { kind: 'done' };
    }
  }

  /** A second request to open the same session finds the snapshot of the first. */
  #open(from: NodeId, id: number, seed: number): SetSnapshot {
    const known = this.#sessions.get(from);
    const snapshot =
      known?.id === id
        ? known.snapshot
        : new SetSnapshot(this.#set, seed, this.#limits.itemBytesMax);
    this.#touch(from, { id, snapshot });
    if (this.#sessions.size > this.#limits.sessionCountMax) {
      const [oldest] = this.#sessions.keys();
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    return snapshot;
  }

  #touch(from: NodeId, session: Session): void {
    this.#sessions.delete(from);
    this.#sessions.set(from, session);
  }

  /** As many as a message holds. None beyond a gap, or one request could ask for all memory. */
  #symbols(
    { sketch }: SetSnapshot,
    { start, end }: { readonly start: number; readonly end: number },
  ): ReconcileReply {
    if (start > sketch.symbolCount) return { kind: 'unknownSession' };
    const last = Math.min(end, start + symbolsIn(this.#limits.messageBytesMax));
    const { elementCount } = sketch;
    return { kind: 'symbols', elementCount, start, symbols: sketch.symbols(start, last) };
  }

  /** The first of `items` that a message holds, at least one. */
  #fitting(items: readonly Uint8Array[]): ItemsReply {
    const fitting = fitInto(items, this.#limits.messageBytesMax);
    return { kind: 'items', items: fitting, leftCount: items.length - fitting.length };
  }
}

/** Symbols that a message holds, with counts of any size. */
function symbolsIn(sizeBytesMax: number): number {
  return Math.max(1, Math.floor(sizeBytesMax / SYMBOL_BYTES_MAX));
}

/** The first of `items` that `sizeBytesMax` hold, at least one if there is one. */
export function fitInto(items: readonly Uint8Array[], sizeBytesMax: number): readonly Uint8Array[] {
  let sizeBytes = 0;
  const count = items.findIndex((item) => {
    sizeBytes += item.length + ITEM_OVERHEAD_BYTES;
    return sizeBytes > sizeBytesMax;
  });
  return count < 0 ? items : items.slice(0, Math.max(count, 1));
}

/** Two halves, a check and the longest count. */
const SYMBOL_BYTES_MAX = 17;
/** Of the length before an item. */
const ITEM_OVERHEAD_BYTES = 4;
