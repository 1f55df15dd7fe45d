import type { CausalGraph } from '../graph/causal-graph.ts';
import { REVOKE } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import { trimmedDocument } from './document-file.ts';
import { insidesOf, type JsonDocument } from './json-document.ts';
import { marksOf } from './marking.ts';
import type { MapLikeSchema } from './schema.ts';

/**
 * A document as bytes without most of its past: what it shows, and only what happened beside the
 * latest version that all later events know. `JsonDocument.load` opens it.
 *
 * @remarks
 * O(history). What came before cannot be looked at, undone or sent any more, and an edit of
 * somebody who had not seen all of it is refused, as is taking back what came before: see
 * `BeforeHistoryError`. To clear a counter is not refused. If there is no such version, this is
 * what `save` gives.
 *
 * @example
 * ```ts
 * import { JsonDocument, saveShallow } from '@quorate/crdts/document';
 *
 * const ann = new JsonDocument({ replicaId: 'ann' });
 * ann.root.set('text', 'long '.repeat(100));
 * ann.root.set('text', 'short');
 * const later = JsonDocument.load(saveShallow(ann), { replicaId: 'ann-2' });
 * later.root.get('text'); // => 'short'
 * saveShallow(ann).length < ann.save().length; // => true
 * ```
 */
export function saveShallow<Root extends MapLikeSchema>(document: JsonDocument<Root>): Uint8Array {
  const { history, state } = insidesOf(document);
  const { graph, log, trimmedCount } = history;
  const keptFrom = trimmableCount(graph, log);
  if (keptFrom <= trimmedCount) return document.save();
  const base = state.stateBytesAt(keptFrom, (text) => marksOf(text)?.before(keptFrom) ?? []);
  return trimmedDocument(history, keptFrom, base);
}

/** How many events there are before all that later ones do not know, and do not take back. */
function trimmableCount(graph: CausalGraph, log: OperationLog): number {
  let count = graph.criticalBefore(graph.eventCount) + 1;
  for (let run = log.runCount - 1; run >= 0 && log.end(run) > count; run -= 1) {
    if (log.kind(run) !== REVOKE || log.a(run) >= count) continue;
    count = graph.criticalBefore(log.a(run)) + 1;
  }
  return count;
}
