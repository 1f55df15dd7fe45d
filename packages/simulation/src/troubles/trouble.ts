import type { Random } from '@quorate/transport';

import type { NetworkSettings } from '../network-options.ts';
import { portableExp, portableLog } from '../portable-math.ts';
import type { Fault, FaultEvent } from '../fault.ts';
import type { FaultAtlas } from '../fault-atlas.ts';
import type { BusyNodes } from './busy-nodes.ts';

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
export interface Drawing extends FaultAtlas {
  readonly nodeIds: readonly string[];
  /** What the network goes back to when a trouble with it ends. */
  readonly network: NetworkSettings;
  /** Before this, nothing happens. */
  readonly fromMs: number;
  /** The nodes that are faulty, and how many may be at the same time. */
  readonly busy: BusyNodes;
  /** Releases of the software, oldest first. */
  readonly releases: readonly number[];
  /** How many times all nodes went to the next release, and when the last of these is over. */
  readonly waves: { count: number; endMs: number };
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
