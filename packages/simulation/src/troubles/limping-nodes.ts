import { logUniform, onOneNode, span, type Trouble } from './trouble.ts';

/**
 * Trouble of a node that goes on, but not in time.
 *
 * - `slowNode`: each event takes it 0.1 to 50 ms.
 * - `lateTimers`: by up to 1 to 1 000 ms. `throttleTimers`: they fire once a second, or a minute.
 */
export type LimpingNodeTrouble = 'slowNode' | 'lateTimers' | 'throttleTimers';

/** How each is drawn. */
export const limpingNodeTroubles: Readonly<Record<LimpingNodeTrouble, Trouble>> = {
  slowNode: onOneNode((arrival, node) => {
    const perEventMs = logUniform(arrival.random, 0.1, 50);
    const slow = { kind: 'slowNode', node, perEventMs } as const;
    return span(arrival, slow, { ...slow, perEventMs: 0 });
  }),

  lateTimers: onOneNode((arrival, node) => {
    const byMsMax = logUniform(arrival.random, 1, 1_000);
    const late = { kind: 'lateTimers', node, byMsMax } as const;
    return span(arrival, late, { ...late, byMsMax: 0 });
  }),

  throttleTimers: onOneNode((arrival, node) => {
    const everyMs = arrival.random.int(4) === 0 ? 60_000 : 1_000;
    const throttled = { kind: 'throttleTimers', node, everyMs } as const;
    return span(arrival, throttled, { ...throttled, everyMs: 0 });
  }),
};
