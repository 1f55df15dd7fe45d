import { describe, expect, test } from 'vitest';

import { CommitQueue } from '../src/commit-queue.ts';

interface Numbers {
  readonly numbers: number[];
  readonly isEmpty: boolean;
  readonly isFull: boolean;
}

function queueOf(write: (numbers: readonly number[]) => Promise<void>): CommitQueue<Numbers> {
  return new CommitQueue({
    create: () => {
      const numbers: number[] = [];
      return {
        numbers,
        get isEmpty() {
          return numbers.length === 0;
        },
        get isFull() {
          return numbers.length >= 3;
        },
      };
    },
    write: (batch) => write(batch.numbers),
    isHarmless: (error) => String(error).includes('full'),
  });
}
const add = (number: number) => (batch: Numbers) => void batch.numbers.push(number);

describe('a commit queue', () => {
  test('writes what came in one turn together, up to a full batch, in order', async () => {
    const written: (readonly number[])[] = [];
    const queue = queueOf((numbers) => {
      written.push([...numbers]);
      return Promise.resolve();
    });
    await Promise.all([1, 2, 3, 4].map((number) => queue.submit(add(number))));
    expect(written).toEqual([[1, 2, 3], [4]]);
    await queue.idle();
    expect(queue.waiting).toEqual([]);
  });

  test('does not write a batch of nothing', async () => {
    let writeCount = 0;
    const queue = queueOf(() => {
      writeCount += 1;
      return Promise.resolve();
    });
    await queue.submit(() => undefined);
    expect(writeCount).toBe(0);
  });

  test('rejects everything that waits, for good unless the failure is harmless', async () => {
    const failures = [new Error('full'), new Error('broken')];
    const queue = queueOf(() => Promise.reject(failures.shift() ?? new Error('none left')));
    const first = await Promise.allSettled([1, 2, 3, 4].map((one) => queue.submit(add(one))));
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(queue.failure).toBeUndefined();
    await expect(queue.submit(add(5))).rejects.toThrow('broken');
    expect(queue.failure?.message).toBe('broken');
  });
});
