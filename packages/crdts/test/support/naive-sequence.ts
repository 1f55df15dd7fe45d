import { type Delivered, type Event, sees } from './exhaustive.ts';

/** What one event does to a list, by indices of what its author saw. */
export type ListOperation =
  | { readonly kind: 'insert'; readonly at: number; readonly value: string }
  | { readonly kind: 'remove'; readonly at: number };

/** A node of the tree that the events make: the index of its event, and where it hangs. */
interface Node {
  readonly event: Event<ListOperation>;
  readonly parent: number | undefined;
  readonly side: 'left' | 'right';
}

/** The number of an insertion among those of its author: half of its id. */
function counterOf(events: Delivered<ListOperation>, event: Event<ListOperation>): number {
  return events.filter(
    ({ replicaId, index, operation }) =>
      operation.kind === 'insert' && replicaId === event.replicaId && index < event.index,
  ).length;
}

/**
 * The list that `events` make, as indices of the insertions: Fugue from its definition, by
 * recursion, with all that each author saw computed anew.
 *
 * @param at - The index that an operation means in a list of so many elements.
 */
export function naiveOrder(
  events: Delivered<ListOperation>,
  at: (operation: ListOperation, length: number) => number,
): number[] {
  const removed = new Set<number>();
  const nodes: Node[] = [];
  for (const event of events) {
    const order = naiveOrder(
      events.filter((other) => sees(event, other)),
      at,
    );
    const index = at(event.operation, order.length);
    if (event.operation.kind === 'remove') {
      removed.add(order[index] ?? -1);
      continue;
    }
    const [before, after] = [order[index - 1], order[index]];
    const isBelow =
      after !== undefined && (before === undefined || hangsBelow(nodes, after, before));
    nodes.push(
      isBelow ? { event, parent: after, side: 'left' } : { event, parent: before, side: 'right' },
    );
  }
  const read = (parent: number | undefined, side: 'left' | 'right'): number[] =>
    nodes
      .filter((node) => node.parent === parent && node.side === side)
      .sort(({ event: one }, { event: other }) =>
        one.replicaId === other.replicaId
          ? counterOf(events, one) - counterOf(events, other)
          : one.replicaId < other.replicaId
            ? -1
            : 1,
      )
      .flatMap(({ event: { index } }) => [...read(index, 'left'), index, ...read(index, 'right')]);
  return read(undefined, 'right').filter((index) => !removed.has(index));
}

function hangsBelow(nodes: readonly Node[], index: number, ancestor: number): boolean {
  const parent = nodes.find(({ event }) => event.index === index)?.parent;
  return parent !== undefined && (parent === ancestor || hangsBelow(nodes, parent, ancestor));
}
