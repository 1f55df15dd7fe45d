import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Incarnation } from '../src/incarnation.ts';
import { Scheduler, type SimulatedEvent } from '../src/scheduler.ts';
import { noLabel } from '../src/trace.ts';

test('admits while it runs, keeps while it is paused, forgets once it has ended', () => {
  const scheduler = new Scheduler();
  const incarnation = new Incarnation(nodeId('n'), noLabel, 1, scheduler);
  const admitted: string[] = [];
  const eventOf = (name: string): SimulatedEvent => {
    const event = {
      fire: () => {
        const isAdmitted = incarnation.admits(event);
        if (isAdmitted) admitted.push(name);
        return isAdmitted;
      },
    };
    return event;
  };
  const [first, second, third] = ['first', 'second', 'third'].map(eventOf);

  expect(first?.fire()).toBe(true);
  incarnation.pause();
  expect(incarnation.isPaused).toBe(true);
  expect([first?.fire(), second?.fire()]).toEqual([false, false]);
  incarnation.resume();
  expect(incarnation.isPaused).toBe(false);
  for (const _ of [1, 2]) scheduler.advance(0)?.fire();
  expect(admitted).toEqual(['first', 'first', 'second']);

  incarnation.pause();
  expect(third?.fire()).toBe(false);
  expect(incarnation.end()).toEqual([third]);
  expect([incarnation.isAlive, incarnation.isPaused]).toEqual([false, false]);
  expect(first?.fire()).toBe(false);
  expect(incarnation.end()).toEqual([]);
  expect(scheduler.size).toBe(0);
});
