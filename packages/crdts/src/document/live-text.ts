import { cursorIn, type CursorSide, positionIn, type TextCursor } from '../text/text-cursor.ts';
import type { TextAuthorship } from '../text/text-history.ts';
import type { TextContainer } from './text-container.ts';

let open: (text: LiveText) => TextContainer;

/** What a text shows, for functions beside it. */
export function containerOf(text: LiveText): TextContainer {
  return open(text);
}

/**
 * A text of a document. Positions and counts are in units of UTF-16, as in strings. It can be
 * marked, too: see `mark` and `runs`.
 */
export class LiveText {
  static {
    open = (text) => text.#container;
  }

  readonly #container: TextContainer;

  /** @param container - What it shows. */
  constructor(container: TextContainer) {
    this.#container = container;
  }

  /** Units of UTF-16. */
  get length(): number {
    return this.#container.length;
  }

  /**
   * Inserts `text` before the unit at `position`.
   *
   * @throws RangeError if `position` is outside of the text or inside a surrogate pair, or if
   *   `text` is not well-formed.
   */
  insert(position: number, text: string): void {
    if (text !== '' || position !== 0) this.#container.insert(position, text);
  }

  /** Deletes `count` units from `position` on. Throws as `insert` does. */
  delete(position: number, count: number): void {
    if (count !== 0) this.#container.delete(position, count);
  }

  /** Puts `text` in place of `count` units from `position` on. Throws as `insert` does. */
  replace(position: number, count: number, text: string): void {
    this.#container.host.edit(() => {
      this.delete(position, count);
      this.insert(position, text);
    });
  }

  /** The text from `start` to before `end`; both are cut to the text. */
  slice(start = 0, end: number = this.length): string {
    const { state, length } = this.#container;
    return state?.slice(Math.max(start, 0), Math.min(end, length)) ?? '';
  }

  /**
   * A place in the text that stays with its characters; it can be sent and stored.
   *
   * @param side - Whether it stays after the character on its left or before the one on its right.
   * @throws RangeError if `position` is outside of the text or inside a surrogate pair.
   */
  cursor(position: number, side: CursorSide): TextCursor {
    const { state } = this.#container;
    if (state !== undefined) return cursorIn(state, position, side);
    return { side, replicaId: null, sequence: 0 };
  }

  /** Where a cursor is now; -1 if its character has not arrived here, or is none of this text. */
  position(cursor: TextCursor): number {
    const { state } = this.#container;
    if (state !== undefined) return positionIn(state, cursor);
    return cursor.replicaId === null ? 0 : -1;
  }

  /** Who wrote what of the text, in order and without gaps. */
  authors(): readonly TextAuthorship[] {
    return this.#container.blame();
  }

  /** The text. */
  toString(): string {
    return this.#container.toJSON();
  }

  /** The text. */
  toJSON(): string {
    return this.#container.toJSON();
  }
}
