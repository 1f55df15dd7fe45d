import type { Clock } from '@quorate/transport';
import { nodeId } from '@quorate/transport';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type ClockOptions, Simulation } from '../src/index.ts';

const id = nodeId('n');

/** A node that does nothing, and its clock. */
async function clockOf(
  clocks: ClockOptions = {},
  seed = 1,
): Promise<{ simulation: Simulation; clock: Clock }> {
  const simulation = new Simulation({ seed, clocks });
  let clock: Clock | undefined;
  simulation.addNode(id, (environment) => {
    ({ clock } = environment);
    return {};
  });
  await simulation.run(0);
  if (clock === undefined) throw new Error('expected a start');
  return { simulation, clock };
}

test('timers run not before their time, in the order of time and then of setting', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.nat(2_000).map((delay) => delay / 100),
        { maxLength: 50 },
      ),
      fc.integer({ min: -100_000, max: 100_000 }),
      async (delays, ppm) => {
        const { simulation, clock } = await clockOf();
        simulation.inject({ kind: 'drift', node: id, ppm });
        await simulation.run(12.345);
        const setAtMs = clock.nowMs();
        const fired: number[] = [];
        delays.forEach((delayMs, index) =>
          clock.setTimer(delayMs, () => {
            fired.push(index);
            expect(clock.nowMs() - setAtMs).toBeGreaterThanOrEqual(delayMs);
            expect(clock.nowMs()).toBeGreaterThanOrEqual(setAtMs + delayMs);
            expect(clock.nowMs() - setAtMs).toBeLessThan(delayMs + 0.01);
          }),
        );
        await simulation.run(100);
        const inOrder = delays
          .map((delayMs, index) => ({ delayMs, index }))
          .toSorted((x, y) => x.delayMs - y.delayMs || x.index - y.index);
        expect(fired).toEqual(inOrder.map(({ index }) => index));
      },
    ),
    { numRuns: 50 },
  );
});

test('a cancelled timer does not run, not even when its time has come', async () => {
  const { simulation, clock } = await clockOf();
  const fired: string[] = [];
  const second = { cancel: (): void => undefined };
  clock.setTimer(10, () => {
    fired.push('first');
    second.cancel();
  });
  const timer = clock.setTimer(10, () => fired.push('second'));
  second.cancel = () => timer.cancel();
  await simulation.run(100);
  timer.cancel();
  expect(fired).toEqual(['first']);
});

test('a timer of 0 ms runs when the running code has returned', async () => {
  const { simulation, clock } = await clockOf();
  const order: string[] = [];
  clock.setTimer(5, () => {
    clock.setTimer(0, () => order.push('timer'));
    order.push('code');
  });
  await simulation.run(5);
  expect(order).toEqual(['code', 'timer']);
});

test.each([NaN, -1, Infinity, -Infinity])('refuses a delay of %f', async (delayMs) => {
  const { simulation, clock } = await clockOf();
  for (const one of [clock, simulation.clock]) {
    expect(() => one.setTimer(delayMs, () => undefined)).toThrow(
      `delayMs: expected a finite number, at least 0, got ${delayMs}`,
    );
  }
});

test('a timer as late as numbers go does not disturb those before it', async () => {
  const { simulation, clock } = await clockOf();
  let count = 0;
  for (const delayMs of [1e15, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE]) {
    clock.setTimer(delayMs, () => (count += 1));
  }
  clock.setTimer(1, () => (count += 10));
  await simulation.run(1e9);
  expect(count).toBe(10);
});

test('drift makes local time run fast or slow, and changes never turn it back', async () => {
  const { simulation, clock } = await clockOf();
  let lastMs = clock.nowMs();
  for (const ppm of [100_000, -100_000, 500_000, -500_000, 0]) {
    const [fromMs, trueFromMs] = [clock.nowMs(), simulation.nowMs];
    expect(fromMs).toBeGreaterThanOrEqual(lastMs);
    simulation.inject({ kind: 'drift', node: id, ppm });
    expect(clock.nowMs()).toBe(fromMs);
    await simulation.run(1_000);
    const rate = (clock.nowMs() - fromMs) / (simulation.nowMs - trueFromMs);
    expect(rate).toBeCloseTo(1 + ppm / 1_000_000, 4);
    lastMs = clock.nowMs();
  }
});

test('a timer waits for its local time when the clock is slowed after it was set', async () => {
  const { simulation, clock } = await clockOf();
  let firedAtMs = -1;
  const setAtMs = clock.nowMs();
  clock.setTimer(100, () => (firedAtMs = clock.nowMs()));
  await simulation.run(50);
  simulation.inject({ kind: 'drift', node: id, ppm: -500_000 });
  await simulation.run(75);
  expect(firedAtMs).toBe(-1);
  await simulation.run(50);
  expect(firedAtMs - setAtMs).toBeGreaterThanOrEqual(100);
  expect(firedAtMs - setAtMs).toBeLessThan(101);
});

test('the calendar jumps, monotonic time does not', async () => {
  const { simulation, clock } = await clockOf({ wallTimeStartMs: 1_000_000 });
  await simulation.run(500);
  expect(clock.wallTimeMs()).toBe(1_000_500);
  const nowMs = clock.nowMs();
  simulation.inject({ kind: 'wallJump', node: id, byMs: -400_000 });
  expect(clock.wallTimeMs()).toBe(600_500);
  simulation.inject({ kind: 'wallJump', node: id, byMs: 900_000 });
  expect(clock.wallTimeMs()).toBe(1_500_500);
  expect(clock.nowMs()).toBe(nowMs);
});

test('each seed gives each node its own offset and drift, within bounds', async () => {
  const options = { wallTimeStartMs: 1e9, offsetMsMax: 1_000, driftPpmMax: 50_000 };
  const offsets = new Set<number>();
  for (let seed = 0; seed < 50; seed += 1) {
    const { simulation, clock } = await clockOf(options, seed);
    const offsetMs = clock.wallTimeMs() - 1e9;
    expect(Math.abs(offsetMs)).toBeLessThanOrEqual(1_000);
    offsets.add(offsetMs);
    const fromMs = clock.nowMs();
    await simulation.run(1_000);
    expect(Math.abs(clock.nowMs() - fromMs - 1_000)).toBeLessThanOrEqual(50.001);
  }
  expect(offsets.size).toBeGreaterThan(40);
});

test('timers are late by up to as much as asked', async () => {
  const { simulation, clock } = await clockOf({ timerLatenessMsMax: 20 });
  const lateness: number[] = [];
  const setAtMs = clock.nowMs();
  for (let count = 0; count < 200; count += 1) {
    clock.setTimer(100, () => lateness.push(clock.nowMs() - setAtMs - 100));
  }
  await simulation.run(200);
  expect(Math.min(...lateness)).toBeLessThan(2);
  expect(Math.max(...lateness)).toBeGreaterThan(18);
  expect(Math.max(...lateness)).toBeLessThanOrEqual(20.01);
});

test('timers set while a fault says so are late besides, and only those', async () => {
  const { simulation, clock } = await clockOf({ timerLatenessMsMax: 5 });
  const latenessOf = async (count: number): Promise<readonly number[]> => {
    const setAtMs = clock.nowMs();
    const lateness: number[] = [];
    for (let index = 0; index < count; index += 1) {
      clock.setTimer(100, () => lateness.push(clock.nowMs() - setAtMs - 100));
    }
    await simulation.run(1_000);
    return lateness;
  };
  simulation.inject({ kind: 'lateTimers', node: id, byMsMax: 95 });
  const late = (await latenessOf(1_000)).toSorted((x, y) => x - y);
  // Uniform over 0..100: Kolmogorov and Smirnov's distance, as far off as 1 in 100 would be.
  const distance = late.reduce(
    (worst, ms, at) => Math.max(worst, Math.abs(ms / 100 - (at + 0.5) / late.length)),
    0,
  );
  expect(distance).toBeLessThan(1.63 / Math.sqrt(late.length));
  simulation.inject({ kind: 'lateTimers', node: id, byMsMax: 0 });
  expect(Math.max(...(await latenessOf(100)))).toBeLessThanOrEqual(5.01);
});

test("in a hidden tab timers fire once a second, on the machine's own second", async () => {
  const { simulation, clock } = await clockOf();
  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 1_000 });
  const fired: number[] = [];
  const tick = (delayMs: number) => (): void => {
    fired.push(simulation.nowMs);
    clock.setTimer(delayMs, tick(delayMs));
  };
  clock.setTimer(50, tick(50));
  clock.setTimer(1, tick(1));
  clock.setTimer(1_000, tick(1_000));
  await simulation.run(3_500);
  expect(fired).toEqual([1_000, 1_000, 1_000, 2_000, 2_000, 2_000, 3_000, 3_000, 3_000]);

  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 60_000 });
  fired.length = 0;
  await simulation.run(120_000);
  expect(new Set(fired)).toEqual(new Set([60_000, 120_000]));

  // Shown again: what is due fires at once.
  fired.length = 0;
  await simulation.run(500);
  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 0 });
  await simulation.run(0);
  expect(fired).toContain(124_000);
});

test('a timer of 0 ms that a wake-up sets waits for the next', async () => {
  const { simulation, clock } = await clockOf();
  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 1_000 });
  let count = 0;
  const tick = (): void => {
    count += 1;
    clock.setTimer(0, tick);
  };
  clock.setTimer(0, tick);
  await simulation.run(5_000);
  expect(count).toBe(5);
});

test.each([400_000, -400_000])('a hidden tab keeps its seconds at %i ppm', async (ppm) => {
  const { simulation, clock } = await clockOf();
  simulation.inject({ kind: 'drift', node: id, ppm });
  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 1_000 });
  let count = 0;
  const tick = (): void => {
    count += 1;
    clock.setTimer(500, tick);
  };
  tick();
  await simulation.run(100_500);
  expect(count).toBe(1 + Math.floor(100.5 * (1 + ppm / 1_000_000)));
});

test('a hidden tab may be paused, or die with its timers', async () => {
  const { simulation, clock } = await clockOf();
  const fired: string[] = [];
  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 1_000 });
  clock.setTimer(100, () => fired.push(`timer ${simulation.nowMs}`));
  await simulation.run(500);
  simulation.pause(id);
  await simulation.run(1_000);
  simulation.resume(id);
  await simulation.run(0);
  expect(fired).toEqual(['timer 1500']);
  clock.setTimer(100, () => fired.push('of a life that is over'));
  await simulation.run(200);
  simulation.crash(id);
  simulation.restart(id);
  simulation.calm();
  await simulation.run(5_000);
  expect(fired).toEqual(['timer 1500']);
});

test('a calendar stands still while frozen, and monotonic time goes on', async () => {
  const { simulation, clock } = await clockOf({ wallTimeStartMs: 1_000_000 });
  await simulation.run(100);
  const nowMs = clock.nowMs();
  simulation.inject({ kind: 'wallFreeze', node: id, isFrozen: true });
  await simulation.run(5_000);
  expect(clock.wallTimeMs()).toBe(1_000_100);
  expect(clock.nowMs()).toBe(nowMs + 5_000);
  simulation.inject({ kind: 'wallFreeze', node: id, isFrozen: false });
  expect(clock.wallTimeMs()).toBe(1_005_100);
});

test('a leap second is smeared over a day', async () => {
  const { simulation, clock } = await clockOf({ wallTimeStartMs: 0 });
  const dayMs = 86_400_000;
  simulation.inject({ kind: 'leapSmear', node: id, byMs: -1_000, overMs: dayMs });
  await simulation.run(dayMs / 2);
  expect(clock.wallTimeMs()).toBe(dayMs / 2 - 500);
  await simulation.run(dayMs);
  expect(clock.wallTimeMs()).toBe(1.5 * dayMs - 1_000);
});

test('calm sets all clocks going again, and leaves calendars where they got to', async () => {
  const { simulation, clock } = await clockOf({ wallTimeStartMs: 0 });
  simulation.inject({ kind: 'leapSmear', node: id, byMs: 1_000, overMs: 10_000 });
  simulation.inject({ kind: 'wallFreeze', node: id, isFrozen: true });
  simulation.inject({ kind: 'throttleTimers', node: id, everyMs: 60_000 });
  simulation.inject({ kind: 'lateTimers', node: id, byMsMax: 50_000 });
  await simulation.run(1_000);
  simulation.calm();
  expect(clock.wallTimeMs()).toBe(1_100);
  const fired: number[] = [];
  clock.setTimer(100, () => fired.push(clock.wallTimeMs()));
  await simulation.run(100);
  expect(fired).toEqual([1_200]);
});

test('monotonic time starts anew with every life, the calendar goes on', async () => {
  const simulation = new Simulation({ seed: 1 });
  const readings: { readonly nowMs: number; readonly wallTimeMs: number }[] = [];
  simulation.addNode(id, ({ clock }) => {
    readings.push({ nowMs: clock.nowMs(), wallTimeMs: clock.wallTimeMs() });
    return {};
  });
  await simulation.run(100);
  simulation.crash(id);
  simulation.restart(id);
  await simulation.run(100);
  const [first, second] = readings;
  expect((second?.wallTimeMs ?? 0) - (first?.wallTimeMs ?? 0)).toBe(100);
  expect(second?.nowMs).not.toBe((first?.nowMs ?? 0) + 100);
});

test('the clock of the test shows true time', async () => {
  const { simulation } = await clockOf({ wallTimeStartMs: 5_000, driftPpmMax: 400_000 });
  const firedAtMs: number[] = [];
  simulation.clock.setTimer(123.4564, () => firedAtMs.push(simulation.clock.nowMs()));
  simulation.clock.setTimer(50, () => firedAtMs.push(-1)).cancel();
  await simulation.run(1_000);
  expect(firedAtMs).toEqual([123.457]);
  expect(simulation.clock.nowMs()).toBe(1_000);
  expect(simulation.clock.wallTimeMs()).toBe(6_000);
});

test('refuses options out of range', () => {
  const make = (clocks: ClockOptions) => () => new Simulation({ seed: 1, clocks });
  expect(make({ driftPpmMax: 600_000 })).toThrow(
    'clocks.driftPpmMax: expected 0..500000, got 600000',
  );
  expect(make({ offsetMsMax: -1 })).toThrow('clocks.offsetMsMax: expected at least 0, got -1');
  expect(make({ timerLatenessMsMax: NaN })).toThrow(
    'clocks.timerLatenessMsMax: expected at least 0, got NaN',
  );
});
