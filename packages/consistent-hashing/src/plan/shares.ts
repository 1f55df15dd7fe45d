import type { Key } from '@quorate/hash';

import type { Placement } from '../placement.ts';
import { targetShares } from './movement-plan.ts';

/** What a node owns, and what it should own. */
export interface NodeShare {
  readonly id: string;
  /** Of all hashes, 0..1. */
  readonly share: number;
  /** By weight. */
  readonly target: number;
}

/** How evenly a placement spreads keys. */
export interface Balance {
  /** Whether shares are exact; otherwise they are those of a sample. */
  readonly isExact: boolean;
  /** In the order of the placement's nodes. */
  readonly nodes: readonly NodeShare[];
  /** The largest of `share / target`: how much more than its part the fullest node has. */
  readonly peakToMean: number;
}

/** Finds 1 % of unevenness between a hundred nodes. */
const SAMPLE_SIZE = 1_000_000;

/**
 * What each node owns.
 *
 * @param sample - Keys to ask for, instead of the layout of the placement.
 *
 * @remarks
 * O(arcs) or O(slots) where the placement can say who owns what; else a million keys are asked for.
 */
export function balance(placement: Placement, sample?: Iterable<Key>): Balance {
  const layout = placement.layout();
  const counts = new Float64Array(placement.nodes.length);
  let total = 0;
  const count = (owner: number | undefined, size: number): void => {
    total += size;
    if (owner !== undefined && owner >= 0) counts[owner] = (counts[owner] ?? 0) + size;
  };
  if (sample === undefined && layout.kind === 'ranges') countArcs(layout, count);
  else if (sample === undefined && layout.kind === 'slots') {
    for (const owner of layout.owners) count(owner, 1);
  } else {
    for (const key of sample ?? evenKeys(SAMPLE_SIZE)) {
      placement.bits.hash(key);
      count(placement.locateIndex(placement.bits.high, placement.bits.low), 1);
    }
  }
  const targets = targetShares(placement.nodes);
  const nodes = placement.nodes.map(({ id }, index) => ({
    id,
    share: total === 0 ? 0 : (counts[index] ?? 0) / total,
    target: targets.get(id) ?? 0,
  }));
  const owning = nodes.filter(({ target }) => target > 0);
  return {
    isExact: sample === undefined && layout.kind !== 'sampled',
    nodes,
    peakToMean: Math.max(0, ...owning.map(({ share, target }) => share / target)),
  };
}

function countArcs(
  { ends, owners }: { readonly ends: Uint32Array; readonly owners: Int32Array },
  count: (owner: number | undefined, size: number) => void,
): void {
  let first = 0;
  for (const [place, end] of ends.entries()) {
    count(owners[place], end - first + 1);
    first = end + 1;
  }
  // Behind the last end comes the first arc.
  count(owners[0], 2 ** 32 - first);
}

/** Keys of 64 bits, different from each other; hashes make them random. */
export function* evenKeys(count: number): Generator<Key> {
  for (let low = 0; low < count; low += 1) yield { high: 0x9e3779b9, low };
}
