/** The ring on which boards are placed, as the page draws it, and what a change would move. */
import { type Placement, ring } from '@quorate/consistent-hashing';

import { COPY_COUNT } from './board-owners.ts';

/** A ring. */
export interface RingPlan {
  readonly epoch: number;
  readonly members: readonly MemberLoad[];
  /** Arcs in their order around the circle, each from the end of the one before. */
  readonly arcs: readonly RingArc[];
  /** No node should have more copies, at 1.25 times the mean. */
  readonly copiesMax: number;
  readonly preview: MovePreview | null;
}

/** One node on the ring. */
export interface MemberLoad {
  readonly id: string;
  /** Points on the circle. */
  readonly pointCount: number;
  /** Its part of the circle, 0..1. */
  readonly share: number;
  /** Copies of the boards that are known, where they belong. */
  readonly copyCount: number;
}

/** One arc. */
export interface RingArc {
  /** Where it ends, 0..1 of the circle. */
  readonly end: number;
  /** An index into `members`. */
  readonly owner: number;
}

/** What changes if a node comes or goes. */
export interface MovePreview {
  readonly kind: 'add' | 'remove';
  readonly node: string;
  /** The share of copies, 0..1, that would be made elsewhere, of many boards. */
  readonly movedShare: number;
  /** The least that any placement could move. */
  readonly idealShare: number;
  /** Of the boards that are known, those that would get another holder. */
  readonly movedBoards: readonly string[];
}

/** What to draw. */
export interface RingPlanOptions {
  /** How many nodes hold each board. Default 3. */
  readonly replicaCount?: number;
  readonly epoch: number;
  /** Ids, all of one weight; at least one. */
  readonly members: readonly string[];
  readonly boardIds: readonly string[];
  readonly change?: { readonly kind: 'add' | 'remove'; readonly node: string };
}

/** How much more than the mean a node may have. */
const BOUND = 1.25;
const CIRCLE = 2 ** 32;
/** Names by which a change is measured: enough for a tenth of a per cent. */
const SAMPLES = 4_000;

/** Draws a ring. O(points + boards). @throws RangeError if the change does not fit the members. */
export function ringPlan(options: RingPlanOptions): RingPlan {
  const { epoch, members, boardIds, change, replicaCount = COPY_COUNT } = options;
  const placement = ring({ nodes: members, epoch });
  const loads = loadsOf(placement, boardIds, replicaCount);
  const copies = [...loads.values()].reduce((sum, count) => sum + count, 0);
  const { arcs, shares, counts } = arcsOf(placement);
  return {
    epoch,
    members: placement.nodes.map(({ id }, index) => ({
      id,
      pointCount: counts[index] ?? 0,
      share: shares[index] ?? 0,
      copyCount: loads.get(id) ?? 0,
    })),
    arcs,
    copiesMax: Math.ceil((copies / members.length) * BOUND),
    preview:
      change === undefined ? null : previewOf(placement, boardIds, { ...change, replicaCount }),
  };
}

function holdersOf(placement: Placement, boardId: string, replicaCount: number): readonly string[] {
  return placement.locateN(boardId, replicaCount).map(({ id }) => id);
}

function loadsOf(
  placement: Placement,
  boardIds: readonly string[],
  replicaCount: number,
): ReadonlyMap<string, number> {
  const loads = new Map<string, number>();
  for (const id of boardIds.flatMap((boardId) => holdersOf(placement, boardId, replicaCount))) {
    loads.set(id, (loads.get(id) ?? 0) + 1);
  }
  return loads;
}

/** Neighbours of one owner are one arc in the picture, and still two points. */
function arcsOf(placement: Placement): {
  readonly arcs: readonly RingArc[];
  readonly shares: readonly number[];
  readonly counts: readonly number[];
} {
  const layout = placement.layout();
  if (layout.kind !== 'ranges') throw new RangeError(`layout: expected arcs, got ${layout.kind}`);
  const { ends, owners } = layout;
  const shares = placement.nodes.map(() => 0);
  const counts = placement.nodes.map(() => 0);
  const arcs: RingArc[] = [];
  // The first arc begins behind the last.
  let before = (ends.at(-1) ?? 0) / CIRCLE - 1;
  for (const [index, place] of ends.entries()) {
    const [owner, end] = [owners[index] ?? 0, place / CIRCLE];
    shares[owner] = (shares[owner] ?? 0) + end - before;
    counts[owner] = (counts[owner] ?? 0) + 1;
    if (arcs.at(-1)?.owner === owner) arcs.pop();
    arcs.push({ end, owner });
    before = end;
  }
  return { arcs, shares, counts };
}

function previewOf(
  placement: Placement,
  boardIds: readonly string[],
  {
    kind,
    node,
    replicaCount,
  }: NonNullable<RingPlanOptions['change']> & {
    readonly replicaCount: number;
  },
): MovePreview {
  const ids = placement.nodes.map(({ id }) => id);
  const isMember = ids.includes(node);
  if (isMember === (kind === 'add')) {
    throw new RangeError(`${kind}: expected ${isMember ? 'no member' : 'a member'}, got ${node}`);
  }
  if (kind === 'remove' && ids.length === 1) {
    throw new RangeError(`remove: expected another member to stay, got ${node} alone`);
  }
  const nodes = kind === 'add' ? [...ids, node] : ids.filter((id) => id !== node);
  const after = ring({ nodes, epoch: placement.epoch + 1 });
  const newcomersOf = (boardId: string): number => {
    const before = holdersOf(placement, boardId, replicaCount);
    return holdersOf(after, boardId, replicaCount).filter((id) => !before.includes(id)).length;
  };
  const samples = Array.from({ length: SAMPLES }, (_, index) => `board-${index}`);
  const moved = samples.reduce((sum, boardId) => sum + newcomersOf(boardId), 0);
  const copies = SAMPLES * Math.min(replicaCount, nodes.length);
  // Who comes gets its part; the part of who goes is made elsewhere, where there is an elsewhere.
  const isSpare = kind === 'add' || ids.length > replicaCount;
  return {
    ...{ kind, node },
    movedShare: moved / copies,
    idealShare: isSpare ? 1 / Math.max(ids.length, nodes.length) : 0,
    movedBoards: boardIds.filter((boardId) => newcomersOf(boardId) > 0),
  };
}
