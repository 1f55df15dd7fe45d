import type { FaultEvent } from '../fault.ts';
import { type Arrival, shuffled, span, type Trouble } from './trouble.ts';

/**
 * Trouble with the way between two nodes.
 *
 * - `clog`: one link holds its messages. `reset`: one session breaks, noticed by some.
 */
export type LinkTrouble = 'clog' | 'reset';

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
};

/** Chooses two nodes, if there are two. */
function between(
  strike: (arrival: Arrival, left: string, right: string) => readonly FaultEvent[],
): Trouble {
  return (arrival, { nodeIds }) => {
    const [left, right] = shuffled(nodeIds, arrival.random);
    return left === undefined || right === undefined ? [] : strike(arrival, left, right);
  };
}
