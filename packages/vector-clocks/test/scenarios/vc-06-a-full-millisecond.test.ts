/*
 * What goes wrong elsewhere: the counter grows past its 16 bits into the time, or wraps to 0, and
 * the packed timestamp of a later event is the smaller one.
 */
import { expect, test } from 'vitest';

import { encodeTimestamp } from '../../src/codec/hybrid-timestamp-codec.ts';
import { HybridClock } from '../../src/hybrid/hybrid-clock.ts';
import {
  compareTimestamps,
  formatTimestamp,
  type HybridTimestamp,
  timestampToBigint,
} from '../../src/hybrid/hybrid-timestamp.ts';

const wallMs = 1_767_225_600_000;
const perMs = 65_536;

function isRising(values: readonly (string | bigint)[]): boolean {
  return values.every((value, index) => index === 0 || values[index - 1]! < value);
}

test('65 537 events of a millisecond are in order, packed in any way', () => {
  const clock = new HybridClock();
  const given = Array.from({ length: perMs + 1 }, () => clock.now(wallMs));

  expect(given[perMs - 1]).toEqual({ wallMs, counter: 65_535 });
  expect(given[perMs]).toEqual({ wallMs: wallMs + 1, counter: 0 });
  expect(isRising(given.map(formatTimestamp))).toBe(true);
  expect(isRising(given.map(timestampToBigint))).toBe(true);
  const binary = given.map((one) => Buffer.from(encodeTimestamp(one)).toString('latin1'));
  expect(isRising(binary)).toBe(true);
});

test('a frozen clock borrows a millisecond for every 65 536 events', () => {
  const clock = new HybridClock();
  let last: HybridTimestamp = { wallMs: 0, counter: 0 };
  for (let count = 0; count < 10 * perMs; count += 1) {
    clock.tick(wallMs);
    if (compareTimestamps(last, clock) >= 0) throw new Error(`not later: event ${count}`);
    last = { wallMs: clock.wallMs, counter: clock.counter };
  }
  expect(last).toEqual({ wallMs: wallMs + 9, counter: 65_535 });
});

test('a clock that refuses gives 65 536 timestamps and then waits', () => {
  const clock = new HybridClock({ overflow: 'refuse' });
  const outcomes = Array.from({ length: perMs + 3 }, () => clock.tick(wallMs));

  expect(outcomes.indexOf('exhausted')).toBe(perMs);
  expect(outcomes.slice(perMs)).toEqual(['exhausted', 'exhausted', 'exhausted']);
  expect(clock.now(wallMs + 1)).toEqual({ wallMs: wallMs + 1, counter: 0 });
});
