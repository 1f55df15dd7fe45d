import { insidesOf, type TextDocument } from './text-document.ts';
import { trimmedFile } from './text-file.ts';
import { textIn } from './text-history.ts';
import { marksOf } from './marking.ts';

/**
 * A document as bytes without most of its past: the text, its marks, and only what happened beside
 * the latest version that all later events know. `TextDocument.load` opens it.
 *
 * @remarks
 * O(history). What came before cannot be looked at or sent any more, and an edit of somebody who
 * had not seen all of it is refused: see `BeforeHistoryError`. If there is no such version, it is
 * what `save` gives.
 *
 * @example
 * ```ts
 * import { saveShallow, TextDocument } from '@quorate/crdts/text';
 *
 * const ann = new TextDocument({ replicaId: 'ann' });
 * ann.insert(0, 'typed, and deleted');
 * ann.delete(5, 13);
 * const later = TextDocument.load(saveShallow(ann), { replicaId: 'ann-2' });
 * later.toString(); // => 'typed'
 * saveShallow(ann).length < ann.save().length; // => true
 * ```
 */
export function saveShallow(document: TextDocument): Uint8Array {
  const { history, state } = insidesOf(document);
  const { graph, trimmedCount } = history;
  const keptFrom = graph.criticalBefore(graph.eventCount) + 1;
  if (keptFrom <= trimmedCount) return document.save();
  const text = textIn(state, [keptFrom - 1]);
  return trimmedFile(history, keptFrom, text, marksOf(document).before(keptFrom));
}
