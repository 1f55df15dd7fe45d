import type { Random } from '@quorate/transport';

import type { BetweenGroups, FaultEvent } from '../fault.ts';
import { type Arrival, shuffled, span, type Trouble } from './trouble.ts';

/**
 * Trouble with the way between two nodes.
 *
 * - `clog`: one link holds its messages. `reset`: one session breaks, noticed by some.
 * - `swizzle`: some nodes are clogged, one after the other, and let go one by one in another order,
 *   so that what they know of each other grows old at different times.
 */
export type LinkTrouble = 'clog' | 'reset' | 'swizzle';

/** How each is drawn. */
export const linkTroubles: Readonly<Record<LinkTrouble, Trouble>> = {
  clog: between((arrival, left, right) => {
    const ends = { left: [left], right: [right], direction: 'forward' } as const;
    return span(arrival, { kind: 'clog', ...ends }, { kind: 'unclog', ...ends });
  }),

  reset: between(({ random, fromMs }, left, right) => {
    const noticedBy = (['left', 'both', 'neither'] as const)[random.int(3)] ?? 'both';
    return [{ atMs: fromMs, kind: 'reset', left, right, noticedBy }];
  }),

  swizzle: ({ fromMs, toMs, random }, { nodeIds }) => {
    if (nodeIds.length < 2) return [];
    const chosen = shuffled(nodeIds, random).slice(0, 1 + random.int(nodeIds.length));
    const released = shuffled(chosen, random);
    const middleMs = Math.round((fromMs + toMs) / 2);
    const endsOf = (node: string): BetweenGroups => ({
      left: [node],
      right: nodeIds.filter((other) => other !== node),
    });
    return [
      ...timesWithin(fromMs, middleMs, chosen, random).map(
        ([atMs, node]) => ({ atMs, kind: 'clog', ...endsOf(node) }) as const,
      ),
      ...timesWithin(middleMs, toMs, released, random).map(
        ([atMs, node]) => ({ atMs, kind: 'unclog', ...endsOf(node) }) as const,
      ),
    ];
  },
};

/** A time for each of `nodes`, in their order. */
function timesWithin(
  fromMs: number,
  toMs: number,
  nodes: readonly string[],
  random: Random,
): readonly (readonly [atMs: number, node: string])[] {
  const times = nodes.map(() => fromMs + random.int(Math.max(1, Math.floor(toMs - fromMs) + 1)));
  times.sort((left, right) => left - right);
  return nodes.map((node, at) => [times[at] ?? toMs, node] as const);
}

/** Chooses two nodes, if there are two. */
function between(
  strike: (arrival: Arrival, left: string, right: string) => readonly FaultEvent[],
): Trouble {
  return (arrival, { nodeIds }) => {
    const [left, right] = shuffled(nodeIds, arrival.random);
    return left === undefined || right === undefined ? [] : strike(arrival, left, right);
  };
}
