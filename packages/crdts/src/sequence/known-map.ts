import {
  type CausalContext,
  contextOf,
  type Dot,
  hasDot,
  rangesOf,
  withoutDots,
} from '../causal/causal-context.ts';
import { leaf } from '../ordered-map.ts';
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

/**
 * The parts of `context`: each of `dots` that is in it, with its id, and ranges of the others. A
 * range may stand for more dots than can be counted.
 */
export function* partsOf(
  context: CausalContext,
  dots: readonly Dot[],
): Generator<{ readonly id: ElementId | undefined; readonly context: CausalContext }> {
  for (const dot of dots) {
    const id = elementId(dot);
    if (hasSeen(context, id)) yield { id, context: contextOf([dot]) };
  }
  for (const { replicaId, first, last } of rangesOf(withoutDots(context, contextOf(dots)))) {
    yield { id: undefined, context: leaf(replicaId, [first, last]) };
  }
}

function dotCount(context: CausalContext): number {
  let count = 0;
  for (const { first, last } of rangesOf(context)) count += last - first + 1;
  return count;
}
