/* Marks on the texts of a document; how is in src/text/text-marks.ts. */
import type { Value } from '../log/value.ts';
import { type MarkGrowth, markOf, TextMarks, type TextRun, unmarkOf } from '../text/text-marks.ts';
import { containerOf, type LiveText } from './live-text.ts';
import type { TextContainer } from './text-container.ts';

/**
 * Gives the units from `start` to before `end` a mark, such as bold, a link or a comment.
 *
 * @param key - The kind of mark. Of each kind, the last one on a character counts.
 * @param value - JSON or bytes; it is copied. Null takes the mark away, as `unmark` does better.
 * @param growth - At which of its ends it takes in what is typed there.
 * @throws RangeError if the range is empty, is outside of the text, or begins or ends inside a
 *   surrogate pair; TypeError or RangeError if another argument is none of these.
 *
 * @example
 * ```ts
 * import { JsonDocument, mark, runs, schema } from '@quorate/crdts/document';
 *
 * const document = new JsonDocument({ replicaId: 'ann' });
 * const text = document.root.open('text', schema.text());
 * text.insert(0, 'plain bold');
 * mark(text, 6, 10, 'bold', true);
 * runs(text).map(({ start, end, marks }) => [start, end, ...marks.keys()]);
 * // => [[0, 6], [6, 10, 'bold']]
 * ```
 */
export function mark(
  text: LiveText,
  start: number,
  end: number,
  key: string,
  value: Value,
  growth: MarkGrowth = 'after',
): void {
  containerOf(text).mark(start, end, markOf(key, value, growth));
}

/** Takes a mark away; `growth` as it was given to `mark`. Throws as that does. */
export function unmark(
  text: LiveText,
  start: number,
  end: number,
  key: string,
  growth: MarkGrowth = 'after',
): void {
  containerOf(text).mark(start, end, unmarkOf(key, growth));
}

/** The text in runs of equal marks, in order and without gaps. */
export function runs(text: LiveText): readonly TextRun[] {
  return marksOf(containerOf(text))?.runs() ?? [];
}

/** All marks of a text, if there is one. */
export function marksOf(container: TextContainer): TextMarks | undefined {
  return container.marks((...parts) => new TextMarks(...parts));
}
