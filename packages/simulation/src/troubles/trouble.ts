import type { Random } from '@quorate/transport';

import type { NetworkSettings } from '../network-options.ts';
import { portableExp, portableLog } from '../portable-math.ts';
import type { Fault, FaultEvent } from '../fault.ts';

/** One strike of a trouble: when it begins and ends, and the chance that shapes it. */
export interface Arrival {
  readonly fromMs: number;
  readonly toMs: number;
  /** For what else there is to draw about it. */
  readonly random: Random;
  /** Tells it from every other arrival. */
  readonly name: string;
}

/** The schedule that is being drawn, as far as one trouble may look at it. */
export interface Drawing {
  readonly nodeIds: readonly string[];
  /** What the network goes back to when a trouble with it ends. */
  readonly network: NetworkSettings;
  /** How many nodes may be faulty at the same time. */
  readonly faultyAtOnceMax: number;
  /** Until when each node that was struck is faulty. */
  readonly busyUntilMs: Map<string, number>;
  /** The nodes whose files may be damaged. */
  readonly damageable: readonly string[];
  /** Which files may be damaged. */
  readonly rotPathPrefix: string;
}

/**
 * Draws the faults of one arrival, in any order of time; none if there is nobody to strike.
 *
 * What can end must have ended at `toMs`, and all draws come from the arrival's `random`.
 */
export type Trouble = (arrival: Arrival, drawing: Drawing) => readonly FaultEvent[];

/** Begins a trouble, and ends it. */
export function span({ fromMs, toMs }: Arrival, first: Fault, last: Fault): readonly FaultEvent[] {
  return [
    { atMs: fromMs, ...first },
    { atMs: toMs, ...last },
  ];
}

/** Trouble of one node, any node, that goes on working with it. */
export function onOneNode(
  strike: (arrival: Arrival, node: string) => readonly FaultEvent[],
): Trouble {
  return (arrival, { nodeIds }) => {
    const [node] = shuffled(nodeIds, arrival.random);
    return node === undefined ? [] : strike(arrival, node);
  };
}

/** A number of `min`..`max`, above 0: as likely to be within one doubling as within any other. */
export function logUniform(random: Random, min: number, max: number): number {
  return min * portableExp(portableLog(max / min) * random.float());
}

/** `items` in random order: Fisher and Yates. */
export function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  const order = [...items];
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = random.int(index + 1);
    const [item, swapped] = [order[index], order[other]];
    if (item === undefined || swapped === undefined) continue;
    order[index] = swapped;
    order[other] = item;
  }
  return order;
}
