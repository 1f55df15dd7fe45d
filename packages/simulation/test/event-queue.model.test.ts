import fc from 'fast-check';
import { expect, test } from 'vitest';

import { EventQueue } from '../src/event-queue.ts';

interface Item {
  readonly time: number;
  readonly rank: number;
  readonly order: number;
  slot: number;
}

/** The definition, read aloud: the earliest, among equals the lowest, then the first that came. */
function earliest(items: readonly Item[]): Item | undefined {
  return items.toSorted((x, y) => x.time - y.time || x.rank - y.rank || x.order - y.order)[0];
}

// Few different times and ranks, so that ties are common.
const add = fc.record({ kind: fc.constant('add' as const), time: fc.nat(9), rank: fc.nat(2) });
const action = fc.oneof(
  { weight: 5, arbitrary: add },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
);

test('pops what the definition says, whatever was added and removed before', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
      const queue = new EventQueue<Item>();
      let model: Item[] = [];
      actions.forEach((step, order) => {
        if (step.kind === 'add') {
          const rank = step.rank === 2 ? 65_535 : step.rank;
          const item = { time: step.time, rank, order, slot: -1 };
          item.slot = queue.add(step.time, item, rank);
          model.push(item);
        } else if (step.kind === 'pop') {
          const expected = earliest(model);
          expect(queue.nextTime()).toBe(expected?.time ?? Infinity);
          expect(queue.pop()).toBe(expected);
          model = model.filter((item) => item !== expected);
        } else {
          const item = model[step.which % Math.max(1, model.length)];
          if (item === undefined) return;
          expect(queue.remove(item.slot, item)).toBe(true);
          expect(queue.remove(item.slot, item)).toBe(false);
          model = model.filter((other) => other !== item);
        }
        expect(queue.size).toBe(model.length);
      });
    }),
    { numRuns: 300 },
  );
});

test('a slot that was reused is not confused with what had it before', () => {
  const queue = new EventQueue<string>();
  const slot = queue.add(1, 'first');
  expect(queue.pop()).toBe('first');
  expect(queue.add(2, 'second')).toBe(slot);
  expect(queue.remove(slot, 'first')).toBe(false);
  expect(queue.pop()).toBe('second');
  expect(queue.pop()).toBeUndefined();
});

test('grows to any size and keeps the order of equal times', () => {
  const queue = new EventQueue<number>();
  for (let index = 0; index < 10_000; index += 1) queue.add(index % 7, index);
  const popped: number[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) popped.push(next);
  const expected = Array.from({ length: 10_000 }, (_, index) => index);
  expect(popped).toEqual(expected.toSorted((x, y) => (x % 7) - (y % 7) || x - y));
});
