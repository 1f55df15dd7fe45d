/** How many breakers were not closed, by time. */
import type { NodeView } from '../../supervisor/cluster-view.ts';
import { healthOf } from '../cluster/links.ts';

/** Changes that are kept. */
const changeCountMax = 2_000;

/** From `atMs` on it is so many. */
export interface BreakerChange {
  readonly atMs: number;
  readonly count: number;
}

/** Adds what `nodes` say at `atMs`; what was said of that time and later is void. */
export function withCount(
  changes: readonly BreakerChange[],
  nodes: readonly NodeView[],
  atMs: number,
): readonly BreakerChange[] {
  const states = nodes.flatMap((from) =>
    nodes.flatMap(({ id }) => Object.values(healthOf(from, id)?.breakers ?? {})),
  );
  const count = states.filter((state) => state !== 'closed').length;
  const last = changes.at(-1);
  if (last !== undefined && last.atMs < atMs && last.count === count) return changes;
  return [...changesBefore(changes, atMs), { atMs, count }].slice(-changeCountMax);
}

/** What is known of the time before `atMs`. */
export function changesBefore(
  changes: readonly BreakerChange[],
  atMs: number,
): readonly BreakerChange[] {
  return changes.filter((change) => change.atMs < atMs);
}

/** How many it were at `atMs`; null if that is not known. */
export function countAt(changes: readonly BreakerChange[], atMs: number): number | null {
  return changes.findLast((change) => change.atMs <= atMs)?.count ?? null;
}
