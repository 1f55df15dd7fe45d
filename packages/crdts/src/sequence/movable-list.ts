/*
 * The list whose elements can be moved and changed.
 *
 * To delete an element and insert it again elsewhere is no move: of two who do so at once, each
 * inserts, and the element is there twice. So a place is something that an element has. A list of
 * places (a Fugue tree, see `fugue-tree.ts`) gets a new one with each insertion and each move, and
 * each element has two registers in which the last write wins: its place, and its value.
 *
 *      places     p1  p2  p3  p4            elements   x is at p2   y is at p4
 *                     x       y
 *      a moves x to the end    p5           x is at p5, the second place of it
 *      b moves x to the front  p6           x is at p6, the second place of it too: b wins by name
 *
 * Moves at once: one of them wins, and the element is there once. A move and a change of the value
 * at once: both are kept. A removal wins over moves and changes at once, and over all that come
 * later from those who did not know of it: it is for ever.
 *
 * A place that lost is dead for ever, as is that of a removed element. `compact` drops dead places
 * that are leaves, and removed elements, once they are so in a stable state.
 *
 * Source: Kleppmann, "Moving elements in list CRDTs", PaPoC 2020.
 */
import {
  type CausalContext,
  contextOf,
  type Dot,
  includes,
  joinContexts,
  nextDot,
} from '../causal/causal-context.ts';
import { emptyMap, SortedMap } from '../plain/sorted-map.ts';
import { leaf } from '../ordered-map.ts';
import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
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
import { hasSeen, joinKnown, partsOf, withoutDropped } from './known-map.ts';
import { checkIndex, checkValues } from './list-arguments.ts';

/** A place in the list. */
export interface PlaceNode extends TreePlace {
  /** For which element it was made. */
  readonly element: ElementId;
}

/** Where an element was put. */
export interface Placing {
  /** The place; it names who put it there. */
  readonly place: ElementId;
  /** The how-manieth place of the element it was for who put it there, from 1. */
  readonly counter: number;
}

/** What was written to an element. */
export interface Writing<Value> {
  readonly value: Value;
  /** The how-manieth value of the element it was for who wrote it, from 1. */
  readonly counter: number;
  readonly replicaId: ReplicaId;
}

/** What is known of an element; a delta has a part of it. */
export interface MovableElement<Value> {
  readonly placing: Placing | undefined;
  readonly writing: Writing<Value> | undefined;
  /** If so, nothing else counts. */
  readonly isRemoved: boolean;
}

/** The state of a list. */
export interface MovableList<Value> {
  readonly places: SortedMap<PlaceNode>;
  /** By the id of its first place. */
  readonly elements: SortedMap<MovableElement<Value>>;
  /** The dots of all places that ever were, dropped ones included. */
  readonly context: CausalContext;
  /** Where elements are by index: made of the rest when asked for, and no part of the value. */
  readonly order: LazyOrder;
}

/**
 * A list of elements that can be moved and changed.
 *
 * @remarks
 * A change by index, and a join of it, cost O(log n), with n the elements and places that ever
 * were, and a step for each dead place between the neighbours of what is inserted or moved. The
 * first question to a state that was not made of one that was asked costs O(n log n); so does
 * joining two large states.
 *
 * @example
 * ```ts
 * import { type MovableList, movableList } from '@quorate/crdts';
 *
 * const empty: MovableList<string> = movableList.bottom;
 * const list = movableList.insert(empty, 'a', 0, ['x', 'y', 'z']);
 * const one = movableList.move(list, 'a', 0, 2);
 * const other = movableList.set(list, 'b', 0, 'X');
 * const all = [one, other].reduce((state, delta) => movableList.join(state, delta), list);
 * movableList.values(all); // => ['y', 'z', 'X']
 * ```
 */
export const movableList = {
  /** The list of nothing. */
  get bottom(): MovableList<never> {
    return bottom;
  },

  /** The places and elements of both, the later place and value of each. */
  join<Value>(left: MovableList<Value>, right: MovableList<Value>): MovableList<Value> {
    const places = joinKnown(knownPlaces(left), knownPlaces(right), (one) => one);
    const elements = joinKnown(knownElements(left), knownElements(right), joinElements);
    const context = joinContexts(left.context, right.context);
    const isLeft = places === left.places && elements === left.elements && context === left.context;
    if (isLeft) return left;
    const nodes = { places, elements };
    const order = carried(left, right, nodes) ?? carried(right, left, nodes);
    return movableListOf(places, elements, context, order);
  },

  /** Whether `right` has all places of `left`, and of each element the same or later. */
  leq<Value>(left: MovableList<Value>, right: MovableList<Value>): boolean {
    return (
      includes(right.context, left.context) &&
      withoutDropped(right.places, knownPlaces(left)) === right.places &&
      withoutDropped(right.elements, knownElements(left)) === right.elements &&
      left.elements.every(right.elements, (element, id) => {
        const other = right.elements.get(id);
        return other === undefined
          ? hasSeen(right.context, id)
          : joinElements(other, element) === other;
      })
    );
  },

  /**
   * One part for each place, one for each range of those that were dropped, and for each placing,
   * writing and removal of an element.
   */
  *decompose<Value>({
    places,
    elements,
    context,
  }: MovableList<Value>): Generator<MovableList<Value>> {
    const ids = new Set([...places.keys(), ...elements.keys()]);
    for (const part of partsOf(context, [...ids].map(dotOf))) {
      const id = part.id ?? '';
      const place = places.get(id);
      yield movableListOf(
        place === undefined ? emptyMap : SortedMap.of(id, place),
        elements.has(id) ? SortedMap.of(id, UNKNOWN) : emptyMap,
        part.context,
      );
    }
    for (const [id, { placing, writing, isRemoved }] of elements) {
      if (isRemoved) yield elementDelta(id, REMOVED);
      if (placing !== undefined) yield elementDelta(id, { ...UNKNOWN, placing });
      if (writing !== undefined) yield elementDelta(id, { ...UNKNOWN, writing });
    }
  },

  /** How many elements there are. */
  length(state: MovableList<unknown>): number {
    return aliveCount(orderIn(state));
  },

  /** The elements in their order. */
  values<Value>(state: MovableList<Value>): Value[] {
    return aliveFrom(orderIn(state)).flatMap((id) => {
      const writing = state.elements.get(id)?.writing;
      return writing === undefined ? [] : [writing.value];
    });
  },

  /** The ids of the elements in their order: names for all time, which moves do not change. */
  ids(state: MovableList<unknown>): readonly ElementId[] {
    return aliveFrom(orderIn(state));
  },

  /** The element at `index`, if there is one. */
  get<Value>(state: MovableList<Value>, index: number): Value | undefined {
    return state.elements.get(aliveAtIndex(orderIn(state), index) ?? '')?.writing?.value;
  },

  /**
   * The delta of inserting `values`, one after the other.
   *
   * @param replicaId - Who inserts. Nobody else may ever use it.
   * @param index - Of the first of them afterwards; 0..length.
   * @throws RangeError if an argument is out of range; TypeError if a value is `undefined`.
   */
  insert<Value>(
    state: MovableList<Value>,
    replicaId: ReplicaId,
    index: number,
    values: readonly Value[],
  ): MovableList<Value> {
    checkReplicaId('replicaId', replicaId);
    const order = orderIn(state);
    checkIndex('index', index, aliveCount(order));
    checkValues(values);
    return insertionOfElements(nextDot(state.context, replicaId), placeAt(order, index), values);
  },

  /**
   * The delta of removing `count` elements from `index` on, for ever.
   *
   * @throws RangeError if there are not so many.
   */
  remove<Value>(state: MovableList<Value>, index: number, count = 1): MovableList<Value> {
    const order = orderIn(state);
    checkIndex('index', index, aliveCount(order));
    checkIndex('count', count, aliveCount(order) - index);
    let elements: SortedMap<MovableElement<Value>> = emptyMap;
    for (const id of aliveFrom(order, index, count)) elements = elements.set(id, REMOVED);
    return movableListOf(emptyMap, elements, undefined);
  },

  /**
   * The delta of moving one element; `bottom` if it stays where it is.
   *
   * @param from - Its index now; 0..length-1.
   * @param to - Its index afterwards; 0..length-1.
   * @throws RangeError if an argument is out of range.
   */
  move<Value>(
    state: MovableList<Value>,
    replicaId: ReplicaId,
    from: number,
    to: number,
  ): MovableList<Value> {
    const dot = nextDot(state.context, replicaId);
    const order = orderIn(state);
    checkIndex('from', from, aliveCount(order) - 1);
    checkIndex('to', to, aliveCount(order) - 1);
    const element = aliveAtIndex(order, from) ?? '';
    if (from === to) return bottom;
    // Behind the element, what comes after it moves up.
    const at = placeAt(order, to > from ? to + 1 : to);
    const counter = (state.elements.get(element)?.placing?.counter ?? 0) + 1;
    return moveTo(dot, { ...at, element }, counter);
  },

  /**
   * The delta of writing `value` to the element at `index`.
   *
   * @throws RangeError if an argument is out of range; TypeError if `value` is `undefined`.
   */
  set<Value>(
    state: MovableList<Value>,
    replicaId: ReplicaId,
    index: number,
    value: Value,
  ): MovableList<Value> {
    checkReplicaId('replicaId', replicaId);
    const order = orderIn(state);
    checkIndex('index', index, aliveCount(order) - 1);
    checkValues([value]);
    const id = aliveAtIndex(order, index) ?? '';
    const counter = (state.elements.get(id)?.writing?.counter ?? 0) + 1;
    return elementDelta(id, { ...UNKNOWN, writing: { value, counter, replicaId } });
  },

  /**
   * Drops the dead places of `stable` with nothing below them, and its removed elements. What it
   * knows only grows by that.
   *
   * @param stable - Held by all members, and in the past of all that is on its way to this replica.
   *   `ReplicatedValue.compact` finds it.
   */
  compact<Value>(state: MovableList<Value>, stable: MovableList<Value>): MovableList<Value> {
    const isDead = (id: ElementId): boolean => {
      const place = stable.places.get(id);
      return place !== undefined && stable.elements.get(place.element)?.placing?.place !== id;
    };
    const gone = deadLeaves(state.places, isDead);
    const places = gone.size === 0 ? state.places : state.places.filter((_, id) => !gone.has(id));
    const elements = state.elements.filter(
      ({ isRemoved }, id) => !isRemoved || stable.elements.get(id)?.isRemoved !== true,
    );
    const isSame = places === state.places && elements === state.elements;
    return isSame ? state : movableListOf(places, elements, state.context);
  },
};

/** The delta of inserting `values` at `at`, the first under `dot`, the others under the next. */
export function insertionOfElements<Value>(
  { replicaId, counter: first }: Dot,
  at: TreePlace,
  values: readonly Value[],
): MovableList<Value> {
  let place = at;
  let places: SortedMap<PlaceNode> = emptyMap;
  let elements: SortedMap<MovableElement<Value>> = emptyMap;
  for (const [index, value] of values.entries()) {
    const id = elementId({ replicaId, counter: first + index });
    places = places.set(id, { ...place, element: id });
    elements = elements.set(id, {
      placing: { place: id, counter: 1 },
      writing: { value, counter: 1, replicaId },
      isRemoved: false,
    });
    place = { parent: id, side: 'right' };
  }
  const last = first + values.length - 1;
  return movableListOf(places, elements, last < first ? undefined : leaf(replicaId, [first, last]));
}

/** The delta of moving the element of `node` there: its `counter`-th place, under `dot`. */
export function moveTo(dot: Dot, node: PlaceNode, counter: number): MovableList<never> {
  const place = elementId(dot);
  return movableListOf(
    SortedMap.of(place, node),
    SortedMap.of(node.element, { ...UNKNOWN, placing: { place, counter } }),
    contextOf([dot]),
  );
}

const bottom: MovableList<never> = /* @__PURE__ */ movableListOf<never>(
  emptyMap,
  emptyMap,
  undefined,
);

/** An element of which nothing is known. */
export const UNKNOWN: MovableElement<never> = {
  placing: undefined,
  writing: undefined,
  isRemoved: false,
};

/** An element that was removed. */
export const REMOVED: MovableElement<never> = {
  placing: undefined,
  writing: undefined,
  isRemoved: true,
};

/** The state of these places and elements. */
export function movableListOf<Value>(
  places: SortedMap<PlaceNode>,
  elements: SortedMap<MovableElement<Value>>,
  context: CausalContext,
  order?: ListOrder,
): MovableList<Value> {
  return { places, elements, context, order: new LazyOrder(order) };
}

function orderIn(state: MovableList<unknown>): ListOrder {
  return state.order.known ?? state.order.of(listNodes(state));
}

/** What an order is made of. */
type Nodes = Pick<MovableList<unknown>, 'places' | 'elements'>;

/** The order of what was joined, made of that of `from`, if it is known. */
function carried(
  from: MovableList<unknown>,
  news: MovableList<unknown>,
  joined: Nodes,
): ListOrder | undefined {
  const order = from.order.known;
  if (order === undefined || 2 * news.elements.size > joined.elements.size) return undefined;
  const changed: ElementId[] = [];
  let size = from.elements.size;
  for (const id of news.elements.keys()) {
    if (joined.elements.has(id) && !from.elements.has(id)) size += 1;
    for (const { elements } of [from, joined]) changed.push(elements.get(id)?.placing?.place ?? '');
  }
  // Some were dropped.
  if (size !== joined.elements.size) return undefined;
  return carriedOrder(order, from.places, news.places, listNodes(joined), changed);
}

function listNodes({ places, elements }: Nodes): ListNodes {
  return {
    places,
    aliveAt(place) {
      const id = places.get(place)?.element ?? '';
      const element = elements.get(id);
      const isHere = element?.placing?.place === place && element.writing !== undefined;
      return isHere ? id : undefined;
    },
  };
}

function joinElements<Value>(
  left: MovableElement<Value>,
  right: MovableElement<Value>,
): MovableElement<Value> {
  if (left.isRemoved) return left;
  if (right.isRemoved) return right;
  const placing = laterPlacing(left.placing, right.placing);
  const writing = laterWriting(left.writing, right.writing);
  const isLeft = placing === left.placing && writing === left.writing;
  return isLeft ? left : { placing, writing, isRemoved: false };
}

function laterPlacing(left: Placing | undefined, right: Placing | undefined): Placing | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.counter !== right.counter) return left.counter < right.counter ? right : left;
  return dotOf(left.place).replicaId < dotOf(right.place).replicaId ? right : left;
}

function laterWriting<Value>(
  left: Writing<Value> | undefined,
  right: Writing<Value> | undefined,
): Writing<Value> | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.counter !== right.counter) return left.counter < right.counter ? right : left;
  return left.replicaId < right.replicaId ? right : left;
}

/** The delta of what is known of one element. */
export function elementDelta<Value>(
  id: ElementId,
  element: MovableElement<Value>,
): MovableList<Value> {
  return movableListOf(emptyMap, SortedMap.of(id, element), undefined);
}

function knownPlaces({ places, context }: MovableList<unknown>): {
  readonly map: SortedMap<PlaceNode>;
  readonly context: CausalContext;
} {
  return { map: places, context };
}

function knownElements<Value>({ elements, context }: MovableList<Value>): {
  readonly map: SortedMap<MovableElement<Value>>;
  readonly context: CausalContext;
} {
  return { map: elements, context };
}
