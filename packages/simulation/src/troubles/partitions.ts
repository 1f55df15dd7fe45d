import type { PartitionDirection } from '../partitions.ts';
import type { Fault, FaultEvent } from '../fault.ts';
import { type Arrival, shuffled, span, type Trouble } from './trouble.ts';

/**
 * Trouble that keeps nodes apart, and heals.
 *
 * - `split`: two groups. `isolate`: one node against the rest. `oneWay`: nothing passes from one
 *   group to the other, the other way is open. `bridge`: two groups with one node between. `ring`.
 * - `flap`: an isolated node, on and off ten times.
 */
export type PartitionTrouble = 'split' | 'isolate' | 'oneWay' | 'bridge' | 'ring' | 'flap';

/** How each is drawn. */
export const partitionTroubles: Readonly<Record<PartitionTrouble, Trouble>> = {
  split: dividing((arrival, order) => healed(arrival, anyCut(arrival, order, 'both'))),
  isolate: dividing((arrival, order) => healed(arrival, cutAt(1, arrival, order, 'both'))),
  oneWay: dividing((arrival, order) => healed(arrival, anyCut(arrival, order, 'forward'))),
  // The first stands aside, and is the bridge.
  bridge: dividing((arrival, order) => healed(arrival, anyCut(arrival, order.slice(1), 'both'))),
  ring: dividing((arrival, order) =>
    healed(arrival, { kind: 'ring', name: arrival.name, nodes: order }),
  ),
  flap: dividing((arrival, order) => flapping(arrival, cutAt(1, arrival, order, 'both'))),
};

/** Shuffles the nodes, if there are two to divide. */
function dividing(
  divide: (arrival: Arrival, order: readonly string[]) => readonly FaultEvent[],
): Trouble {
  return (arrival, { nodeIds }) =>
    nodeIds.length < 2 ? [] : divide(arrival, shuffled(nodeIds, arrival.random));
}

function anyCut(arrival: Arrival, order: readonly string[], direction: PartitionDirection): Fault {
  const count = 1 + arrival.random.int(Math.max(1, order.length - 1));
  return cutAt(count, arrival, order, direction);
}

function cutAt(
  count: number,
  { name }: Arrival,
  order: readonly string[],
  direction: PartitionDirection,
): Fault {
  const [left, right] = [order.slice(0, count), order.slice(count)];
  return { kind: 'partition', name, left, right, direction };
}

function healed(arrival: Arrival, partition: Fault): readonly FaultEvent[] {
  return span(arrival, partition, { kind: 'heal', name: arrival.name });
}

function flapping({ fromMs, toMs, name }: Arrival, partition: Fault): readonly FaultEvent[] {
  const stepMs = (toMs - fromMs) / 20;
  const heal = { kind: 'heal', name } as const;
  return Array.from({ length: 20 }, (_, index) => ({
    atMs: Math.round(index === 19 ? toMs : fromMs + index * stepMs),
    ...(index % 2 === 0 ? partition : heal),
  }));
}
