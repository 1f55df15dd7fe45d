import { describe, expect, test } from 'vitest';

import { ReadQueue, type WaitingRead } from '../src/read-queue.ts';

function own(readId: number): WaitingRead {
  return { kind: 'own', readId };
}

describe('ReadQueue', () => {
  test('answers the reads of a round with the index of its start', () => {
    const reads = new ReadQueue(10);
    reads.add(own(1));
    reads.add(own(2));
    reads.begin(5, 100);
    reads.add(own(3));
    reads.begin(6, 200);
    expect(reads.confirm(4)).toEqual([]);
    expect(reads.confirm(5)).toEqual([
      { read: own(1), readIndex: 100 },
      { read: own(2), readIndex: 100 },
    ]);
    expect(reads.confirm(5)).toEqual([]);
    expect(reads.confirm(9)).toEqual([{ read: own(3), readIndex: 200 }]);
  });

  test('a later round confirms the earlier ones', () => {
    const reads = new ReadQueue(10);
    reads.add(own(1));
    reads.begin(1, 7);
    reads.add(own(2));
    reads.begin(2, 8);
    expect(reads.confirm(2).map(({ read }) => read)).toEqual([own(1), own(2)]);
    expect(reads.hasRound).toBe(false);
  });

  test('a round nobody waits for is none', () => {
    const reads = new ReadQueue(10);
    reads.begin(1, 7);
    expect(reads.hasRound).toBe(false);
  });

  test('is full at its limit, waiting reads and those under way together', () => {
    const reads = new ReadQueue(2);
    reads.add(own(1));
    reads.begin(1, 7);
    reads.add(own(2));
    expect(reads.isFull).toBe(true);
    reads.confirm(1);
    expect(reads.isFull).toBe(false);
  });

  test('gives back every read when leadership ends', () => {
    const reads = new ReadQueue(10);
    reads.add(own(1));
    reads.begin(1, 7);
    reads.add(own(2));
    expect(reads.drain()).toEqual([own(1), own(2)]);
    expect([reads.hasRound, reads.hasWaiting, reads.isFull]).toEqual([false, false, false]);
  });
});
