import { type CausalContext, hasDot, rangesOf } from '../causal/causal-context.ts';
import type { Combine, SortedMap } from '../plain/sorted-map.ts';
import { dotOf, type ElementId, elementId } from './element-id.ts';

/** A map by element ids, and the ids that its owner has seen: what is in there and was dropped. */
interface KnownMap<Value> {
  readonly map: SortedMap<Value>;
  readonly context: CausalContext;
}

/** The entries of both, without those that one of them has seen and dropped. */
export function joinKnown<Value>(
  left: KnownMap<Value>,
  right: KnownMap<Value>,
  combine: Combine<Value>,
): SortedMap<Value> {
  return withoutDropped(left.map, right).union(withoutDropped(right.map, left), combine);
}

/** `map` without what `other` has seen and dropped. O(the smaller of `map` and what was seen). */
export function withoutDropped<Value>(
  map: SortedMap<Value>,
  other: KnownMap<Value>,
): SortedMap<Value> {
  if (dotCount(other.context) > map.size) {
    return map.filter((_, id) => other.map.has(id) || !hasSeen(other.context, id));
  }
  let rest = map;
  for (const { replicaId, first, last } of rangesOf(other.context)) {
    for (let counter = first; counter <= last; counter += 1) {
      const id = elementId({ replicaId, counter });
      if (!other.map.has(id)) rest = rest.delete(id);
    }
  }
  return rest;
}

/** Whether the dot of `id` is in `context`. */
export function hasSeen(context: CausalContext, id: ElementId): boolean {
  const { replicaId, counter } = dotOf(id);
  return hasDot(context, replicaId, counter);
}

function dotCount(context: CausalContext): number {
  let count = 0;
  for (const { first, last } of rangesOf(context)) count += last - first + 1;
  return count;
}
