import type { PlacementNode } from '../node-set.ts';
import { BucketHistory } from './bucket-history.ts';

/** Which node has which bucket. A value. */
export interface Seats {
  readonly history: BucketHistory;
  /** The node of each bucket that is there. */
  readonly ids: ReadonlyMap<number, string>;
}

/** How one algorithm gives out buckets. */
export interface SeatRules {
  /** The history with one bucket more, and which. @throws RangeError if there can be no more. */
  readonly grow: (history: BucketHistory) => {
    readonly history: BucketHistory;
    readonly bucket: number;
  };
  /** The history without a bucket that is there. */
  readonly shrink: (history: BucketHistory, bucket: number) => BucketHistory;
}

/**
 * The seats after nodes came and went: first who goes, the last id first, then who comes, the first
 * id first. So whoever goes together and comes back together sits as before.
 *
 * @throws RangeError if there are more nodes than buckets.
 */
export function reseated(
  seats: Seats,
  nodes: readonly PlacementNode[],
  { grow, shrink }: SeatRules,
): Seats {
  const wanted = new Set(nodes.flatMap(({ id, weight }) => (weight > 0 ? [id] : [])));
  const ids = new Map(seats.ids);
  let { history } = seats;
  const leaving = [...seats.ids].filter(([, id]) => !wanted.has(id));
  leaving.sort(([, left], [, right]) => (left < right ? 1 : -1));
  for (const [bucket] of leaving) {
    ids.delete(bucket);
    history = shrink(history, bucket);
  }
  const seated = new Set(ids.values());
  for (const id of wanted) {
    if (seated.has(id)) continue;
    const grown = grow(history);
    history = grown.history;
    ids.set(grown.bucket, id);
  }
  return { history, ids };
}

/** The index of the node in each bucket; -1 where the bucket is gone. */
export function indicesOf({ history, ids }: Seats, nodes: readonly PlacementNode[]): Int32Array {
  const indexById = new Map(nodes.map(({ id }, index) => [id, index]));
  const indices = new Int32Array(history.size).fill(-1);
  for (const [bucket, id] of ids) indices[bucket] = indexById.get(id) ?? -1;
  return indices;
}

/** Seats as words: size, how many went, who went in order, and the node of each other bucket. */
export function wordsOf(seats: Seats, nodes: readonly PlacementNode[]): Uint32Array {
  const { size, removed } = seats.history;
  const present = indicesOf(seats, nodes).filter((index) => index >= 0);
  return Uint32Array.from([size, removed.length, ...removed, ...present]);
}

/**
 * The seats that these words are of.
 *
 * @throws RangeError if they do not seat every node of positive weight once, and nobody else.
 */
export function seatsOf(words: Uint32Array, nodes: readonly PlacementNode[]): Seats {
  const [size = 0, removedCount = 0] = words;
  if (words.length < 2 || removedCount > size || words.length !== size + 2) {
    throw new RangeError(`words: expected one for each bucket and two, got ${words.length}`);
  }
  const removed = [...words.subarray(2, 2 + removedCount)];
  const history = new BucketHistory(size, removed);
  const ids = new Map<number, string>();
  const seated = new Set<number>();
  let at = 2 + removedCount;
  for (let bucket = 0; bucket < size; bucket += 1) {
    if (!history.has(bucket)) continue;
    const index = words[at] ?? 0;
    const node = nodes[index];
    if (node === undefined || node.weight === 0 || seated.has(index)) {
      throw new RangeError(`words: expected each node that owns once, got ${index}`);
    }
    seated.add(index);
    ids.set(bucket, node.id);
    at += 1;
  }
  const owners = nodes.filter(({ weight }) => weight > 0).length;
  if (seated.size !== owners) {
    throw new RangeError(`words: expected ${owners} nodes, got ${seated.size}`);
  }
  return { history, ids };
}
