import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  eventsOf,
  eventsText,
  type EventTree,
  joinEvents,
  leqEvents,
  nextEvents,
} from '../../src/interval-tree/event-tree.ts';
import { type Identity, identityOf } from '../../src/interval-tree/identity.ts';

/** Trees at most 3 deep, which are functions from 8 places to counts. */
const PLACES = 8;

function treesOf(depth: number): fc.Arbitrary<EventTree> {
  const leaf = fc.nat(3);
  if (depth === 0) return leaf;
  const inner = treesOf(depth - 1);
  const node = fc.tuple(fc.nat(2), inner, inner).map((parts) => eventsOf(...parts));
  return fc.oneof(leaf, { arbitrary: node, weight: 3 });
}

function identitiesOf(depth: number): fc.Arbitrary<Identity> {
  const leaf = fc.constantFrom<Identity>(0, 1);
  if (depth === 0) return leaf;
  const inner = identitiesOf(depth - 1);
  const node = fc.tuple(inner, inner).map((parts) => identityOf(...parts));
  return fc.oneof(leaf, { arbitrary: node, weight: 3 });
}

/** The function itself: the count at each place. */
function countsOf(tree: EventTree, places = PLACES): readonly number[] {
  if (typeof tree === 'number') return Array.from({ length: places }, () => tree);
  const halves = [tree.left, tree.right].flatMap((half) => countsOf(half, places / 2));
  return halves.map((count) => count + tree.base);
}

function ownedOf(identity: Identity, places = PLACES): readonly boolean[] {
  if (identity === 0 || identity === 1) {
    return Array.from({ length: places }, () => identity === 1);
  }
  return [identity.left, identity.right].flatMap((half) => ownedOf(half, places / 2));
}

/** The one tree of a function, built from below. */
function treeOf(counts: readonly number[]): EventTree {
  if (counts.length === 1) return counts[0]!;
  const middle = counts.length / 2;
  return eventsOf(0, treeOf(counts.slice(0, middle)), treeOf(counts.slice(middle)));
}

const tree = treesOf(3);

describe('event trees', () => {
  test('are compared as the functions that they are', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        const rights = countsOf(right);
        const isLeq = countsOf(left).every((count, place) => count <= rights[place]!);
        expect(leqEvents(left, right)).toBe(isLeq);
      }),
      { numRuns: 2_000 },
    );
  });

  test('are joined to the larger of both everywhere, in the one tree that says it', () => {
    fc.assert(
      fc.property(tree, tree, (left, right) => {
        const rights = countsOf(right);
        const larger = countsOf(left).map((count, place) => Math.max(count, rights[place]!));
        expect(joinEvents(left, right)).toEqual(treeOf(larger));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are written as in the paper', () => {
    expect(eventsText(eventsOf(1, 2, eventsOf(0, 1, 0)))).toBe('(1, 2, (0, 1, 0))');
    expect(eventsText(eventsOf(1, 3, eventsOf(2, 1, 0)))).toBe('(3, 1, (0, 1, 0))');
    expect(eventsText(eventsOf(1, 3, 3))).toBe('4');
  });
});

describe('an event', () => {
  test('makes counts larger where they are owned, and leaves the others', () => {
    fc.assert(
      fc.property(identitiesOf(3), tree, (identity, before) => {
        fc.pre(identity !== 0);
        const after = nextEvents(identity, before);
        const [olds, news, owned] = [countsOf(before), countsOf(after), ownedOf(identity)];

        expect(after).toEqual(treeOf(news));
        expect(leqEvents(before, after)).toBe(true);
        expect(leqEvents(after, before)).toBe(false);
        for (const [place, isOwned] of owned.entries()) {
          if (!isOwned) expect(news[place]).toBe(olds[place]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('fills up what is owned whole, to the height of its steps or of what is beside it', () => {
    expect(nextEvents(1, eventsOf(0, 1, eventsOf(0, 3, 0)))).toBe(3);
    const half: Identity = { left: 1, right: 0 };
    const steps = eventsOf(0, eventsOf(0, 1, 2), 1);
    expect(eventsText(nextEvents(half, steps))).toBe('(1, 1, 0)');
    expect(nextEvents(half, eventsOf(0, 0, 2))).toBe(2);
    const more: Identity = { left: { left: 0, right: 1 }, right: 1 };
    const uneven = eventsOf(0, eventsOf(1, 2, 0), 0);
    expect(nextEvents(more, uneven)).toBe(3);
  });

  test('grows where it takes the fewest new nodes, then nearest to the root', () => {
    const both: Identity = { left: { left: 1, right: 0 }, right: { left: 0, right: 1 } };
    expect(eventsText(nextEvents(both, 0))).toBe('(0, 0, (0, 0, 1))');
    const quarter = eventsOf(0, eventsOf(0, 1, 0), 0);
    expect(eventsText(nextEvents(both, quarter))).toBe('(0, (0, 2, 0), 0)');
    const deep: Identity = { left: { left: 0, right: { left: 0, right: 1 } }, right: both.right };
    const tall = eventsOf(0, eventsOf(0, 0, eventsOf(0, 0, 1)), eventsOf(0, 0, 1));
    expect(eventsText(nextEvents(deep, tall))).toBe('(0, (0, 0, (0, 0, 1)), (0, 0, 2))');
  });

  test('goes any way down before it makes a node', () => {
    const deep: Identity = { left: { left: { left: 1, right: 0 }, right: 0 }, right: 0 };
    const identity: Identity = { left: deep, right: { left: 0, right: 1 } };
    const deepTree = eventsOf(0, eventsOf(0, eventsOf(0, eventsOf(0, 1, 0), 0), 0), 0);
    expect(eventsText(nextEvents(identity, deepTree))).toBe('(0, (0, (0, (0, 2, 0), 0), 0), 0)');
  });

  test('needs something that is owned', () => {
    expect(() => nextEvents(0, 5)).toThrow(
      new RangeError('event: expected a stamp that owns something, got an anonymous one'),
    );
  });

  test('does not count beyond 2^53-1, which may be the sum of a way down', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect(nextEvents(1, most - 1)).toBe(most);
    const message = `event: expected a count below 2^53-1, got ${most}`;
    expect(() => nextEvents(1, most)).toThrow(new RangeError(message));
    const onTop = eventsOf(most - 1, 1, 0);
    expect(() => nextEvents({ left: 1, right: 0 }, onTop)).toThrow(new RangeError(message));
  });
});
