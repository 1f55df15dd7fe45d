/** What nodes thought of each other, minute by minute. */
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { healthOf } from '../cluster/links.ts';

const intervalMs = 400;
/** As long as the rest of the past is kept, mostly: ten minutes. */
export const pointCountMax = 1_500;

/** φ of every pair at one moment. */
export interface PhiPoint {
  /** By the clock of the charts. */
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
  return [...pointsUntil(history, atMs - 1), { atMs, phi }].slice(-pointCountMax);
}

/** The points of at most `spanMs` before `atMs`. */
export function pointsUntil(
  history: readonly PhiPoint[],
  atMs: number,
  spanMs = Infinity,
): readonly PhiPoint[] {
  return history.filter((point) => point.atMs <= atMs && point.atMs > atMs - spanMs);
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
