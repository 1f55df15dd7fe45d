import type { Value } from '../log/value.ts';
import { cursorIn, type CursorSide, positionIn, type TextCursor } from '../text/text-cursor.ts';
import type { TextAuthorship } from '../text/text-history.ts';
import { type MarkGrowth, markOf, type TextRun, unmarkOf } from '../text/text-marks.ts';
import type { TextContainer } from './text-container.ts';

/** A text of a document. Positions and counts are in units of UTF-16, as in strings. */
export class LiveText {
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

  /**
   * Gives the units from `start` to before `end` a mark, such as bold or a link; see
   * `mark` in `./text`.
   *
   * @param value - JSON or bytes; it is copied. Null takes the mark away.
   * @param growth - At which of its ends it takes in what is typed there.
   * @throws RangeError if the range is empty, is outside of the text, or begins or ends inside a
   *   surrogate pair; TypeError or RangeError if another argument is none of these.
   */
  mark(start: number, end: number, key: string, value: Value, growth: MarkGrowth = 'after'): void {
    this.#container.mark(start, end, markOf(key, value, growth));
  }

  /** Takes a mark away; `growth` as it was given to `mark`. Throws as that does. */
  unmark(start: number, end: number, key: string, growth: MarkGrowth = 'after'): void {
    this.#container.mark(start, end, unmarkOf(key, growth));
  }

  /** The text in runs of equal marks, in order and without gaps. */
  runs(): readonly TextRun[] {
    return this.#container.runs();
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
