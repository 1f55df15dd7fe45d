import type { PlacementNode } from './node-set.ts';

/**
 * Nothing, if every node weighs 0 or 1.
 *
 * @throws RangeError otherwise: an algorithm without weights must not swallow one.
 */
export function checkUnweighted(nodes: readonly PlacementNode[]): void {
  for (const { id, weight } of nodes) {
    if (weight === 0 || weight === 1) continue;
    const shown = JSON.stringify(id.slice(0, 80));
    throw new RangeError(
      `weight of ${shown}: expected 0 or 1, as it has no weights, got ${weight}`,
    );
  }
}
