import { describe, expect, test } from 'vitest';

import { ReadQueue } from '../src/read-queue.ts';

describe('ReadQueue', () => {
  test('answers the reads of a round with the index of its start', () => {
    const reads = new ReadQueue(10);
    reads.add(1);
    reads.add(2);
    reads.begin(5, 100);
    reads.add(3);
    reads.begin(6, 200);
    expect(reads.confirm(4)).toEqual([]);
    expect(reads.confirm(5)).toEqual([
      { readId: 1, readIndex: 100 },
      { readId: 2, readIndex: 100 },
    ]);
    expect(reads.confirm(5)).toEqual([]);
    expect(reads.confirm(9)).toEqual([{ readId: 3, readIndex: 200 }]);
  });

  test('a later round confirms the earlier ones', () => {
    const reads = new ReadQueue(10);
    reads.add(1);
    reads.begin(1, 7);
    reads.add(2);
    reads.begin(2, 8);
    expect(reads.confirm(2).map(({ readId }) => readId)).toEqual([1, 2]);
    expect(reads.hasRound).toBe(false);
  });

  test('a round nobody waits for is none', () => {
    const reads = new ReadQueue(10);
    reads.begin(1, 7);
    expect(reads.hasRound).toBe(false);
  });

  test('is full at its limit, waiting reads and those under way together', () => {
    const reads = new ReadQueue(2);
    reads.add(1);
    reads.begin(1, 7);
    reads.add(2);
    expect(reads.isFull).toBe(true);
    reads.confirm(1);
    expect(reads.isFull).toBe(false);
  });

  test('gives back every read when leadership ends', () => {
    const reads = new ReadQueue(10);
    reads.add(1);
    reads.begin(1, 7);
    reads.add(2);
    expect(reads.drain()).toEqual([1, 2]);
    expect([reads.hasRound, reads.hasWaiting, reads.isFull]).toEqual([false, false, false]);
  });
});
