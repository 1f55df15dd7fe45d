import type { Key } from '@quorate/hash';

import type { Placement } from '../placement.ts';
import { compareLayouts, MovesByPair } from './compare-layouts.ts';
import { type MovementPlan, movementPlan } from './movement-plan.ts';
import { evenKeys } from './shares.ts';

/** How placements are compared that cannot say who owns what. */
export interface DiffOptions {
  /**
   * How many keys to ask for, 1,000..10,000,000; or the keys themselves, then as many as come.
   * 100,000 without it, which finds the moved share to 0.3 % at worst. Your own keys tell what your
   * data does; and with them placements of different hash functions can be compared, too.
   */
  readonly sample?: number | Iterable<Key>;
}

const SAMPLE_SIZE = 100_000;

/**
 * What moves when `after` takes the place of `before`.
 *
 * @returns A plan: exact if both say who owns what and hash alike, and no `sample` is given; else
 *   that of a sample, the same one each time.
 * @throws RangeError if the size of the sample is out of range, or there are no keys in it.
 *
 * @example
 * ```ts
 * import { diff, ring } from '@quorate/consistent-hashing';
 *
 * const before = ring({ nodes: ['a', 'b', 'c'] });
 * const plan = diff(before, before.with({ add: ['d'] }));
 *
 * plan.isExact; // => true
 * plan.ideal; // => 0.25
 * plan.excess; // => 0
 * plan.moves.map(({ to }) => to); // => ['d', 'd', 'd']
 * plan.steps({ maxParallelPerNode: 1 }).length; // => 3
 * ```
 */
export function diff(
  before: Placement,
  after: Placement,
  { sample }: DiffOptions = {},
): MovementPlan {
  if (sample === undefined) {
    const moves = compareLayouts(before, after);
    if (moves !== undefined) return movementPlan(before.nodes, after.nodes, moves);
  }
  const isSize = typeof sample === 'number' || sample === undefined;
  const keys = isSize ? evenKeys(checkedSize(sample ?? SAMPLE_SIZE)) : sample;
  return compareSample(before, after, keys);
}

function compareSample(before: Placement, after: Placement, keys: Iterable<Key>): MovementPlan {
  const found = new MovesByPair<1>();
  let keyCount = 0;
  for (const key of keys) {
    const [from, to] = [before.tryLocate(key)?.id, after.tryLocate(key)?.id];
    keyCount += 1;
    if (from !== to) found.of(from, to).push(1);
  }
  if (keyCount === 0) throw new RangeError('sample: expected at least 1 key, got 0');
  const moves = found.all((parts) => ({ share: parts.length / keyCount }));
  return movementPlan(before.nodes, after.nodes, moves, keyCount);
}

function checkedSize(size: number): number {
  if (Number.isSafeInteger(size) && size >= 1_000 && size <= 10_000_000) return size;
  throw new RangeError(`sample: expected keys, or an integer of 1000..10000000, got ${size}`);
}
