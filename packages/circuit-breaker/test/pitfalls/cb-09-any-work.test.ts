/**
 * Elsewhere: work that returns nothing, or throws before it returns a promise, is a failure of the
 * breaker itself, or passes it by uncounted.
 *
 * Protection: the work is called inside the awaited block (`execute`, `circuit-breaker.ts`).
 */
import { describe, expect, test } from 'vitest';

import type { Work } from '../../src/policy.ts';
import { scene } from '../support/scene.ts';

const thenable = (
  settle: (resolve: (value: string) => void, reject: (e: Error) => void) => void,
) => ({
  then(resolve: (value: string) => void, reject: (error: Error) => void) {
    settle(resolve, reject);
  },
});

const good: readonly (readonly [string, Work<unknown>, unknown])[] = [
  ['returns nothing', () => undefined, undefined],
  ['returns null', () => null, null],
  ['returns a value', () => 7, 7],
  ['returns a promise', () => Promise.resolve('later'), 'later'],
  ['returns a thenable', () => thenable((resolve) => resolve('odd')), 'odd'],
];

const bad: readonly (readonly [string, Work<unknown>])[] = [
  [
    'throws before it returns',
    () => {
      throw new Error('down');
    },
  ],
  ['returns a promise that rejects', () => Promise.reject(new Error('down'))],
  ['returns a thenable that rejects', () => thenable((_, reject) => reject(new Error('down')))],
];

describe('work', () => {
  test.each(good)('is a success when it %s', async (_, work, expected) => {
    const { breaker } = scene();
    await expect(breaker.run(work)).resolves.toBe(expected);
    expect(breaker.status().tallies).toMatchObject({ successCount: 1, failureCount: 0 });
  });

  test.each(bad)('is a failure when it %s', async (_, work) => {
    const { breaker } = scene();
    await expect(breaker.run(work)).rejects.toThrow('down');
    expect(breaker.status().tallies).toMatchObject({ successCount: 0, failureCount: 1 });
  });

  test('may reject with anything, and the caller gets that very thing', async () => {
    const { breaker } = scene();
    const odd = { status: 503 };
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- clients do so
    await expect(breaker.run(() => Promise.reject(odd))).rejects.toBe(odd);
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- clients do so
    await expect(breaker.run(() => Promise.reject(undefined))).rejects.toBeUndefined();
    expect(breaker.status().tallies.failureCount).toBe(2);
  });
});
