import { describe, expect, test } from 'vitest';

import { type GCounter, gCounter, type Pruning } from '../../src/plain/g-counter.ts';

const { bottom, join, value } = gCounter;

/** `state` after each of these replicas has counted so much. */
function counted(state: GCounter, ...amounts: readonly (readonly [string, number])[]): GCounter {
  let next = state;
  for (const [id, amount] of amounts) next = join(next, gCounter.increment(next, id, amount));
  return next;
}

test('each replica counts for itself, and the value is their sum', () => {
  const left = counted(bottom, ['a', 2], ['b', 1]);
  const right = counted(left, ['b', 3], ['a', 1]);
  expect(value(join(left, right))).toBe(7);
  expect(value(join(counted(left, ['a', 5]), counted(left, ['b', 5])))).toBe(13);
});

test('a delta is the count of one replica', () => {
  const state = counted(bottom, ['a', 2], ['b', 1]);
  expect([...gCounter.increment(state, 'b', 4).counts]).toEqual([['b', 5]]);
});

test.each([0, -1, 0.5, NaN, Infinity, 2 ** 53])('an amount of %s is refused', (amount) => {
  expect(() => gCounter.increment(bottom, 'a', amount)).toThrow(RangeError);
});

test('a value that would not be exact is refused', () => {
  const full = counted(bottom, ['a', Number.MAX_SAFE_INTEGER - 1]);
  expect(value(counted(full, ['b', 1]))).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => gCounter.increment(full, 'b', 2)).toThrow(RangeError);
  expect(() => gCounter.increment(full, 'a', 2)).toThrow(RangeError);
});

test.each(['', 'x'.repeat(65), '\ud800'])('%j cannot count', (id) => {
  expect(() => gCounter.increment(bottom, id)).toThrow(RangeError);
});

test('ids that objects have by nature are ids', () => {
  const state = counted(bottom, ['__proto__', 2], ['constructor', 3]);
  expect(value(state)).toBe(5);
});

describe('pruning', () => {
  const gone: Pruning = { epoch: 1, finals: [['x', 5]] };
  const before = counted(bottom, ['a', 1], ['x', 5]);
  const noted = join(before, gCounter.prune(before, gone));
  const forgotten = gCounter.compact(noted, noted);

  test('neither the note nor the forgetting changes the value', () => {
    expect([value(before), value(noted), value(forgotten)]).toEqual([6, 6, 6]);
    expect([...noted.counts.keys()]).toEqual(['a']);
    expect(forgotten.finals.size).toBe(0);
  });

  test('what arrives late of who is gone is not counted again', () => {
    const late = counted(bottom, ['x', 3]);
    expect(value(join(noted, late))).toBe(6);
    expect(join(noted, late)).toEqual(noted);
  });

  test('who has not heard of the last counts learns them from the note', () => {
    const behind = counted(bottom, ['a', 1], ['x', 2]);
    expect(value(join(behind, gCounter.prune(behind, gone)))).toBe(6);
  });

  test('those who have forgotten and those who have not yet agree', () => {
    const slow = counted(noted, ['b', 10]);
    const quick = counted(forgotten, ['a', 100]);
    const both = join(slow, quick);
    expect(value(both)).toBe(116);
    expect(join(quick, slow)).toEqual(both);
    expect(gCounter.leq(slow, both) && gCounter.leq(quick, both)).toBe(true);
    expect(gCounter.leq(both, slow)).toBe(false);
  });

  test('nothing is forgotten before it is stable', () => {
    expect(gCounter.compact(noted, before)).toBe(noted);
  });

  test('a second pruning follows the first', () => {
    const next = counted(forgotten, ['y', 7]);
    expect(() => gCounter.prune(next, { epoch: 3, finals: [] })).toThrow(RangeError);
    const again = join(next, gCounter.prune(next, { epoch: 2, finals: [['y', 7]] }));
    expect(gCounter.compact(again, again)).toEqual({ ...forgotten, epoch: 2, base: 12 });
  });

  test('a pruning that is known is no news', () => {
    expect(gCounter.prune(noted, gone)).toBe(bottom);
    expect(gCounter.prune(forgotten, gone)).toBe(bottom);
  });

  test.each([4, 5.5, NaN])('a final count of %s, where 5 is known, is refused', (count) => {
    expect(() => gCounter.prune(before, { epoch: 1, finals: [['x', count]] })).toThrow(RangeError);
  });

  test.each([0, 2, NaN])('the epoch %s is refused', (epoch) => {
    expect(() => gCounter.prune(before, { epoch, finals: [] })).toThrow(RangeError);
  });
});
