import { expect, test } from 'vitest';

import { DeadlineLine } from '../../src/waiting/deadline-line.ts';
import { ManualClock } from '../support/manual-clock.ts';

test('waits pass in their order on one timer, those that ended do not', async () => {
  const clock = new ManualClock();
  const line = new DeadlineLine(clock, 100);
  const passed: string[] = [];
  const begin = (name: string) => line.begin(() => passed.push(name));
  begin('a');
  const ended = begin('b');
  await clock.advance(50);
  begin('c');
  line.end(ended);
  line.end(ended);
  expect([line.size, clock.timerCount]).toEqual([2, 1]);
  await clock.advance(50);
  expect(passed).toEqual(['a']);
  await clock.advance(50);
  expect(passed).toEqual(['a', 'c']);
  expect([line.size, clock.timerCount]).toEqual([0, 0]);
});

test('the last wait that ends takes the timer with it', () => {
  const clock = new ManualClock();
  const line = new DeadlineLine(clock, 100);
  line.end(line.begin(() => undefined));
  expect([line.size, clock.timerCount]).toEqual([0, 0]);
});
