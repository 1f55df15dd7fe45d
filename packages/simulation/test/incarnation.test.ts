import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Incarnation } from '../src/incarnation.ts';
import type { SimulatedEvent } from '../src/scheduler.ts';
import { noLabel } from '../src/trace.ts';

const event = (): SimulatedEvent => ({ fire: () => false });

test('admits while it runs, keeps while it is paused, forgets once it has ended', () => {
  const incarnation = new Incarnation(nodeId('n'), noLabel, 1);
  const [first, second, third] = [event(), event(), event()];
  expect(incarnation.admits(first)).toBe(true);
  incarnation.pause();
  expect([incarnation.admits(first), incarnation.admits(second)]).toEqual([false, false]);
  expect(incarnation.resume()).toEqual([first, second]);
  expect(incarnation.resume()).toEqual([]);
  incarnation.pause();
  expect(incarnation.admits(third)).toBe(false);
  expect(incarnation.end()).toEqual([third]);
  expect([incarnation.isAlive, incarnation.isPaused]).toEqual([false, false]);
  expect(incarnation.admits(first)).toBe(false);
  expect(incarnation.end()).toEqual([]);
});
