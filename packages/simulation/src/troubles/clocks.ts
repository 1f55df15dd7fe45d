import { onOneNode, span, type Trouble } from './trouble.ts';

/**
 * Trouble with the clocks of one node.
 *
 * - `wallJump` by up to an hour, either way; `leapSmear` of a second, either way, but never as fast
 *   as to step back. Where the calendar has got to it stays.
 * - `wallFreeze`: it stands still for a while. `drift` by up to 5 %.
 */
export type ClockTrouble = 'wallJump' | 'drift' | 'wallFreeze' | 'leapSmear';

/** How each is drawn. */
export const clockTroubles: Readonly<Record<ClockTrouble, Trouble>> = {
  wallJump: onOneNode(({ random, fromMs }, node) => [
    { atMs: fromMs, kind: 'wallJump', node, byMs: random.int(7_200_001) - 3_600_000 },
  ]),

  drift: onOneNode((arrival, node) => {
    const ppm = arrival.random.int(100_001) - 50_000;
    return span(arrival, { kind: 'drift', node, ppm }, { kind: 'drift', node, ppm: 0 });
  }),

  wallFreeze: onOneNode((arrival, node) => {
    const frozen = { kind: 'wallFreeze', node, isFrozen: true } as const;
    return span(arrival, frozen, { ...frozen, isFrozen: false });
  }),

  leapSmear: onOneNode(({ fromMs, toMs, random }, node) => {
    const overMs = Math.max(1, toMs - fromMs);
    const sizeMs = Math.min(1_000, overMs / 2);
    const byMs = random.int(2) === 0 ? sizeMs : -sizeMs;
    return [{ atMs: fromMs, kind: 'leapSmear', node, byMs, overMs }];
  }),
};
