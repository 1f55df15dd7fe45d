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
  const { history, state, revoke } = insidesOf(document);
  return revoke(() => {
    for (const { start, end } of eventsOf(history.graph, events)) state.takeBack(start, end);
  }, options);
}

/** Where these events are here, each range of one author. @throws RangeError if one is not here. */
export function eventsOf(graph: CausalGraph, ranges: readonly AuthorRange[]): EventRange[] {
  return ranges.flatMap(({ replicaId, sequence, count }) => {
    const replica = graph.indexOfReplica(replicaId);
    const [first, last] = [sequence, sequence + count - 1];
    const areWhole = Number.isInteger(first) && Number.isInteger(last) && count >= 1;
    if (!areWhole || graph.lvOf(replica, first) < 0 || graph.lvOf(replica, last) < 0) {
      throw new RangeError(
        `events: expected some that are here, got ${replicaId} ${first}..${last}`,
      );
    }
    const found: EventRange[] = [];
    for (let next = first; next <= last;) {
      const start = graph.lvOf(replica, next);
      const end = Math.min(graph.runEnd(graph.runAt(start)), start + last + 1 - next);
      found.push({ start, end });
      next += end - start;
    }
    return found;
  });
}
