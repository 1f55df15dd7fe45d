import { expect, test } from 'vitest';

import { type LoopClock, openLoop } from '../../../src/cli/bench/open-loop.ts';

/** Time that passes only while somebody waits, each time by `lateMs` more than was asked for. */
function clockLateBy(lateMs: number): LoopClock & { pass: (ms: number) => void } {
  let nowMs = 1_000;
  return {
    nowMs: () => nowMs,
    wait: async (ms) => {
      nowMs += ms + lateMs;
    },
    pass: (ms) => (nowMs += ms),
  };
}

const signal = new AbortController().signal;

test('what is due during a stall counts from when it was due', async () => {
  const clock = clockLateBy(0);
  const latencies: number[] = [];
  const begun = await openLoop(
    {
      ...{ ratePerSecond: 10, durationMs: 1_000, signal },
      begin: async (dueMs) => {
        latencies.push(clock.nowMs() - dueMs);
        // The third one blocks this process for 250 ms.
        if (latencies.length === 3) clock.pass(250);
      },
    },
    clock,
  );
  expect(begun).toBe(10);
  expect(latencies).toEqual([0, 0, 0, 150, 50, 0, 0, 0, 0, 0]);
});

test('the rate does not wait for answers', async () => {
  const answers = Promise.withResolvers<undefined>();
  let underWay = 0;
  const begin = async (): Promise<void> => {
    underWay += 1;
    if (underWay === 20) answers.resolve(undefined);
    await answers.promise;
  };
  const loop = { ratePerSecond: 100, durationMs: 200, signal, begin };
  expect(await openLoop(loop, clockLateBy(1))).toBe(20);
});

test('begins nothing once it is ended', async () => {
  const ending = new AbortController();
  const begin = async (): Promise<void> => ending.abort();
  const loop = { ratePerSecond: 10, durationMs: 1_000, signal: ending.signal, begin };
  expect(await openLoop(loop, clockLateBy(0))).toBe(1);
});
