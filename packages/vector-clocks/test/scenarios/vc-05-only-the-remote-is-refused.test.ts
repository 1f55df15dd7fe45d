/*
 * What goes wrong elsewhere: a clock that measures its own last timestamp against the wall clock
 * throws once that was set back, and one that takes idleness for a jump throws after a quiet night.
 */
import { expect, test } from 'vitest';

import { HybridClock } from '../../src/hybrid/hybrid-clock.ts';
import { WallJumps } from '../../src/hybrid/wall-jumps.ts';

const noonMs = 1_767_225_600_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

test('a timestamp from afar beyond the drift is refused and changes nothing', () => {
  const clock = new HybridClock({ maxDriftMs: 500 });
  const before = clock.now(noonMs);

  for (const aheadMs of [501, hourMs, dayMs]) {
    const remote = { wallMs: noonMs + aheadMs, counter: 0 };
    expect(clock.receive(remote, noonMs)).toEqual({ kind: 'ahead', aheadMs });
    expect({ wallMs: clock.wallMs, counter: clock.counter }).toEqual(before);
  }
  expect(clock.now(noonMs)).toEqual({ wallMs: noonMs, counter: 1 });
});

test('a timestamp from the past is always taken', () => {
  const clock = new HybridClock({ maxDriftMs: 0 });
  clock.now(noonMs);
  const remote = { wallMs: noonMs - 365 * dayMs, counter: 65_535 };
  const timestamp = { wallMs: noonMs, counter: 1 };
  expect(clock.receive(remote, noonMs)).toEqual({ kind: 'issued', timestamp });
});

test('the own past is never refused, however far the wall clock was set back', () => {
  const clock = new HybridClock({ maxDriftMs: 500 });
  clock.now(noonMs);

  expect(clock.now(noonMs - hourMs)).toEqual({ wallMs: noonMs, counter: 1 });
  expect(clock.now(0)).toEqual({ wallMs: noonMs, counter: 2 });
  const remote = { wallMs: noonMs - hourMs, counter: 0 };
  const timestamp = { wallMs: noonMs, counter: 3 };
  expect(clock.receive(remote, noonMs - hourMs)).toEqual({ kind: 'issued', timestamp });
});

test('a day without an event is nothing', () => {
  const clock = new HybridClock({ maxDriftMs: 500 });
  const jumps = new WallJumps({ toleranceMs: 500 });
  clock.now(noonMs);
  jumps.observe(noonMs, 0);

  expect(clock.now(noonMs + dayMs)).toEqual({ wallMs: noonMs + dayMs, counter: 0 });
  expect(jumps.observe(noonMs + dayMs, dayMs)).toBe(0);
});
