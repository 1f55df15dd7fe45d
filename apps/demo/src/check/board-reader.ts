import { fromBase64, toBase64 } from '../base64.ts';
import { type Board, openBoard } from '../board/board.ts';

/**
 * A client with copies of its own, which asks any node for what it lacks.
 *
 * A copy takes an event in only after all that the event knew of. So if nodes hand on an effect
 * without its cause, something waits in the copy, and is counted.
 */
export class BoardReader {
  readonly #copies = new Map<string, Board>();
  #readCount = 0;
  #acausalCount = 0;

  /** Answers taken in. */
  get readCount(): number {
    return this.#readCount;
  }

  /** Answers with an effect whose cause was neither in them nor known before. */
  get acausalCount(): number {
    return this.#acausalCount;
  }

  /** What this client has of a board, for the question of what it lacks. */
  versionOf(boardId: string): string {
    return toBase64(this.#copyOf(boardId).encodeVersion());
  }

  /** Takes in the answer to `sync`. */
  take(boardId: string, updates: readonly string[]): void {
    const copy = this.#copyOf(boardId);
    copy.applyAll(updates.map(fromBase64));
    this.#readCount += 1;
    if (copy.waitingCount > 0) this.#acausalCount += 1;
  }

  #copyOf(boardId: string): Board {
    const known = this.#copies.get(boardId);
    if (known !== undefined) return known;
    const made = openBoard('reader');
    this.#copies.set(boardId, made);
    return made;
  }
}
