/*
 * The list: elements in an order on which all agree, whoever inserts and deletes where.
 *
 * An element is a node of a Fugue tree (see `fugue-tree.ts`) under the dot of its insertion, and
 * goes through phases, never back: inserted, deleted, dropped. A deleted one is a tombstone, which
 * holds the place of those beside it. A dropped one has left the tree; that it was there is known
 * by the context, which has its dot. So dropping is something to be learnt like anything else: the
 * join takes the later phase.
 *
 * Dropped may be what is dead, has nothing below it, and is known to be dead by all: `compact` is
 * given a state that is stable. Nobody who knows that state puts anything below a dead node.
 *
 * Source: Weidner and Kleppmann, as in `fugue-tree.ts`; the context as in `causal-context.ts`.
 */
import {
  type CausalContext,
  contextOf,
  type Dot,
  includes,
  joinContexts,
  nextDot,
} from '../causal/causal-context.ts';
import { leaf } from '../ordered-map.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { emptyMap, SortedMap } from '../plain/sorted-map.ts';
import { dotOf, type ElementId, elementId } from './element-id.ts';
import { deadLeaves, nodeOrder, placeBetween, type TreePlace } from './fugue-tree.ts';
import { joinKnown, partsOf, withoutDropped } from './known-map.ts';
import { checkIndex, checkValues } from './list-arguments.ts';

/** One element: where it is, and what it is. */
export interface ListNode<Value> extends TreePlace {
  /** `undefined` if it was deleted. */
  readonly value: Value | undefined;
}

/** The state of a list. */
export interface OrderedList<Value> {
  readonly nodes: SortedMap<ListNode<Value>>;
  /** The dots of all elements that ever were, dropped ones included. */
  readonly context: CausalContext;
}

/**
 * A list whose order all replicas agree on.
 *
 * @remarks
 * A join costs O(m log(n/m + 1)) for m and n nodes; finding a place by index and reading O(n log n)
 * once for each state. For text, `TextDocument` does that in far less.
 *
 * @example
 * ```ts
 * import { type OrderedList, orderedList } from '@quorate/crdts';
 *
 * const empty: OrderedList<string> = orderedList.bottom;
 * const left = orderedList.insert(empty, 'a', 0, ['x', 'y']);
 * const right = orderedList.insert(empty, 'b', 0, ['u', 'v']);
 * orderedList.values(orderedList.join(right, left)); // => ['x', 'y', 'u', 'v']
 * ```
 */
export const orderedList = {
  /** The list of nothing. */
  get bottom(): OrderedList<never> {
    return bottom;
  },

  /** The elements of both, each in its later phase. */
  join<Value>(left: OrderedList<Value>, right: OrderedList<Value>): OrderedList<Value> {
    const nodes = joinKnown(known(left), known(right), deletedOne);
    const context = joinContexts(left.context, right.context);
    return nodes === left.nodes && context === left.context ? left : { nodes, context };
  },

  /** Whether `right` has each element of `left` in the same phase or a later one. */
  leq<Value>(left: OrderedList<Value>, right: OrderedList<Value>): boolean {
    return (
      includes(right.context, left.context) &&
      left.nodes.every(right.nodes, ({ value }, id) => {
        return value !== undefined || right.nodes.get(id)?.value === undefined;
      }) &&
      withoutDropped(right.nodes, known(left)) === right.nodes
    );
  },

  /** One part for each element, and one for each range of those that were dropped. */
  *decompose<Value>({ nodes, context }: OrderedList<Value>): Generator<OrderedList<Value>> {
    const dots = [...nodes.keys()].map(dotOf);
    for (const part of partsOf(context, dots)) {
      const node = part.id === undefined ? undefined : nodes.get(part.id);
      const own = node === undefined ? emptyMap : SortedMap.of(part.id ?? '', node);
      yield { nodes: own, context: part.context };
    }
  },

  /** How many elements there are. O(n log n) once for each state. */
  length(state: OrderedList<unknown>): number {
    return aliveIds(state).length;
  },

  /** The elements in their order. */
  values<Value>(state: OrderedList<Value>): Value[] {
    return aliveIds(state).flatMap((id) => {
      const value = state.nodes.get(id)?.value;
      return value === undefined ? [] : [value];
    });
  },

  /** The ids of the elements in their order: names for all time, unlike an index. */
  ids(state: OrderedList<unknown>): readonly ElementId[] {
    return aliveIds(state);
  },

  /** The element at `index`, if there is one. */
  get<Value>(state: OrderedList<Value>, index: number): Value | undefined {
    return state.nodes.get(aliveIds(state)[index] ?? '')?.value;
  },

  /**
   * The delta of inserting `values`, one after the other.
   *
   * @param replicaId - Who inserts. Nobody else may ever use it.
   * @param index - Of the first of them afterwards; 0..length.
   * @throws RangeError if an argument is out of range; TypeError if a value is `undefined`.
   */
  insert<Value>(
    state: OrderedList<Value>,
    replicaId: ReplicaId,
    index: number,
    values: readonly Value[],
  ): OrderedList<Value> {
    checkReplicaId('replicaId', replicaId);
    const alive = aliveIds(state);
    checkIndex('index', index, alive.length);
    checkValues(values);
    const place = placeBetween(state.nodes, alive[index - 1] ?? '', alive[index]);
    return insertion(nextDot(state.context, replicaId), place, values);
  },

  /**
   * The delta of deleting `count` elements from `index` on.
   *
   * @throws RangeError if there are not so many.
   */
  remove<Value>(state: OrderedList<Value>, index: number, count = 1): OrderedList<Value> {
    const alive = aliveIds(state);
    checkIndex('index', index, alive.length);
    checkIndex('count', count, alive.length - index);
    return deletion(state, alive.slice(index, index + count));
  },

  /**
   * Drops the tombstones of `stable` with nothing below them. What it knows only grows by that.
   *
   * @param stable - Held by all members, and in the past of all that is on its way to this replica.
   *   `ReplicatedValue.compact` finds it.
   */
  compact<Value>(state: OrderedList<Value>, stable: OrderedList<Value>): OrderedList<Value> {
    const isDead = (id: ElementId): boolean => {
      const node = stable.nodes.get(id);
      return node !== undefined && node.value === undefined;
    };
    const gone = deadLeaves(state.nodes, isDead);
    if (gone.size === 0) return state;
    return { ...state, nodes: state.nodes.filter((_, id) => !gone.has(id)) };
  },
};

/** The delta of inserting `values` at `place`, the first under `dot`, the others under the next. */
export function insertion<Value>(
  { replicaId, counter: first }: Dot,
  place: TreePlace,
  values: readonly Value[],
): OrderedList<Value> {
  let nodes: SortedMap<ListNode<Value>> = emptyMap;
  let at = place;
  for (const [index, value] of values.entries()) {
    const id = elementId({ replicaId, counter: first + index });
    nodes = nodes.set(id, { ...at, value });
    at = { parent: id, side: 'right' };
  }
  const last = first + values.length - 1;
  return { nodes, context: last < first ? undefined : leaf(replicaId, [first, last]) };
}

/** The delta of deleting those of `ids` that are there. */
export function deletion<Value>(
  state: OrderedList<Value>,
  ids: Iterable<ElementId>,
): OrderedList<Value> {
  let nodes: SortedMap<ListNode<Value>> = emptyMap;
  for (const id of ids) {
    const node = state.nodes.get(id);
    if (node !== undefined) nodes = nodes.set(id, { ...node, value: undefined });
  }
  return { nodes, context: contextOf([...nodes.keys()].map(dotOf)) };
}

const bottom: OrderedList<never> = { nodes: emptyMap, context: undefined };

/** The order of a state is asked for often, and changes never. */
const alive = new WeakMap<SortedMap<unknown>, readonly ElementId[]>();

function aliveIds({ nodes }: OrderedList<unknown>): readonly ElementId[] {
  let ids = alive.get(nodes);
  if (ids === undefined) {
    ids = nodeOrder(nodes).filter((id) => nodes.get(id)?.value !== undefined);
    alive.set(nodes, ids);
  }
  return ids;
}

function deletedOne<Value>(left: ListNode<Value>, right: ListNode<Value>): ListNode<Value> {
  return right.value === undefined && left.value !== undefined ? right : left;
}

function known<Value>({ nodes, context }: OrderedList<Value>): {
  readonly map: SortedMap<ListNode<Value>>;
  readonly context: CausalContext;
} {
  return { map: nodes, context };
}
