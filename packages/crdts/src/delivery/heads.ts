import type { Heads } from './delta-log.ts';

/** Whether `known` has all that `heads` tells of. */
export function coversHeads(known: Heads, heads: Heads): boolean {
  return headCount(heads, known) === 0;
}

/** How many deltas `heads` tells of that `known` lacks. */
export function headCount(heads: Heads, known: Heads): number {
  let count = 0;
  for (const [id, { sequence }] of heads) {
    count += Math.max(0, sequence - (known.get(id)?.sequence ?? 0));
  }
  return count;
}
