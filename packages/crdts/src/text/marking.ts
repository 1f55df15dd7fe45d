/* Marks on a document; how is in text-marks.ts. */
import type { Value } from '../log/value.ts';
import { insidesOf, type TextDocument } from './text-document.ts';
import { type MarkGrowth, markOf, TextMarks, type TextRun, unmarkOf } from './text-marks.ts';

/**
 * Gives the units from `start` to before `end` a mark, such as bold, a link or a comment.
 *
 * @param key - The kind of mark. Of each kind, the last one on a character counts.
 * @param value - What it says, as JSON or bytes; it is copied. Null takes the mark away, as
 *   `unmark` does better.
 * @param growth - At which of its ends it takes in what is typed there.
 * @throws RangeError if the range is empty, leaves the text, or begins or ends inside a surrogate
 *   pair; TypeError or RangeError if another argument is none of these.
 *
 * @example
 * ```ts
 * import { mark, runs, TextDocument } from '@quorate/crdts/text';
 *
 * const text = new TextDocument({ replicaId: 'ann' });
 * text.insert(0, 'plain bold');
 * mark(text, 6, 10, 'bold', true);
 * text.insert(10, 'er');
 * runs(text).map(({ start, end, marks }) => [start, end, ...marks.keys()]);
 * // => [[0, 6], [6, 12, 'bold']]
 * ```
 */
export function mark(
  text: TextDocument,
  start: number,
  end: number,
  key: string,
  value: Value,
  growth: MarkGrowth = 'after',
): void {
  insidesOf(text).mark(start, end, markOf(key, value, growth));
}

/**
 * Takes a mark away from the units from `start` to before `end`.
 *
 * @param growth - As it was given to `mark`: what is left on both sides grows as before.
 * @throws RangeError, TypeError as `mark`.
 */
export function unmark(
  text: TextDocument,
  start: number,
  end: number,
  key: string,
  growth: MarkGrowth = 'after',
): void {
  insidesOf(text).mark(start, end, unmarkOf(key, growth));
}

/**
 * The text in runs of equal marks, in order and without gaps.
 *
 * @remarks
 * The first call goes through all of history; later ones look at each run of characters there ever
 * was, and at each mark.
 */
export function runs(text: TextDocument): readonly TextRun[] {
  return marksOf(text).runs();
}

/** All marks of a document. */
export function marksOf(text: TextDocument): TextMarks {
  return insidesOf(text).marks(({ state, trimmedMarks }) => new TextMarks(state, trimmedMarks));
}
