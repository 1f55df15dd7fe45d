/** Which way a partition between two groups stops messages. */
export type PartitionDirection =
  | 'both'
  | 'forward' // From the first group to the second only.
  | 'backward'; // From the second group to the first only.

/** Directed pairs of nodes between which nothing passes. */
export type BlockedPairs = readonly (readonly [from: string, to: string])[];

/**
 * No node of `left` reaches a node of `right`, or the other way, or both. A node in neither group
 * is a bridge between them; a node in both is cut off from itself no more than from the rest.
 */
export function betweenGroups(
  left: readonly string[],
  right: readonly string[],
  direction: PartitionDirection = 'both',
): BlockedPairs {
  const forward = left.flatMap((from) => right.map((to) => [from, to] as const));
  if (direction === 'forward') return withoutSelf(forward);
  const backward = right.flatMap((from) => left.map((to) => [from, to] as const));
  return withoutSelf(direction === 'backward' ? backward : [...forward, ...backward]);
}

/** Each node reaches only its two neighbours in the order given; the last is next to the first. */
export function ringOf(nodeIds: readonly string[]): BlockedPairs {
  const count = nodeIds.length;
  return withoutSelf(
    nodeIds.flatMap((from, fromIndex) =>
      nodeIds
        .filter((_, toIndex) => {
          const distance = Math.abs(fromIndex - toIndex);
          return distance > 1 && distance < count - 1;
        })
        .map((to) => [from, to] as const),
    ),
  );
}

function withoutSelf(pairs: BlockedPairs): BlockedPairs {
  return pairs.filter(([from, to]) => from !== to);
}

interface Partition {
  readonly name: string;
  readonly targetsBySource: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The partitions in force. A pair is blocked while at least one of them covers it. */
export class Partitions {
  #active: readonly Partition[] = [];

  /** Adds a partition to those in force. Several may have the same name. */
  add(pairs: BlockedPairs, name: string): void {
    const targetsBySource = new Map<string, Set<string>>();
    for (const [from, to] of pairs) {
      const targets = targetsBySource.get(from) ?? new Set();
      targetsBySource.set(from, targets.add(to));
    }
    this.#active = [...this.#active, { name, targetsBySource }];
  }

  /** Ends the partitions of that name, or all. */
  end(name: string | undefined): void {
    this.#active = name === undefined ? [] : this.#active.filter((one) => one.name !== name);
  }

  /** Whether nothing passes from `from` to `to`. */
  blocks(from: string, to: string): boolean {
    return this.#active.some(({ targetsBySource }) => targetsBySource.get(from)?.has(to) === true);
  }
}
