/** Where things are on the ring, in the units of its view box. */

/** A point. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A view box, and the ellipse in it on which nodes stand. */
export interface RingShape {
  readonly width: number;
  readonly height: number;
  readonly radiusX: number;
  readonly radiusY: number;
  readonly nodeRadius: number;
}

const nodeRadius = 38;

/** Where there is room. */
export const ring: RingShape = { width: 760, height: 430, radiusX: 270, radiusY: 132, nodeRadius };

/** On a phone, where a wide drawing would be too small to read. */
export const narrowRing: RingShape = {
  ...{ width: 400, height: 480, radiusX: 148, radiusY: 152, nodeRadius },
};

/** The place of node `index` of `count`: evenly on an ellipse, the first on top. */
export function placeOf(index: number, count: number, shape: RingShape = ring): Point {
  const center = { x: shape.width / 2, y: shape.height / 2 };
  if (count === 1) return center;
  const angle = (index / count) * 2 * Math.PI - Math.PI / 2;
  // Three nodes fill the upper part of the circle only: move them down a little.
  const shift = count === 3 ? 36 : 16;
  return {
    x: center.x + shape.radiusX * Math.cos(angle),
    y: center.y + shift + shape.radiusY * Math.sin(angle),
  };
}

/** Where the first of a node's two lines of words goes, relative to it: away from the links. */
export function labelOffset(at: Point, isLeader: boolean, shape: RingShape = ring): number {
  const isUpper = at.y < shape.height / 2;
  if (!isUpper) return nodeRadius + 25;
  // Above the crown, if there is one.
  return -nodeRadius - (isLeader ? 48 : 36);
}

/** The point between two others, at `share` of the way. */
export function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/** The direction from one point to another, in degrees, clockwise from the right. */
export function angleOf(from: Point, to: Point): number {
  return (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
}

/**
 * The way of a message, at `progress` 0..1: a slight bow to the right, so that the two directions
 * of a link run apart.
 */
export function wayPoint(from: Point, to: Point, progress: number): Point {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy) || 1;
  const margin = nodeRadius / length;
  const along = margin + progress * (1 - 2 * margin);
  const bow = 18 * Math.sin(Math.PI * along);
  return {
    x: from.x + dx * along - (dy / length) * bow,
    y: from.y + dy * along + (dx / length) * bow,
  };
}
