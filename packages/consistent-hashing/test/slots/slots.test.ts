import { describe, expect, test } from 'vitest';

import { restorePlacement } from '../../src/codec/restore.ts';
import { redisSlot } from '../../src/slots/redis-slot.ts';
import { redisSlots, slots } from '../../src/slots/slots.ts';
import { someIds, someKeys } from '../support/all-placements.ts';

describe('slots', () => {
  test('keep a key in its slot, whatever nodes there are', () => {
    const few = slots({ nodes: ['a'] });
    const many = few.with({ add: someIds(20) });
    for (const key of someKeys(500)) expect(many.slotOf(key)).toBe(few.slotOf(key));
  });

  test('have keys in all parts alike', () => {
    const counts = new Array<number>(10).fill(0);
    const placement = slots({ nodes: ['a'], slotCount: 10 });
    for (const key of someKeys(10_000)) counts[placement.slotOf(key)]! += 1;
    // A thousand each, give or take five deviations.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('are as many as weights say', () => {
    const nodes = [
      { id: 'a', weight: 0.5 },
      { id: 'b', weight: 1.5 },
      { id: 'c', weight: 0 },
    ];
    const placement = slots({ nodes, slotCount: 1_000 });
    const owners = Array.from({ length: 1_000 }, (_, slot) => placement.nodeOf(slot)?.id);
    expect(owners.filter((id) => id === 'a')).toHaveLength(250);
    expect(owners.filter((id) => id === 'b')).toHaveLength(750);
  });

  test('have the same replicas for all keys of a slot', () => {
    const placement = slots({ nodes: someIds(10), slotCount: 16 });
    const bySlot = new Map<number, string>();
    for (const key of someKeys(500)) {
      const ids = placement.locateN(key, 3).map(({ id }) => id);
      const slot = placement.slotOf(key);
      expect(ids[0]).toBe(placement.nodeOf(slot)?.id);
      expect(bySlot.get(slot) ?? ids.join()).toBe(ids.join());
      bySlot.set(slot, ids.join());
    }
    expect(new Set(bySlot.values()).size).toBeGreaterThan(12);
  });

  test('are taken over from a table that exists', () => {
    const owners = ['b', 'a', 'a', 'b'];
    const placement = slots({ nodes: ['a', 'b'], slotCount: 4, owners });
    expect([0, 1, 2, 3].map((slot) => placement.nodeOf(slot)?.id)).toEqual(owners);
    expect(placement.nodeOf(4)).toBeUndefined();
    expect(placement.nodeOf(-1)).toBeUndefined();
  });

  test.each([
    [['a', 'b'], 'owners: expected one for each of 4 slots, got 2'],
    [['a', 'b', 'c', 'a'], 'owners: expected ids of nodes, got "c"'],
  ])('refuse %j as owners', (owners, message) => {
    expect(() => slots({ nodes: ['a', 'b'], slotCount: 4, owners })).toThrow(message);
  });

  test.each([0, -1, 1.5, 1_048_577, Number.NaN])('refuse to be %d', (slotCount) => {
    expect(() => slots({ nodes: ['a'], slotCount })).toThrow(/^slotCount: expected an integer/);
  });

  test('lay out their table', () => {
    const layout = slots({ nodes: ['a', 'b'], slotCount: 4, seed: 255 }).layout();
    const space = 'murmur3-x86-128:ff000000/low/4';
    expect(layout).toEqual({ kind: 'slots', space, owners: Int32Array.of(0, 0, 1, 1) });
  });

  test('come back from a snapshot with their history', () => {
    const before = slots({ nodes: someIds(7), slotCount: 100 }).with({ remove: ['node-3'] });
    const after = restorePlacement(before.snapshot());
    expect(after.layout()).toEqual(before.layout());
    expect(after.layout()).not.toEqual(slots({ nodes: before.nodes, slotCount: 100 }).layout());
    const next = { add: ['new'] };
    expect(after.with(next).snapshot()).toEqual(before.with(next).snapshot());
  });

  test('come back from a snapshot without an owner', () => {
    const before = slots({ nodes: [], slotCount: 3 });
    expect(restorePlacement(before.snapshot()).layout()).toEqual(before.layout());
  });
});

describe('redisSlots', () => {
  test('are 16,384, in one piece for each node, as clusters are made', () => {
    const cluster = redisSlots({ nodes: ['a', 'b', 'c'] });
    const ends = [0, 5_461, 5_462, 10_922, 10_923, 16_383];
    expect(cluster.slotCount).toBe(16_384);
    expect(ends.map((slot) => cluster.nodeOf(slot)?.id).join('')).toBe('aabbcc');
  });

  test('find keys by the slot that Redis gives them', () => {
    const cluster = redisSlots({ nodes: someIds(5) });
    for (const key of someKeys(300)) {
      expect(cluster.slotOf(key)).toBe(redisSlot(key));
      expect(cluster.locate(key)).toBe(cluster.nodeOf(redisSlot(key)));
    }
  });
});
