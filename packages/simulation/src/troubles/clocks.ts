import { onOneNode, span, type Trouble } from './trouble.ts';

/** Trouble with the clocks of one node: `wallJump` by up to an hour, `drift` by up to 5 %. */
export type ClockTrouble = 'wallJump' | 'drift';

/** How each is drawn. */
export const clockTroubles: Readonly<Record<ClockTrouble, Trouble>> = {
  wallJump: onOneNode(({ random, fromMs }, node) => [
    { atMs: fromMs, kind: 'wallJump', node, byMs: random.int(7_200_001) - 3_600_000 },
  ]),

  drift: onOneNode((arrival, node) => {
    const ppm = arrival.random.int(100_001) - 50_000;
    return span(arrival, { kind: 'drift', node, ppm }, { kind: 'drift', node, ppm: 0 });
  }),
};
