import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Deadline, DeadlineQueue } from '../src/deadline-queue.ts';
import { ManualClock } from './support/manual-clock.ts';

interface Item extends Deadline {
  readonly name: number;
}

const item = (name: number, deadlineMs: number): Item => ({
  name,
  deadlineMs,
  queueIndex: -1,
  queueOrder: 0,
});

type Step =
  | { readonly kind: 'add'; readonly delayMs: number }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

// A small range, so that equal deadlines are common.
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add'), delayMs: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('advance'), ms: fc.nat(10) }) },
);

describe('DeadlineQueue', () => {
  test('expires the same items in the same order as a sorted list does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const clock = new ManualClock();
        const expired: number[] = [];
        const queue = new DeadlineQueue<Item>(clock, ({ name }) => expired.push(name));
        let list: Item[] = [];
        const expected: number[] = [];
        let added = 0;
        for (const move of steps) {
          if (move.kind === 'add') {
            const next = item((added += 1), clock.nowMs() + move.delayMs);
            queue.add(next);
            list.push(next);
          } else if (move.kind === 'remove') {
            const gone = list[move.which];
            if (gone === undefined) continue;
            queue.remove(gone);
            queue.remove(gone);
            list = list.filter((other) => other !== gone);
          } else {
            clock.advance(move.ms);
            const due = list.filter(({ deadlineMs }) => deadlineMs <= clock.nowMs());
            expected.push(
              ...due.toSorted((a, b) => a.deadlineMs - b.deadlineMs).map(({ name }) => name),
            );
            list = list.filter(({ deadlineMs }) => deadlineMs > clock.nowMs());
          }
          expect(queue.size).toBe(list.length);
        }
        expect(expired).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('ten thousand equal delays take one timer each time they fall due', () => {
    const clock = new ManualClock();
    let expiredCount = 0;
    const queue = new DeadlineQueue<Item>(clock, () => (expiredCount += 1));
    for (let name = 0; name < 10_000; name += 1) queue.add(item(name, 1_000));
    expect(clock.pendingCount).toBe(1);
    clock.advance(999);
    expect(expiredCount).toBe(0);
    clock.advance(1);
    expect(expiredCount).toBe(10_000);
    expect(clock.setCount).toBe(1);
    expect(clock.pendingCount).toBe(0);
  });

  test('an item added while another expires gets its own time', () => {
    const clock = new ManualClock();
    const expiredAtMs: number[] = [];
    const queue = new DeadlineQueue<Item>(clock, ({ name }) => {
      expiredAtMs.push(clock.nowMs());
      if (name < 3) queue.add(item(name + 1, clock.nowMs() + 10));
    });
    queue.add(item(1, 5));
    clock.advance(100);
    expect(expiredAtMs).toEqual([5, 15, 25]);
  });

  test('clear forgets all, and the queue works on', () => {
    const clock = new ManualClock();
    const expired: number[] = [];
    const queue = new DeadlineQueue<Item>(clock, ({ name }) => expired.push(name));
    const forgotten = item(1, 5);
    queue.add(forgotten);
    queue.clear();
    expect(clock.pendingCount).toBe(0);
    queue.remove(forgotten);
    queue.add(item(2, 7));
    clock.advance(10);
    expect(expired).toEqual([2]);
  });
});
