import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { placeOf, type Point, ring } from '../../../../src/dashboard/cluster/ring-geometry.ts';
import { sideOf } from '../../../../src/dashboard/cluster/tools/lasso.ts';

const nodes = Array.from({ length: 5 }, (_, index) => placeOf(index, 5));
const [n1, n2, n3, , n5] = nodes;

/** Points on the straight way from one to the other. */
function line(from: Point, to: Point): readonly Point[] {
  return Array.from({ length: 12 }, (_, index) => ({
    x: from.x + ((to.x - from.x) * index) / 11,
    y: from.y + ((to.y - from.y) * index) / 11,
  }));
}

function circle({ x, y }: Point, radius: number): readonly Point[] {
  return Array.from({ length: 24 }, (_, index) => {
    const angle = (index / 23) * 2 * Math.PI;
    return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
  });
}

const middle = (left: Point | undefined, right: Point | undefined): Point => ({
  x: ((left?.x ?? 0) + (right?.x ?? 0)) / 2,
  y: ((left?.y ?? 0) + (right?.y ?? 0)) / 2,
});

describe('a stroke on the ring', () => {
  test('across it parts the nodes on one side of it from the others', () => {
    const stroke = line(middle(n1, n5), middle(n2, n3));
    expect(sideOf(stroke, nodes)).toEqual([0, 1]);
    expect(sideOf(stroke.toReversed(), nodes)).toEqual([0, 1]);
  });

  test('need not reach the edge: it goes on straight at both ends', () => {
    const [from, to] = [middle(n1, n5), middle(n2, n3)];
    expect(
      sideOf(line(middle(from, middle(from, to)), middle(to, middle(from, to))), nodes),
    ).toEqual([0, 1]);
  });

  test('around a node is a loop: that node is one side', () => {
    for (const [index, node] of nodes.entries()) {
      expect(sideOf(circle(node, 60), nodes)).toEqual([index]);
    }
  });

  test('beside all nodes, or hardly any stroke at all, parts nothing', () => {
    expect(sideOf(line({ x: 0, y: 4 }, { x: ring.width, y: 4 }), nodes)).toEqual([]);
    expect(sideOf(line({ x: 300, y: 200 }, { x: 306, y: 206 }), nodes)).toEqual([]);
    expect(sideOf([], nodes)).toEqual([]);
  });

  test('straight across has on its smaller side what is on one side of the line', () => {
    const point = fc.record({
      x: fc.integer({ min: 0, max: ring.width }),
      y: fc.integer({ min: 0, max: ring.height }),
    });
    fc.assert(
      fc.property(point, point, (from, to) => {
        fc.pre(Math.hypot(to.x - from.x, to.y - from.y) > 30);
        const turn = (node: Point): number =>
          (to.x - from.x) * (node.y - from.y) - (to.y - from.y) * (node.x - from.x);
        fc.pre(nodes.every((node) => Math.abs(turn(node)) > 100));
        const left = nodes.flatMap((node, index) => (turn(node) < 0 ? [index] : []));
        const right = nodes.flatMap((node, index) => (turn(node) > 0 ? [index] : []));
        expect(sideOf(line(from, to), nodes)).toEqual(left.length < right.length ? left : right);
      }),
    );
  });
});
