import type { CausalGraph, EventRange } from '../graph/causal-graph.ts';
import type { AuthorRange } from './author.ts';
import { insidesOf, type JsonDocument, type TransactionOptions } from './json-document.ts';
import type { MapLikeSchema } from './schema.ts';

/**
 * Takes back what others did, as `JsonDocument.undo` does with what this replica did: for whoever
 * decides that it shall not count, though its author is gone.
 *
 * @returns What to give to `undo` in order to redo.
 * @throws RangeError if not all of the events are here; nothing has changed then.
 *
 * @remarks
 * Several may take back the same, without knowledge of each other: that is as if one had.
 *
 * @example
 * ```ts
 * import { JsonDocument, takeBack } from '@quorate/crdts/document';
 *
 * const ann = new JsonDocument({ replicaId: 'ann' });
 * ann.root.set('color', 'red');
 * const bob = ann.fork({ replicaId: 'bob' });
 * const { replicaId, sequence } = bob.root.author('color')!;
 * takeBack(bob, [{ replicaId, sequence, count: 1 }]);
 * bob.root.has('color'); // => false
 * ```
 */
export function takeBack<Root extends MapLikeSchema>(
  document: JsonDocument<Root>,
  events: readonly AuthorRange[],
  options: TransactionOptions = {},
): EventRange {
  const insides = insidesOf(document);
  return insides.takeBack(
    events.flatMap((range) => eventsOf(insides.history.graph, range)),
    options,
  );
}

/** Where events of one author are here. @throws RangeError if one is not. */
function eventsOf(graph: CausalGraph, { replicaId, sequence, count }: AuthorRange): EventRange[] {
  const replica = graph.indexOfReplica(replicaId);
  const to = sequence + count;
  const isRange = Number.isInteger(sequence) && Number.isInteger(to) && count > 0;
  const found: EventRange[] = [];
  let next = sequence;
  do {
    const start = isRange ? graph.lvOf(replica, next) : -1;
    if (start < 0) {
      throw new RangeError(`events: expected events of ${replicaId}, got ${sequence}..${to}`);
    }
    const end = Math.min(graph.runEnd(graph.runAt(start)), start + to - next);
    next += end - start;
    found.push({ start, end });
  } while (next < to);
  return found;
}
