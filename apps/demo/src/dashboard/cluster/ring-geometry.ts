/** Where things are on the ring, in the units of its view box. */

/** A point. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Size of the view box. */
export const ring = { width: 760, height: 410, nodeRadius: 43 } as const;

/** The place of node `index` of `count`: evenly on an ellipse, the first on top. */
export function placeOf(index: number, count: number): Point {
  const center = { x: ring.width / 2, y: ring.height / 2 };
  if (count === 1) return center;
  const angle = (index / count) * 2 * Math.PI - Math.PI / 2;
  // Three nodes fill the upper part of the circle only: move them down a little.
  const shift = count === 3 ? 36 : 4;
  return { x: center.x + 260 * Math.cos(angle), y: center.y + shift + 138 * Math.sin(angle) };
}

/** Where the line below or above a node goes, relative to it: on the side away from the links. */
export function labelOffset(at: Point, isLeader: boolean): number {
  const isUpper = at.y < ring.height / 2 - 30;
  if (!isUpper) return ring.nodeRadius + 24;
  // Above the crown, if there is one.
  return -ring.nodeRadius - (isLeader ? 34 : 16);
}

/**
 * The way of a message, at `progress` 0..1: a slight bow to the right, so that the two directions
 * of a link run apart.
 */
export function wayPoint(from: Point, to: Point, progress: number): Point {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const margin = ring.nodeRadius / length;
  const along = margin + progress * (1 - 2 * margin);
  const bow = 18 * Math.sin(Math.PI * along);
  return {
    x: from.x + dx * along - (dy / length) * bow,
    y: from.y + dy * along + (dx / length) * bow,
  };
}
