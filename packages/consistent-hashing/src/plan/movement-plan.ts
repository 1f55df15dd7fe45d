/*
 * What has to be moved when one placement takes the place of another: before it is done, while it
 * can still be thought better of.
 *
 * Who owns what is compared exactly where placements can say it (arcs of a circle, slots), and
 * by asking for many keys where they cannot. Shares are of all hashes, so of all keys if there are
 * many and none is a giant.
 *
 * How much must move, whatever the algorithm: with target shares by weight, what nodes gain in all,
 *
 *     ideal = Σ max(0, after(node) − before(node))
 *
 * and what moves beyond need: between two nodes of which neither gave a reason, since both stay and
 * neither the weight of the one sank nor that of the other rose. That is the excess, and 0 for an
 * algorithm that is monotone (Karger et al., "Consistent hashing and random trees", STOC 1997).
 */
import type { PlacementNode } from '../node-set.ts';

/** What moves from one node to another. */
export interface Move {
  /** Who had it; `undefined` if nobody had. */
  readonly from: string | undefined;
  /** Who has it then; `undefined` if nobody has. */
  readonly to: string | undefined;
  /** Of all hashes, 0..1. */
  readonly share: number;
  /** Which places of the circle of 32 bits: first and last of each, both included, ascending. */
  readonly ranges?: readonly (readonly [first: number, last: number])[];
  /** Which slots, ascending. */
  readonly slots?: readonly number[];
}

/** What a node takes and gives, as shares of all hashes. */
export interface NodeMovement {
  readonly inShare: number;
  readonly outShare: number;
}

/** How many moves go on at once. */
export interface StepOptions {
  /**
   * Moves that a node takes part in at the same time, giving or taking; an integer of at least 1.
   */
  readonly maxParallelPerNode: number;
}

/** What moves from one placement to the next. */
export interface MovementPlan {
  /** Whether shares are exact; otherwise they are those of a sample. */
  readonly isExact: boolean;
  /** Share of all hashes that have another owner, 0..1. */
  readonly moved: number;
  /**
   * Where `moved` lies with a probability of 95 % if it is of a sample of random keys (Wilson's
   * interval); `moved` twice if it is exact.
   */
  readonly movedInterval: readonly [low: number, high: number];
  /** The least share that any placement of these weights has to move. */
  readonly ideal: number;
  /** Share that moves between nodes of which neither gave a reason. */
  readonly excess: number;
  /** The largest first; equal ones in the order of their ids. */
  readonly moves: readonly Move[];
  /** By id, for each node that takes or gives. */
  readonly perNode: ReadonlyMap<string, NodeMovement>;
  /**
   * The moves in steps, each to begin when the one before is done.
   *
   * @throws RangeError if `maxParallelPerNode` is no integer of at least 1.
   *
   * @remarks
   * At most twice as many steps as the busiest node needs. Large moves come first.
   */
  steps(options: StepOptions): readonly (readonly Move[])[];
}

/** A plan of `moves` between two sets of nodes. */
export function movementPlan(
  before: readonly PlacementNode[],
  after: readonly PlacementNode[],
  moves: readonly Move[],
  sampleSize?: number,
): MovementPlan {
  const sorted = [...moves].sort(compareMoves);
  const moved = sum(sorted.map(({ share }) => share));
  const wanted = reasons(before, after);
  const isExact = sampleSize === undefined;
  return {
    isExact,
    moved,
    movedInterval: isExact ? [moved, moved] : wilson(moved, sampleSize),
    ideal: idealOf(before, after),
    excess: sum(sorted.filter((move) => !wanted(move)).map(({ share }) => share)),
    moves: sorted,
    perNode: perNodeOf(sorted),
    steps: ({ maxParallelPerNode }) => stepsOf(sorted, maxParallelPerNode),
  };
}

function compareMoves(left: Move, right: Move): number {
  if (left.share !== right.share) return right.share - left.share;
  const [before, after] = [`${left.from}\n${left.to}`, `${right.from}\n${right.to}`];
  return before < after ? -1 : 1;
}

/** Whether one of the two nodes of a move gave a reason for it. */
function reasons(
  before: readonly PlacementNode[],
  after: readonly PlacementNode[],
): (move: Move) => boolean {
  const weightBefore = new Map(before.map(({ id, weight }) => [id, weight]));
  const weightAfter = new Map(after.map(({ id, weight }) => [id, weight]));
  const rise = (id: string): number => (weightAfter.get(id) ?? 0) - (weightBefore.get(id) ?? 0);
  return ({ from, to }) => from === undefined || to === undefined || rise(from) < 0 || rise(to) > 0;
}

function idealOf(before: readonly PlacementNode[], after: readonly PlacementNode[]): number {
  const [had, has] = [targetShares(before), targetShares(after)];
  return sum([...has].map(([id, share]) => Math.max(0, share - (had.get(id) ?? 0))));
}

/** What each node should own, by its weight. */
export function targetShares(nodes: readonly PlacementNode[]): ReadonlyMap<string, number> {
  const total = sum(nodes.map(({ weight }) => weight));
  return new Map(nodes.map(({ id, weight }) => [id, total === 0 ? 0 : weight / total]));
}

function perNodeOf(moves: readonly Move[]): ReadonlyMap<string, NodeMovement> {
  const perNode = new Map<string, NodeMovement>();
  const add = (id: string | undefined, inShare: number, outShare: number): void => {
    if (id === undefined) return;
    const known = perNode.get(id) ?? { inShare: 0, outShare: 0 };
    perNode.set(id, { inShare: known.inShare + inShare, outShare: known.outShare + outShare });
  };
  for (const { from, to, share } of moves) {
    add(from, 0, share);
    add(to, share, 0);
  }
  return perNode;
}

/**
 * The first step that has room at both ends takes a move: colours the edges of a graph greedily.
 */
function stepsOf(moves: readonly Move[], maxParallelPerNode: number): Move[][] {
  if (!(Number.isSafeInteger(maxParallelPerNode) && maxParallelPerNode >= 1)) {
    throw new RangeError(
      `maxParallelPerNode: expected an integer of at least 1, got ${maxParallelPerNode}`,
    );
  }
  const steps: Move[][] = [];
  const busy: Map<string, number>[] = [];
  for (const move of moves) {
    const ends = [move.from, move.to].filter((id) => id !== undefined);
    let step = 0;
    while (ends.some((id) => (busy[step]?.get(id) ?? 0) >= maxParallelPerNode)) step += 1;
    const counts = (busy[step] ??= new Map<string, number>());
    for (const id of ends) counts.set(id, (counts.get(id) ?? 0) + 1);
    (steps[step] ??= []).push(move);
  }
  return steps;
}

/** Wilson, "Probable inference, the law of succession, and statistical inference", 1927. */
function wilson(share: number, size: number): readonly [low: number, high: number] {
  const z = 1.959964;
  const scale = 1 + (z * z) / size;
  const centre = share + (z * z) / (2 * size);
  const spread = z * Math.sqrt((share * (1 - share)) / size + (z * z) / (4 * size * size));
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
