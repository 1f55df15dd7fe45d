import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkSync } from '../src/checker.ts';
import type { Model } from '../src/model.ts';
import { log } from '../src/models/log.ts';
import { queue } from '../src/models/queue.ts';
import {
  append,
  beginningOf,
  emptySequence,
  endsAlike,
  hashWithout,
  itemsOf,
  sameSequence,
  type Sequence,
} from '../src/models/sequence.ts';
import { stack } from '../src/models/stack.ts';

function sequenceOf(items: readonly number[]): Sequence<number> {
  let list = emptySequence<number>();
  for (const item of items) list = append(list, item);
  return list;
}

const numbers = fc.array(fc.constantFrom(0, 1, 2, -0), { maxLength: 70 });

describe('a sequence does as an array', () => {
  test('any beginning and any end of it can be taken', () => {
    fc.assert(
      fc.property(numbers, fc.nat(80), (items, count) => {
        const list = sequenceOf(items);
        expect(list).toHaveLength(items.length);
        expect(itemsOf(beginningOf(list, count))).toEqual(items.slice(0, count));
        expect(itemsOf(list, count)).toEqual(items.slice(count));
      }),
    );
  });

  test('lists that end alike are the same, and have the same hash, whatever was before', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (before, other, items) => {
        const left = sequenceOf([...before, ...items]);
        const right = sequenceOf([...other, ...items]);
        expect(endsAlike(left, right, items.length)).toBe(true);
        expect(hashWithout(left, beginningOf(left, before.length))).toBe(
          hashWithout(right, beginningOf(right, other.length)),
        );
        expect(sameSequence(left, sequenceOf([...before, ...items]))).toBe(true);
        expect(sameSequence(left, append(left, 1))).toBe(false);
      }),
    );
  });

  test('lists that differ are told apart', () => {
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        const isSame = left.length === right.length && left.every((a, i) => Object.is(a, right[i]));
        expect(sameSequence(sequenceOf(left), sequenceOf(right))).toBe(isSame);
      }),
    );
  });

  test('an item in the middle of a long list is reached in few steps', () => {
    let reads = 0;
    let list = emptySequence<number>();
    for (let item = 0; item < 10_000; item += 1) list = append(list, item);
    for (let at = list; at.length > 5_000; reads += 1) {
      const { jump, before } = at;
      at = (jump !== undefined && jump.length >= 5_000 ? jump : before) ?? emptySequence();
    }
    expect(reads).toBeLessThan(60);
    expect(beginningOf(list, 5_000).item).toBe(4_999);
  });
});

/** What a check of 20 000 additions, one after another, says within 16 MiB. */
function verdictOfAdditions<State, Input, Output>(
  model: Model<State, Input, Output>,
  inputOf: (item: number) => Input,
  outputOf: (item: number) => Output,
): string {
  const history = Array.from({ length: 20_000 }, (_, item) => ({
    process: 0,
    input: inputOf(item),
    callTime: item * 2,
    outcome: { kind: 'ok', output: outputOf(item), returnTime: item * 2 + 1 } as const,
  }));
  return checkSync(model, history, { maxMemoryBytes: 2 ** 24 }).verdict;
}

describe('the states of a long history share what they hold', () => {
  test('queue', () => {
    const verdict = verdictOfAdditions(
      queue<number>(),
      (item) => ({ kind: 'enqueue' as const, item }),
      () => undefined,
    );
    expect(verdict).toBe('linearizable');
  });

  test('stack', () => {
    const verdict = verdictOfAdditions(
      stack<number>(),
      (item) => ({ kind: 'push' as const, item }),
      () => undefined,
    );
    expect(verdict).toBe('linearizable');
  });

  test('log', () => {
    const verdict = verdictOfAdditions(
      log<number>(),
      (item) => ({ kind: 'append' as const, item }),
      (item) => item,
    );
    expect(verdict).toBe('linearizable');
  });
});
