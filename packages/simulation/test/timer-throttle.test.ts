import { expect, test } from 'vitest';

import { Scheduler, type SimulatedEvent } from '../src/scheduler.ts';
import { type ThrottledTimer, TimerThrottle } from '../src/timer-throttle.ts';

/** Timers due at some local time, on a machine whose local time is true. */
class Timers {
  readonly scheduler: Scheduler = new Scheduler();
  readonly fired: string[] = [];
  readonly throttle: TimerThrottle;

  constructor() {
    const { scheduler } = this;
    this.throttle = new TimerThrottle(scheduler, {
      localUs: () => scheduler.nowUs,
      trueUsAt: (localUs) => localUs,
    });
  }

  add(dueUs: number, name: string): ThrottledTimer {
    let slot = -1;
    const timer: ThrottledTimer & SimulatedEvent = {
      fire: () => {
        if (!this.throttle.admits(timer, dueUs)) return false;
        this.fired.push(`${name} ${this.scheduler.nowUs}`);
        return true;
      },
      planAt: (atUs) => {
        this.scheduler.cancel(slot, timer);
        slot = this.scheduler.plan(atUs, timer);
      },
    };
    timer.planAt(dueUs);
    return timer;
  }

  runUntil(endUs: number): void {
    for (let event = this.scheduler.advance(endUs); event !== undefined;) {
      event.fire();
      event = this.scheduler.advance(endUs);
    }
  }
}

test('without a throttle, timers fire when they are due', () => {
  const timers = new Timers();
  timers.add(7, 'a');
  timers.add(3, 'b');
  timers.runUntil(100);
  expect(timers.fired).toEqual(['b 3', 'a 7']);
  expect(timers.throttle.delayMsMin).toBe(0);
});

test('timers wait for the next wake-up, and fire in the order in which they were due', () => {
  const timers = new Timers();
  timers.throttle.change(1);
  for (const [name, dueUs] of Object.entries({ a: 1_900, b: 1_200, c: 2_000, d: 2_001 })) {
    timers.add(dueUs, name);
  }
  timers.runUntil(10_000);
  expect(timers.fired).toEqual(['b 2000', 'a 2000', 'c 2000', 'd 3000']);
  expect(timers.throttle.delayMsMin).toBe(1);
});

test('what is due fires at once when the throttle ends, in the order in which it was due', () => {
  const timers = new Timers();
  timers.throttle.change(60_000);
  timers.add(900, 'a');
  timers.add(200, 'b');
  timers.add(5_000, 'c');
  timers.runUntil(1_000);
  timers.throttle.change(0);
  timers.runUntil(10_000);
  expect(timers.fired).toEqual(['b 1000', 'a 1000', 'c 5000']);
});

test('a throttle that tightens moves those that wait', () => {
  const timers = new Timers();
  timers.throttle.change(1);
  timers.add(100, 'a');
  timers.runUntil(500);
  timers.throttle.change(10);
  timers.runUntil(100_000);
  expect(timers.fired).toEqual(['a 10000']);
});

test('a timer that was cancelled is not planned again', () => {
  const timers = new Timers();
  timers.throttle.change(1_000);
  const timer = timers.add(100, 'a');
  timers.runUntil(200);
  expect(timers.scheduler.size).toBe(1);
  timers.throttle.forget(timer);
  timers.throttle.change(0);
  timers.runUntil(300);
  expect(timers.fired).toEqual([]);
});
