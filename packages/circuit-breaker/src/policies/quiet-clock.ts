import type { Clock, Timer } from '@quorate/transport';

/**
 * `clock`, whose timers do not keep the process open.
 *
 * They watch over work that holds the process open by itself while it runs. A process that has
 * nothing else to do must not wait for the deadline of a call that has long been answered.
 */
export function quietClock(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallTimeMs: () => clock.wallTimeMs(),
    setTimer(delayMs, callback): Timer {
      const timer = clock.setTimer(delayMs, callback);
      timer.unref?.();
      return timer;
    },
  };
}
