import type { PlacementNode } from '../node-set.ts';

/**
 * `owners` without repetitions, and behind them those of positive weight who did not come: they
 * have points, but on each an earlier id has one too. It ends as soon as all have come.
 */
export function* eachOnce(
  nodes: readonly PlacementNode[],
  owners: Iterable<number>,
): Generator<number> {
  const seen = new Set<number>();
  for (const owner of owners) {
    if (seen.has(owner)) continue;
    seen.add(owner);
    yield owner;
    if (seen.size === nodes.length) return;
  }
  for (const [index, { weight }] of nodes.entries()) {
    if (weight > 0 && !seen.has(index)) yield index;
  }
}
