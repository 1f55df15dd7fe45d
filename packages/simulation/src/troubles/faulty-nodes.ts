import type { Fault, FaultEvent } from '../fault.ts';
import { type Arrival, type Drawing, shuffled, span, type Trouble } from './trouble.ts';

/**
 * Trouble that stops a node, and counts against `faultyAtOnceMax`.
 *
 * - `crash`: power loss, restart. `kill`: the process alone, restart. `pause`: resumed.
 * - `failSync`: a sync fails, then the process is killed and restarted, as one that treats a failed
 *   sync as fatal would be by its supervisor.
 */
export type FaultyNodeTrouble = 'crash' | 'kill' | 'pause' | 'failSync';

/** What happens to the node that was chosen. */
export type Strike = (arrival: Arrival, node: string, drawing: Drawing) => readonly FaultEvent[];

const striking = (strike: Strike): Trouble => strikingOne(({ nodeIds }) => nodeIds, strike);

/** How each is drawn. */
export const faultyNodeTroubles: Readonly<Record<FaultyNodeTrouble, Trouble>> = {
  crash: striking((arrival, node) => {
    const crash = { kind: 'crash', node, mode: 'power', isNoticed: isNoticed(arrival) } as const;
    return span(arrival, crash, { kind: 'restart', node });
  }),

  kill: striking((arrival, node) =>
    span(arrival, killOf(arrival, node), { kind: 'restart', node }),
  ),

  pause: striking((arrival, node) =>
    span(arrival, { kind: 'pause', node }, { kind: 'resume', node }),
  ),

  failSync: striking((arrival, node) => {
    const { fromMs, toMs } = arrival;
    const killedAtMs = Math.round((fromMs + toMs) / 2);
    return [
      { atMs: fromMs, kind: 'failSyncs', node, count: 1 },
      { atMs: killedAtMs, ...killOf(arrival, node) },
      { atMs: killedAtMs, kind: 'failSyncs', node, count: 0 },
      { atMs: toMs, kind: 'restart', node },
    ];
  }),
};

/**
 * Chooses one of `among` that is well, if one more may be faulty, and lets `strike` have it until
 * the end of the trouble.
 */
export function strikingOne(
  among: (drawing: Drawing) => readonly string[],
  strike: Strike,
): Trouble {
  return (arrival, drawing) => {
    const { fromMs, toMs, random } = arrival;
    const free = drawing.busy.free(fromMs, toMs);
    const [node] = shuffled(
      among(drawing).filter((nodeId) => free.includes(nodeId)),
      random,
    );
    if (node === undefined) return [];
    drawing.busy.add(node, fromMs, toMs);
    return strike(arrival, node, drawing);
  };
}

/** The process of a node is killed. */
export function killOf(arrival: Arrival, node: string): Fault {
  return { kind: 'crash', node, mode: 'process', isNoticed: isNoticed(arrival) };
}

function isNoticed({ random }: Arrival): boolean {
  return random.int(2) === 0;
}
