import type { Placement, PlacementLayout } from '../placement.ts';
import type { Move } from './movement-plan.ts';

type Ranges = Extract<PlacementLayout, { readonly kind: 'ranges' }>;
type Slots = Extract<PlacementLayout, { readonly kind: 'slots' }>;
type Nodes = Placement['nodes'];

const PLACES = 2 ** 32;

/**
 * What moves between two layouts, exactly; `undefined` if they cannot be compared place by place.
 *
 * @remarks
 * O(arcs) or O(slots) of both.
 */
export function compareLayouts(before: Placement, after: Placement): Move[] | undefined {
  const [left, right] = [before.layout(), after.layout()];
  if (left.kind === 'sampled' || right.kind === 'sampled') return undefined;
  if (left.space !== right.space) return undefined;
  if (left.kind === 'ranges' && right.kind === 'ranges') {
    return compareRanges(left, right, before.nodes, after.nodes);
  }
  if (left.kind === 'slots' && right.kind === 'slots') {
    return compareSlots(left, right, before.nodes, after.nodes);
  }
  return undefined;
}

/** Walks both circles at once, from end to end: between two ends that follow nobody changes. */
function compareRanges(left: Ranges, right: Ranges, before: Nodes, after: Nodes): Move[] {
  const found = new MovesByPair<[first: number, last: number]>();
  let [leftAt, rightAt, first] = [0, 0, 0];
  while (first < PLACES) {
    const last = Math.min(left.ends[leftAt] ?? PLACES - 1, right.ends[rightAt] ?? PLACES - 1);
    const from = idAt(before, arcOwner(left, leftAt));
    const to = idAt(after, arcOwner(right, rightAt));
    if (from !== to) addRange(found.of(from, to), first, last);
    if (left.ends[leftAt] === last) leftAt += 1;
    if (right.ends[rightAt] === last) rightAt += 1;
    first = last + 1;
  }
  return found.all((ranges) => ({
    share: ranges.reduce((total, [start, end]) => total + (end - start + 1), 0) / PLACES,
    ranges,
  }));
}

/** Behind the last end comes the first arc. */
function arcOwner({ owners }: Ranges, at: number): number | undefined {
  return at < owners.length ? owners[at] : owners[0];
}

function addRange(ranges: [first: number, last: number][], first: number, last: number): void {
  const previous = ranges.at(-1);
  if (previous?.[1] === first - 1) previous[1] = last;
  else ranges.push([first, last]);
}

function compareSlots(left: Slots, right: Slots, before: Nodes, after: Nodes): Move[] {
  const found = new MovesByPair<number>();
  for (let slot = 0; slot < left.owners.length; slot += 1) {
    const from = idAt(before, left.owners[slot]);
    const to = idAt(after, right.owners[slot]);
    if (from !== to) found.of(from, to).push(slot);
  }
  return found.all((slots) => ({ share: slots.length / left.owners.length, slots }));
}

function idAt(nodes: Nodes, owner: number | undefined): string | undefined {
  return owner === undefined ? undefined : nodes[owner]?.id;
}

/** What moves, gathered for each pair of nodes. */
export class MovesByPair<Part> {
  readonly #parts = new Map<string | undefined, Map<string | undefined, Part[]>>();

  /** What moves from one to another, to add to. */
  of(from: string | undefined, to: string | undefined): Part[] {
    const targets = this.#parts.get(from) ?? new Map<string | undefined, Part[]>();
    const parts = targets.get(to) ?? [];
    this.#parts.set(from, targets.set(to, parts));
    return parts;
  }

  /** A move for each pair. */
  all(measure: (parts: readonly Part[]) => Omit<Move, 'from' | 'to'>): Move[] {
    const moves: Move[] = [];
    for (const [from, targets] of this.#parts) {
      for (const [to, parts] of targets) moves.push({ from, to, ...measure(parts) });
    }
    return moves;
  }
}
