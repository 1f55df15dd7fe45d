import { portableExp, portableLog } from '../portable-math.ts';
import { onOneNode, span, type Trouble } from './trouble.ts';

/** Trouble of a node that goes on, but not in time: `slowNode` by 0.1 to 50 ms an event. */
export type LimpingNodeTrouble = 'slowNode';

/** How each is drawn. */
export const limpingNodeTroubles: Readonly<Record<LimpingNodeTrouble, Trouble>> = {
  slowNode: onOneNode((arrival, node) => {
    const perEventMs = 0.1 * portableExp(portableLog(500) * arrival.random.float());
    const slow = { kind: 'slowNode', node, perEventMs } as const;
    return span(arrival, slow, { ...slow, perEventMs: 0 });
  }),
};
