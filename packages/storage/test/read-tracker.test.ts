import { describe, expect, test } from 'vitest';

import { ReadTracker } from '../src/read-tracker.ts';

describe('a read tracker', () => {
  test('waits for the reads that are under way, failed or not, and for no later one', async () => {
    const reads = new ReadTracker();
    let finish = (): void => undefined;
    const slow = reads.track(new Promise<void>((resolve) => (finish = resolve)));
    const failing = reads.track(Promise.reject(new Error('bad sector')));
    let isSettled = false;
    const settled = reads.settled().then(() => (isSettled = true));
    void reads.track(new Promise(() => undefined));
    await expect(failing).rejects.toThrow('bad sector');
    expect(isSettled).toBe(false);
    finish();
    await slow;
    await settled;
    expect(isSettled).toBe(true);
  });
});
