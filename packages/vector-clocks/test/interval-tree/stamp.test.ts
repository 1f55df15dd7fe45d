import { describe, expect, test } from 'vitest';

import { IntervalTreeStamp } from '../../src/interval-tree/stamp.ts';

const { seed } = IntervalTreeStamp;

describe('a stamp', () => {
  test('knows four answers', () => {
    const [left, right] = seed.fork();
    const [l1, r1] = [left.event(), right.event()];

    expect(left.compare(right)).toBe('equal');
    expect(left.compare(l1)).toBe('before');
    expect(l1.compare(left)).toBe('after');
    expect(l1.compare(r1)).toBe('concurrent');
    expect(l1.join(r1.peek()).compare(r1)).toBe('after');
  });

  test('that was peeked owns nothing, and knows the same', () => {
    const stamp = seed.event();
    expect(stamp.isAnonymous).toBe(false);
    expect(stamp.peek().isAnonymous).toBe(true);
    expect(stamp.peek().compare(stamp)).toBe('equal');
    expect(stamp.peek().toString()).toBe('(0, 1)');
    expect(() => stamp.peek().event()).toThrow(RangeError);
    expect(stamp.peek().fork().map(String)).toEqual(['(0, 1)', '(0, 1)']);
  });

  test('joined with one that owns some of the same is refused, and can be asked before', () => {
    const [left, right] = seed.fork();
    expect(left.overlaps(right)).toBe(false);
    expect(left.overlaps(seed)).toBe(true);
    expect(left.overlaps(left.peek())).toBe(false);
    expect(() => left.join(left)).toThrow(RangeError);
    expect(() => seed.join(right)).toThrow(RangeError);
    expect(left.join(right).toString()).toBe('(1, 0)');
  });

  test('comes back to a number when all have come back', () => {
    let [hub, leaf] = seed.fork();
    for (let count = 0; count < 50; count += 1) {
      const [next, other] = hub.event().fork();
      leaf = leaf.join(other.event()).event();
      hub = next.event();
    }
    expect(hub.join(leaf).event().toString()).toMatch(/^\(1, \d+\)$/);
  });

  test('can be forked a thousand times in a row, and at its depth everything still works', () => {
    let hub = seed;
    const leaves: IntervalTreeStamp[] = [];
    for (let depth = 0; depth < 1_024; depth += 1) {
      const [rest, leaf] = hub.fork();
      hub = rest;
      leaves.push(leaf.event());
    }
    expect(() => hub.fork()).toThrow(RangeError);
    hub = hub.event();
    for (const leaf of leaves) hub = hub.join(leaf);
    expect(leaves.every((leaf) => leaf.compare(hub) === 'before')).toBe(true);
    expect(hub.toString()).toBe('(1, 1)');
  });
});
