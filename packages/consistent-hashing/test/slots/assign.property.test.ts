import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { nodeSet, totalWeight } from '../../src/node-set.ts';
import { assignSlots, UNOWNED } from '../../src/slots/assign.ts';

const weight = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 9 }),
  fc.double({ min: 0.01, max: 9, noNaN: true }),
);
const weights = fc.array(weight, { minLength: 1, maxLength: 30 });
const slotCount = fc.integer({ min: 1, max: 300 });

const nodesOf = (all: readonly number[]) =>
  nodeSet(all.map((each, index) => ({ id: `n${String(index).padStart(3, '0')}`, weight: each })));

const countsOf = (owners: Int32Array, nodes: number): number[] => {
  const counts = new Array<number>(nodes).fill(0);
  for (const owner of owners) counts[owner]! += 1;
  return counts;
};

describe('assignSlots', () => {
  test('gives each node its share to within a slot, from whatever was before', () => {
    const before = fc.array(fc.integer({ min: UNOWNED, max: 29 }), {
      minLength: 300,
      maxLength: 300,
    });
    fc.assert(
      fc.property(weights, slotCount, before, (all, count, had) => {
        const nodes = nodesOf(all);
        const total = totalWeight(nodes);
        fc.pre(total > 0);
        const owners = Int32Array.from(had.slice(0, count), (owner) =>
          owner < all.length ? owner : UNOWNED,
        );
        const counts = countsOf(assignSlots(nodes, owners), all.length);
        nodes.forEach((node, index) => {
          const share = (node.weight / total) * count;
          expect(Math.abs(counts[index]! - share)).toBeLessThan(1);
        });
      }),
    );
  });

  test('moves no slot if nothing has changed', () => {
    fc.assert(
      fc.property(weights, slotCount, (all, count) => {
        const nodes = nodesOf(all);
        const first = assignSlots(nodes, new Int32Array(count).fill(UNOWNED));
        expect(assignSlots(nodes, first)).toEqual(first);
      }),
    );
  });

  test('moves slots of equal nodes only to a node that comes, and as few as its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), slotCount, (count, size) => {
        const before = assignSlots(
          nodesOf(new Array<number>(count).fill(1)),
          new Int32Array(size).fill(UNOWNED),
        );
        const after = assignSlots(nodesOf(new Array<number>(count + 1).fill(1)), before);
        const moved = after.filter((owner, slot) => owner !== before[slot]);
        expect(moved.every((owner) => owner === count)).toBe(true);
        expect(moved.length).toBeLessThanOrEqual(Math.ceil(size / (count + 1)));
      }),
    );
  });

  test('moves slots of equal nodes only from a node that goes', () => {
    const run = fc.tuple(fc.integer({ min: 2, max: 40 }), slotCount, fc.nat(39));
    fc.assert(
      fc.property(run, ([count, size, gone]) => {
        const nodes = nodesOf(new Array<number>(count).fill(1));
        const before = assignSlots(nodes, new Int32Array(size).fill(UNOWNED));
        const without = nodes.map(({ id }, index) => ({
          id,
          weight: index === gone % count ? 0 : 1,
        }));
        const after = assignSlots(nodeSet(without), before);
        after.forEach((owner, slot) => {
          if (before[slot] !== gone % count) expect(owner).toBe(before[slot]);
        });
      }),
    );
  });

  test('leaves everything unowned without a positive weight', () => {
    expect([...assignSlots(nodesOf([0, 0]), Int32Array.of(0, 1, UNOWNED))]).toEqual([-1, -1, -1]);
  });
});
