/**
 * The requests of one board, each of which counts once.
 *
 * A request leaves its key in the board, in one change with what it does, so whoever has the change
 * knows that it was carried out. Owners that are cut off from each other cannot know, and may both
 * carry it out. When their copies meet, the key has two writers, all copies agree which of them
 * wins, and the one that lost takes its own change back: not by an opposite change, but by taking
 * its events out of account, so that it is as if they had never been, whatever was done since.
 */
import * as v from 'valibot';

import { addsItem, type Board, type BoardOperation, perform, type RequestStamp } from './board.ts';

/** What is known of a request: that it is new, was carried out, or has the key of another one. */
export type RequestState = 'new' | 'repeated' | 'reused';

/** A request that was carried out here, and may have been elsewhere. */
interface Carried {
  /** Its events, by their numbers here. */
  readonly start: number;
  readonly end: number;
  /** Items that it added. */
  readonly itemIds: readonly string[];
}

/** So many keys of requests are kept with a board at least; of twice as many the oldest go. */
const KEPT = 256;

/** What a board holds under the key of a request. */
const mark = v.object({ atMs: v.number(), digest: v.string() });

/** The requests of a copy. */
export class Requests {
  readonly #board: Board;
  readonly #carried = new Map<string, Carried>();

  constructor(board: Board) {
    this.#board = board;
    board.onChange(({ origin }) => {
      if (origin === 'remote') this.#takeBackWhatLost();
    });
  }

  /** What this copy knows of a request. */
  stateOf({ key, digest }: RequestStamp): RequestState {
    const found = v.safeParse(mark, this.#board.root.requests.get(key));
    if (!found.success) return 'new';
    return found.output.digest === digest ? 'repeated' : 'reused';
  }

  /**
   * Carries out a new request as one change, or not at all.
   *
   * @throws RangeError if an operation does not fit the board as it is now.
   */
  carryOut(operations: readonly BoardOperation[], { key, digest, atMs }: RequestStamp): void {
    const board = this.#board;
    this.#forgetOldest();
    const start = board.eventCount;
    board.transact(() => {
      for (const operation of operations) perform(board, operation);
      board.root.requests.set(key, { atMs, digest });
    });
    const itemIds = operations.filter(addsItem).map(({ id }) => id);
    this.#carried.set(key, { start, end: board.eventCount, itemIds });
  }

  #forgetOldest(): void {
    const { requests } = this.#board.root;
    const keys = requests.keys();
    if (keys.length < 2 * KEPT) return;
    const atMs = (key: string): number => requests.get(key)?.atMs ?? 0;
    const oldest = keys.toSorted((left, right) => atMs(left) - atMs(right));
    for (const key of oldest.slice(0, keys.length - KEPT)) {
      requests.delete(key);
      this.#carried.delete(key);
    }
  }

  #takeBackWhatLost(): void {
    const board = this.#board;
    const { requests } = board.root;
    for (const [key, carried] of this.#carried) {
      const [winner] = requests.conflictAuthors(key);
      if (winner?.replicaId === board.replicaId || !requests.has(key)) continue;
      this.#carried.delete(key);
      this.#takeBack(carried);
    }
  }

  /** What became of its items meanwhile becomes of those that stay in their place. */
  #takeBack({ start, end, itemIds }: Carried): void {
    const board = this.#board;
    const fates = itemIds.map((id): BoardOperation & { readonly id: string } => {
      const own = this.#ownItem(id);
      if (own === undefined) return { kind: 'removeItem', id };
      return { kind: 'checkItem', id, isDone: own.isDone === true };
    });
    board.undo([{ start, end }]);
    const staying = new Map([...board.root.checklist].map((item) => [item.id, item]));
    board.transact(() => {
      for (const fate of fates) {
        const item = staying.get(fate.id);
        const isMoot = fate.kind === 'checkItem' && (!fate.isDone || item?.isDone === true);
        if (item !== undefined && !isMoot) perform(board, fate);
      }
    });
  }

  #ownItem(id: string): { readonly isDone: boolean | undefined } | undefined {
    const { replicaId, root } = this.#board;
    return [...root.checklist].find(
      (item, index) =>
        item.id === id && root.checklist.author(index)?.inserted.replicaId === replicaId,
    );
  }
}
