/** What nodes thought of each other in the last minute. */
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { healthOf } from '../cluster/links.ts';

const intervalMs = 400;
const pointCountMax = 150;

/** φ of every pair at one moment. */
export interface PhiPoint {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** By who says it, then of whom; who said nothing is not there. */
  readonly phi: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Adds what `nodes` say at `atMs`; so soon after the last point it is left as it is. */
export function withPoint(
  history: readonly PhiPoint[],
  nodes: readonly NodeView[],
  atMs: number,
): readonly PhiPoint[] {
  const last = history.at(-1);
  if (last !== undefined && atMs >= last.atMs && atMs < last.atMs + intervalMs) return history;
  const phi = new Map(
    nodes.map((from) => {
      const said = nodes.flatMap(({ id }): readonly (readonly [string, number])[] => {
        const health = healthOf(from, id);
        return health === undefined ? [] : [[id, health.phi]];
      });
      return [from.id, new Map(said)] as const;
    }),
  );
  // Time that runs backwards is another run: a simulation that was wound back.
  const before = last !== undefined && atMs < last.atMs ? [] : history;
  return [...before, { atMs, phi }].slice(-pointCountMax);
}

/** How often somebody would have come to suspect `peer`, had the threshold been `threshold`. */
export function suspicionCount(
  history: readonly PhiPoint[],
  peer: string,
  threshold: number,
): number {
  const above = new Set<string>();
  let count = 0;
  for (const { phi } of history) {
    for (const [from, said] of phi) {
      const isAbove = (said.get(peer) ?? 0) >= threshold;
      if (isAbove && !above.has(from)) count += 1;
      if (isAbove) above.add(from);
      else above.delete(from);
    }
  }
  return count;
}
