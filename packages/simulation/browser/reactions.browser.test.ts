import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { Simulation } from '../src/index.ts';

/** A node with two timers of the same instant; what each does is up to the test. */
function twoTimers(first: () => unknown, second: () => unknown): Simulation {
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(nodeId('n'), ({ clock }) => {
    clock.setTimer(1, first);
    clock.setTimer(1, second);
    return {};
  });
  return simulation;
}

test('an event waits for a long chain of reactions, without any help of the host', async () => {
  const order: string[] = [];
  const chain = async (): Promise<void> => {
    for (let link = 0; link < 10_000; link += 1) await Promise.resolve();
    order.push('end of the chain');
  };
  await twoTimers(chain, () => order.push('next event')).run(10);
  expect(order).toEqual(['end of the chain', 'next event']);
});

test('a stray look at the clock fails the run, in a timer and in a reaction', async () => {
  const look = (): number => Date.now();
  const later = async (): Promise<void> => {
    await Promise.resolve();
    expect(look).toThrow('Date.now: forbidden in simulated code');
  };
  await expect(twoTimers(look, later).run(10)).rejects.toThrow('Date.now: forbidden');
  await twoTimers(later, later).run(10);
});

test('the page goes on: its timers run, and may look at the clock', async () => {
  let lookedAtMs = 0;
  setTimeout(() => (lookedAtMs = Date.now()), 0);
  const simulation = new Simulation({ seed: 1 });
  simulation.addNode(nodeId('n'), ({ clock }) => {
    const tick = (): void => void clock.setTimer(1, tick);
    tick();
    return {};
  });
  await simulation.runUntil(() => lookedAtMs > 0, 1e6);
  expect(lookedAtMs).toBeGreaterThan(0);
});
