import { expect, test } from 'vitest';

import { Decisions } from '../src/decisions.ts';
import { endOfTimeUs, Scheduler, type SimulatedEvent } from '../src/scheduler.ts';

const event = (): SimulatedEvent => ({ fire: () => false });

test('time moves to the next event, or to where it was asked', () => {
  const scheduler = new Scheduler();
  const [first, second] = [event(), event()];
  scheduler.plan(10, first);
  scheduler.plan(20, second);
  expect(scheduler.advance(5)).toBeUndefined();
  expect(scheduler.nowUs).toBe(5);
  expect(scheduler.advance(15)).toBe(first);
  expect(scheduler.nowUs).toBe(10);
  expect(scheduler.advance(15)).toBeUndefined();
  expect([scheduler.nowUs, scheduler.size]).toEqual([15, 1]);
  expect(scheduler.advance(Infinity)).toBe(second);
});

test('a cancelled event does not happen, and cannot be cancelled twice', () => {
  const scheduler = new Scheduler();
  const only = event();
  const slot = scheduler.plan(10, only);
  expect(scheduler.cancel(slot, only)).toBe(true);
  expect(scheduler.cancel(slot, only)).toBe(false);
  expect(scheduler.advance(100)).toBeUndefined();
});

test('the past is closed, and the end of time is finite', () => {
  const scheduler = new Scheduler();
  scheduler.advance(10);
  expect(() => scheduler.plan(9, event())).toThrow('nothing is planned for the past');
  expect(() => scheduler.plan(NaN, event())).toThrow('nothing is planned for the past');
  scheduler.plan(Infinity, event());
  expect(scheduler.advance(endOfTimeUs - 1)).toBeUndefined();
  expect(scheduler.advance(endOfTimeUs)).toBeDefined();
});

test('waiting for ever takes no time once nothing is left to happen', () => {
  const scheduler = new Scheduler();
  scheduler.plan(10, event());
  scheduler.advance(Infinity);
  expect(scheduler.advance(Infinity)).toBeUndefined();
  expect(scheduler.nowUs).toBe(10);
});

/** In which order events of one instant happen, each named by its lane and its place in it. */
function orderAt(seed: number, atUs: number, lanes: readonly number[]): readonly string[] {
  const scheduler = new Scheduler(new Decisions(seed, 'ties'));
  const names = new Map<SimulatedEvent, string>();
  lanes.forEach((lane, index) => {
    const place = lanes.slice(0, index).filter((other) => other === lane).length;
    const planned = event();
    names.set(planned, `${lane}.${place}`);
    scheduler.plan(atUs, planned, lane);
  });
  return lanes.map(() => names.get(scheduler.advance(Infinity) ?? event()) ?? '');
}

const lanes = [1, 2, 3, 2, 1, 1];

test('by chance, every order of lanes comes, and each lane keeps its own', () => {
  const orders = new Map<string, number>();
  for (let seed = 0; seed < 600; seed += 1) {
    const order = orderAt(seed, 1_000, lanes);
    for (const lane of [1, 2, 3]) {
      const own = order.filter((name) => name.startsWith(`${lane}.`));
      expect(own).toEqual(own.toSorted());
    }
    const ofLanes = [...new Set(order.map((name) => name[0]))].join('');
    orders.set(ofLanes, (orders.get(ofLanes) ?? 0) + 1);
  }
  // Six orders, 100 times each; five deviations are 46.
  expect(orders.size).toBe(6);
  for (const count of orders.values()) expect(Math.abs(count - 100)).toBeLessThan(46);
});

test('what chance makes of an instant, an event more or less does not change', () => {
  const order = orderAt(1, 1_000, lanes);
  const without = orderAt(1, 1_000, [1, 2, 2, 1, 1]);
  expect(order.filter((name) => !name.startsWith('3.'))).toEqual(without);
  const instants = Array.from({ length: 100 }, (_, atUs) => orderAt(1, atUs, [1, 2]).join());
  expect(new Set(instants).size).toBe(2);
});
