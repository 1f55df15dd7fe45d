/**
 * Work begun at the times at which it is due, whatever becomes of what was begun before.
 *
 * A loop that waits for answers asks less of a service that stalls, and so never measures the
 * stall ("coordinated omission"). Here each piece of work knows when it was due, and its latency
 * counts from then, even if this process itself was late to begin it.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** Time, as a test may want it. */
export interface LoopClock {
  readonly nowMs: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const systemClock: LoopClock = {
  nowMs: () => performance.now(),
  wait: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/** What is begun, and how often. */
export interface OpenLoop {
  readonly ratePerSecond: number;
  readonly durationMs: number;
  readonly signal: AbortSignal;
  /** Gets the time at which it was due. Must not reject. */
  readonly begin: (dueMs: number) => Promise<void>;
}

/** Begins all that is due, then waits for what is under way. @returns How many were begun. */
export async function openLoop(loop: OpenLoop, clock: LoopClock = systemClock): Promise<number> {
  const { ratePerSecond, durationMs, signal, begin } = loop;
  const startMs = clock.nowMs();
  const count = Math.floor((ratePerSecond * durationMs) / 1_000);
  const underWay = new Set<Promise<void>>();
  let begun = 0;
  while (begun < count && !signal.aborted) {
    const dueMs = startMs + (begun * 1_000) / ratePerSecond;
    const earlyMs = dueMs - clock.nowMs();
    if (earlyMs > 0) {
      await clock.wait(earlyMs, signal);
      continue;
    }
    const work = begin(dueMs);
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
    begun += 1;
  }
  await Promise.all(underWay);
  return begun;
}
