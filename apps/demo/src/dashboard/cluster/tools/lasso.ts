/** What a line that somebody draws across the ring does to the nodes. */
import type { Point } from '../ring-geometry.ts';

/** Ends that come so near to each other, as a share of the way, make a loop. */
const loopShare = 0.18;
/** Shorter than this, in units of the ring, a stroke is a slip of the finger. */
const strokeMin = 24;
/** Farther away than anything on the ring. */
const far = 10_000;

/**
 * Which nodes a stroke parts from the others.
 *
 * A stroke whose ends meet is a loop around one side. Any other one goes on straight at both ends,
 * so that a line between two nodes need not reach the edge.
 *
 * @returns The smaller side, by position; empty if the stroke parts nothing.
 */
export function sideOf(stroke: readonly Point[], nodes: readonly Point[]): readonly number[] {
  const [first, last] = [stroke[0], stroke.at(-1)];
  if (first === undefined || last === undefined) return [];
  const length = lengthOf(stroke);
  if (length < strokeMin) return [];
  const isLoop = distance(first, last) < length * loopShare;
  const outline = isLoop ? stroke : halfPlane(stroke, first, last);
  const inside: number[] = [];
  const outside: number[] = [];
  for (const [index, node] of nodes.entries()) {
    (isInside(outline, node) ? inside : outside).push(index);
  }
  return inside.length <= outside.length ? inside : outside;
}

/** All that lies on one side of the stroke. */
function halfPlane(stroke: readonly Point[], first: Point, last: Point): readonly Point[] {
  const span = distance(first, last);
  const [dx, dy] = [(far * (last.x - first.x)) / span, (far * (last.y - first.y)) / span];
  const before = { x: first.x - dx, y: first.y - dy };
  const after = { x: last.x + dx, y: last.y + dy };
  return [
    ...[before, ...stroke, after],
    { x: after.x - dy, y: after.y + dx },
    { x: before.x - dy, y: before.y + dx },
  ];
}

/** Whether a ray from `point` leaves the outline an odd number of times. */
function isInside(outline: readonly Point[], { x, y }: Point): boolean {
  let isOdd = false;
  let from = outline.at(-1);
  for (const to of outline) {
    if (from !== undefined && from.y > y !== to.y > y) {
      const crossing = from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x);
      if (crossing > x) isOdd = !isOdd;
    }
    from = to;
  }
  return isOdd;
}

function lengthOf(stroke: readonly Point[]): number {
  return stroke.reduce((sum, point, index) => sum + distance(point, stroke[index - 1] ?? point), 0);
}

function distance(left: Point, right: Point): number {
  return Math.hypot(left.x - right.x, left.y - right.y);
}
