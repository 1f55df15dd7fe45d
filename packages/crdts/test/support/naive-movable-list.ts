import { type Delivered, type Event, sees } from './exhaustive.ts';

/** What one event does; indices beyond the end mean the end. */
export type MovableOperation =
  | { readonly kind: 'insert'; readonly at: number; readonly value: string }
  | { readonly kind: 'set'; readonly at: number; readonly value: string }
  | { readonly kind: 'move'; readonly at: number; readonly to: number }
  | { readonly kind: 'remove'; readonly at: number };

/** An event that puts an element somewhere: an insertion or a move. */
interface Place {
  readonly event: Event<MovableOperation>;
  /** The index of the insertion of the element. */
  readonly element: number;
  readonly parent: number | undefined;
  readonly side: 'left' | 'right';
}

/** A list of elements, as indices of their insertions, and what each event was about. */
interface Outcome {
  readonly order: readonly number[];
  readonly values: ReadonlyMap<number, string>;
  /** The index of the place of each element. */
  readonly current: ReadonlyMap<number, number>;
}

type Events = Delivered<MovableOperation>;

/** What a user sees after `events`, from the definition, by recursion over what each one saw. */
export function naiveMovableList(events: Events): string[] {
  const { order, values } = outcomeOf(events);
  return order.map((element) => values.get(element) ?? '');
}

function outcomeOf(events: Events): Outcome {
  const places: Place[] = [];
  const writes: { event: Event<MovableOperation>; element: number; value: string }[] = [];
  const removed = new Set<number>();
  for (const event of events) {
    const { operation, index, replicaId } = event;
    const seen = outcomeOf(events.filter((other) => sees(event, other)));
    const last = seen.order.length - 1;
    const element = seen.order[Math.min(operation.at, last)] ?? -1;
    if (operation.kind === 'remove') removed.add(element);
    else if (operation.kind === 'set') {
      writes.push({ event, element, value: operation.value + replicaId });
    } else if (operation.kind === 'insert') {
      writes.push({ event, element: index, value: operation.value + replicaId });
      places.push(placed(places, event, index, seen, seen.order, Math.min(operation.at, last + 1)));
    } else {
      const others = seen.order.filter((other) => other !== element);
      places.push(placed(places, event, element, seen, others, Math.min(operation.to, last)));
    }
  }
  const current = new Map<number, number>();
  for (const { element } of places) current.set(element, lastOf(places, element)?.index ?? -1);
  const values = new Map<number, string>();
  for (const { element } of writes) {
    const event = lastOf(writes, element);
    values.set(element, writes.find((write) => write.event === event)?.value ?? '');
  }
  const order = read(places, undefined, 'right')
    .filter(({ element, event }) => current.get(element) === event.index && !removed.has(element))
    .map(({ element }) => element);
  return { order, values, current };
}

/** Between the places of the neighbours that `order` has at `at`. */
function placed(
  places: readonly Place[],
  event: Event<MovableOperation>,
  element: number,
  seen: Outcome,
  order: readonly number[],
  at: number,
): Place {
  const before = seen.current.get(order[at - 1] ?? -1);
  const after = seen.current.get(order[at] ?? -1);
  const isBelow =
    after !== undefined && (before === undefined || hangsBelow(places, after, before));
  return isBelow
    ? { event, element, parent: after, side: 'left' }
    : { event, element, parent: before, side: 'right' };
}

/** The winner: who had most others of the element before it, in a row, and then by name. */
function lastOf(
  changes: readonly { readonly event: Event<MovableOperation>; readonly element: number }[],
  element: number,
): Event<MovableOperation> | undefined {
  const events = changes.filter((change) => change.element === element).map(({ event }) => event);
  const depth = (event: Event<MovableOperation>): number =>
    1 + Math.max(0, ...events.filter((other) => sees(event, other)).map(depth));
  return events.reduce<Event<MovableOperation> | undefined>((last, event) => {
    if (last === undefined || depth(event) > depth(last)) return event;
    return depth(event) === depth(last) && event.replicaId > last.replicaId ? event : last;
  }, undefined);
}

function read(places: readonly Place[], parent: number | undefined, side: string): Place[] {
  return places
    .filter((place) => place.parent === parent && place.side === side)
    .sort(({ event: one }, { event: other }) =>
      one.replicaId === other.replicaId
        ? one.index - other.index
        : one.replicaId < other.replicaId
          ? -1
          : 1,
    )
    .flatMap((place) => [
      ...read(places, place.event.index, 'left'),
      place,
      ...read(places, place.event.index, 'right'),
    ]);
}

function hangsBelow(places: readonly Place[], index: number, ancestor: number): boolean {
  const parent = places.find(({ event }) => event.index === index)?.parent;
  return parent !== undefined && (parent === ancestor || hangsBelow(places, parent, ancestor));
}
