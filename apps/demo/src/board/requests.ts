/**
 * The requests of one board, each of which counts once.
 *
 * A request leaves a mark in the board under its key, as the last event of the change that carries
 * it out, so whoever has the change knows that it was. Owners that are cut off from each other
 * cannot know, and may both carry it out. When their copies meet, the key has two marks, and all
 * copies agree which of them wins. Whoever sees that takes back what the others stand for: not by
 * an opposite change, but by taking those events out of account, so that it is as if they had never
 * been, whatever was done since. A mark says which events these are, so nobody has to remember what
 * it did: who carried a request out may be gone by then. Several who take back the same are as one.
 */
import { type Author, type AuthorRange, takeBack } from '@quorate/crdts/document';
import * as v from 'valibot';

import { type Board, type BoardOperation, perform, type RequestStamp } from './board.ts';

/** What is known of a request: that it is new, was carried out, or has the key of another one. */
export type RequestState = 'new' | 'repeated' | 'reused';

/** So many keys of requests are kept with a board at least; of twice as many the oldest go. */
const KEPT = 256;

/** What a board holds under the key of a request. Anybody can have written it. */
const mark = v.object({
  atMs: v.number(),
  digest: v.string(),
  eventCount: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0),
});

/** The requests of a copy. */
export class Requests {
  readonly #board: Board;

  /** Begins with what an earlier life of the copy left undone. */
  constructor(board: Board) {
    this.#board = board;
    this.#settle();
    board.onChange(({ origin }) => {
      if (origin === 'remote') this.#settle();
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
    board.transact(() => {
      const start = board.eventCount;
      for (const operation of operations) perform(board, operation);
      board.root.requests.set(key, { atMs, digest, eventCount: board.eventCount - start });
    });
  }

  #forgetOldest(): void {
    const { requests } = this.#board.root;
    const keys = requests.keys();
    if (keys.length < 2 * KEPT) return;
    const atMs = (key: string): number => requests.get(key)?.atMs ?? 0;
    const oldest = keys.toSorted((left, right) => atMs(left) - atMs(right));
    for (const key of oldest.slice(0, keys.length - KEPT)) requests.delete(key);
  }

  /** Takes back what was done once too often, as far as this copy knows. */
  #settle(): void {
    for (const key of this.#board.root.requests.keys()) {
      const [winner, ...losers] = this.#changesOf(key);
      if (winner !== undefined && losers.length > 0) this.#takeBack(winner, losers);
    }
  }

  /** The changes that carried a request out without knowledge of each other, the winner first. */
  #changesOf(key: string): readonly AuthorRange[] {
    const { requests } = this.#board.root;
    const marks = requests.conflicts(key);
    if (marks.length < 2) return [];
    return requests.conflictAuthors(key).flatMap((author, index) => changeOf(author, marks[index]));
  }

  /** What became of items that go becomes of those that stay in their place. */
  #takeBack(winner: AuthorRange, losers: readonly AuthorRange[]): void {
    const board = this.#board;
    // First: whoever has this alone will come to the same.
    board.transact(() => {
      for (const { id, isDone } of this.#itemsOf(winner)) {
        const fates = losers.map((loser) => this.#itemsOf(loser).find((item) => item.id === id));
        if (fates.includes(undefined)) perform(board, { kind: 'removeItem', id });
        else if (!isDone && fates.some((fate) => fate?.isDone === true)) {
          perform(board, { kind: 'checkItem', id, isDone: true });
        }
      }
    });
    takeBack(board, losers);
  }

  /** The items of a change that are there. */
  #itemsOf(change: AuthorRange): readonly { readonly id: string; readonly isDone: boolean }[] {
    const { checklist } = this.#board.root;
    return [...checklist].flatMap(({ id, isDone }, index) => {
      const author = checklist.author(index)?.inserted;
      const isOfChange = author !== undefined && isIn(change, author);
      return isOfChange && id !== undefined ? [{ id, isDone: isDone === true }] : [];
    });
  }
}

/** The change that a mark of `author` ends; none if that is no mark. */
function changeOf({ replicaId, sequence }: Author, written: unknown): readonly AuthorRange[] {
  const found = v.safeParse(mark, written);
  if (!found.success || found.output.eventCount > sequence) return [];
  const { eventCount } = found.output;
  return [{ replicaId, sequence: sequence - eventCount, count: eventCount + 1 }];
}

function isIn({ replicaId, sequence, count }: AuthorRange, author: Author): boolean {
  const number = author.sequence - sequence;
  return author.replicaId === replicaId && number >= 0 && number < count;
}
