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
import { deadLeaves, type TreePlace } from './fugue-tree.ts';
import {
  aliveAtIndex,
  aliveCount,
  aliveFrom,
  carriedOrder,
  LazyOrder,
  type ListNodes,
  type ListOrder,
  placeAt,
} from './list-order.ts';
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
  /** Where elements are by index: made of `nodes` when asked for, and no part of the value. */
  readonly order: LazyOrder;
}

/**
 * A list whose order all replicas agree on.
 *
 * @remarks
 * A change by index, and a join of it, cost O(log n), with n the elements and tombstones, and a
 * step for each tombstone between the neighbours of what is inserted. The first question to a state
 * that was not made of one that was asked costs O(n log n); so does joining two large states. For
 * text, `TextDocument` does all that in far less.
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
    if (nodes === left.nodes && context === left.context) return left;
    return listOf(nodes, context, carried(left, right, nodes) ?? carried(right, left, nodes));
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
      yield listOf(own, part.context);
    }
  },

  /** How many elements there are. */
  length(state: OrderedList<unknown>): number {
    return aliveCount(orderIn(state));
  },

  /** The elements in their order. */
  values<Value>(state: OrderedList<Value>): Value[] {
    return aliveFrom(orderIn(state)).flatMap((id) => {
      const value = state.nodes.get(id)?.value;
      return value === undefined ? [] : [value];
    });
  },

  /** The ids of the elements in their order: names for all time, unlike an index. */
  ids(state: OrderedList<unknown>): readonly ElementId[] {
    return aliveFrom(orderIn(state));
  },

  /** The element at `index`, if there is one. */
  get<Value>(state: OrderedList<Value>, index: number): Value | undefined {
    return state.nodes.get(aliveAtIndex(orderIn(state), index) ?? '')?.value;
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
    const order = orderIn(state);
    checkIndex('index', index, aliveCount(order));
    checkValues(values);
    return insertion(nextDot(state.context, replicaId), placeAt(order, index), values);
  },

  /**
   * The delta of deleting `count` elements from `index` on.
   *
   * @throws RangeError if there are not so many.
   */
  remove<Value>(state: OrderedList<Value>, index: number, count = 1): OrderedList<Value> {
    const order = orderIn(state);
    checkIndex('index', index, aliveCount(order));
    checkIndex('count', count, aliveCount(order) - index);
    return deletion(state, aliveFrom(order, index, count));
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
    return listOf(
      state.nodes.filter((_, id) => !gone.has(id)),
      state.context,
    );
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
  return listOf(nodes, last < first ? undefined : leaf(replicaId, [first, last]));
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
  return listOf(nodes, contextOf([...nodes.keys()].map(dotOf)));
}

const bottom: OrderedList<never> = /* @__PURE__ */ listOf<never>(emptyMap, undefined);

/** The state of these nodes. */
export function listOf<Value>(
  nodes: SortedMap<ListNode<Value>>,
  context: CausalContext,
  order?: ListOrder,
): OrderedList<Value> {
  return { nodes, context, order: new LazyOrder(order) };
}

function orderIn({ nodes, order }: OrderedList<unknown>): ListOrder {
  return order.known ?? order.of(listNodes(nodes));
}

/** The order of what was joined, made of that of `from`, if it is known. */
function carried(
  from: OrderedList<unknown>,
  news: OrderedList<unknown>,
  nodes: SortedMap<ListNode<unknown>>,
): ListOrder | undefined {
  return carriedOrder(from.order.known, from.nodes, news.nodes, listNodes(nodes), []);
}

function listNodes(places: SortedMap<ListNode<unknown>>): ListNodes {
  return { places, aliveAt: (id) => (places.get(id)?.value === undefined ? undefined : id) };
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
