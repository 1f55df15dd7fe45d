/* Places in a document that stay with their characters; how is in text-cursor.ts. */
import { cursorIn, type CursorSide, positionIn, type TextCursor } from './text-cursor.ts';
import { insidesOf, type TextDocument } from './text-document.ts';

/**
 * A cursor at `position`, which stays with a neighbouring character whoever edits.
 *
 * @param side - `after` the character on its left, or `before` the one on its right.
 * @returns Plain data, of use on every replica.
 * @throws RangeError if `position` lies outside of the text or inside a surrogate pair.
 *
 * @remarks The first call goes through all of history; later ones cost O(log n).
 *
 * @example
 * ```ts
 * import { cursorAt, positionOf, TextDocument } from '@quorate/crdts/text';
 *
 * const text = new TextDocument({ replicaId: 'ann' });
 * text.insert(0, 'world');
 * const cursor = cursorAt(text, 5, 'after');
 * text.insert(0, 'Hello ');
 * positionOf(text, cursor); // => 11
 * ```
 */
export function cursorAt(text: TextDocument, position: number, side: CursorSide): TextCursor {
  return cursorIn(insidesOf(text).state, position, side);
}

/**
 * The position of a cursor in the text as it is now.
 *
 * @returns -1 if its character has not arrived here yet, or is none of this text.
 */
export function positionOf(text: TextDocument, cursor: TextCursor): number {
  return positionIn(insidesOf(text).state, cursor);
}
