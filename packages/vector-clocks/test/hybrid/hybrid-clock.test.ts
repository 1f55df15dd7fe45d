import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  HybridClock,
  HybridClockExhaustedError,
  type HybridClockOptions,
} from '../../src/hybrid/hybrid-clock.ts';
import {
  compareTimestamps,
  type HybridTimestamp,
  WALL_MS_MAX,
} from '../../src/hybrid/hybrid-timestamp.ts';
import { anyTimestamp, noTimestamps } from '../support/hybrid.ts';

const stateOf = ({ wallMs, counter }: HybridTimestamp): HybridTimestamp => ({ wallMs, counter });

describe('an event', () => {
  test('takes the time of the wall clock when that has moved on', () => {
    const clock = new HybridClock();
    expect(clock.now(10)).toEqual({ wallMs: 10, counter: 0 });
    expect(clock.now(11)).toEqual({ wallMs: 11, counter: 0 });
  });

  test('counts while the wall clock stands still or is behind', () => {
    const clock = new HybridClock();
    clock.now(11);
    expect(clock.now(11)).toEqual({ wallMs: 11, counter: 1 });
    expect(clock.now(9)).toEqual({ wallMs: 11, counter: 2 });
    expect(clock.now(0)).toEqual({ wallMs: 11, counter: 3 });
    expect(clock.now(12)).toEqual({ wallMs: 12, counter: 0 });
  });

  test('takes whole milliseconds', () => {
    const clock = new HybridClock();
    expect(clock.now(10.9)).toEqual({ wallMs: 10, counter: 0 });
    expect(clock.now(10.95)).toEqual({ wallMs: 10, counter: 1 });
  });

  test('comes after everything that was given before', () => {
    const clock = new HybridClock({ last: { wallMs: 500, counter: 3 } });
    expect(stateOf(clock)).toEqual({ wallMs: 500, counter: 3 });
    expect(clock.now(100)).toEqual({ wallMs: 500, counter: 4 });
  });

  test('leaves its timestamp in the clock', () => {
    const clock = new HybridClock();
    expect(clock.tick(7)).toBe('issued');
    expect(stateOf(clock)).toEqual({ wallMs: 7, counter: 0 });
  });
});

/** The paper's algorithm, case by case. Obviously right, with nothing to refuse. */
function paperReceive(
  own: HybridTimestamp,
  message: HybridTimestamp,
  physicalMs: number,
): { wallMs: number; counter: number } {
  const wallMs = Math.max(own.wallMs, message.wallMs, physicalMs);
  if (wallMs === own.wallMs && wallMs === message.wallMs) {
    return { wallMs, counter: Math.max(own.counter, message.counter) + 1 };
  }
  if (wallMs === own.wallMs) return { wallMs, counter: own.counter + 1 };
  if (wallMs === message.wallMs) return { wallMs, counter: message.counter + 1 };
  return { wallMs, counter: 0 };
}

describe('a receipt', () => {
  const smallTime = fc.integer({ min: 0, max: 4 });
  const smallTimestamp = fc.record({ wallMs: smallTime, counter: fc.integer({ min: 0, max: 3 }) });

  test('gets the timestamp of the paper, in each of its cases', () => {
    fc.assert(
      fc.property(smallTimestamp, smallTimestamp, smallTime, (last, remote, wallMs) => {
        const clock = new HybridClock({ last, maxDriftMs: Infinity });
        const timestamp = paperReceive(last, remote, wallMs);
        expect(clock.receive(remote, wallMs)).toEqual({ kind: 'issued', timestamp });
        expect(stateOf(clock)).toEqual(timestamp);
      }),
      { numRuns: 1_000 },
    );
  });

  test('comes after the message and all that was given before, wherever they are', () => {
    const wall = fc.integer({ min: 0, max: WALL_MS_MAX });
    fc.assert(
      fc.property(anyTimestamp, anyTimestamp, wall, (last, remote, wallMs) => {
        const clock = new HybridClock({ last, maxDriftMs: Infinity });
        if (clock.witness(remote, wallMs) === 'exhausted') {
          expect(Math.max(last.wallMs, remote.wallMs)).toBe(WALL_MS_MAX);
          expect(stateOf(clock)).toEqual(last);
          return;
        }
        expect(compareTimestamps(clock, last)).toBeGreaterThan(0);
        expect(compareTimestamps(clock, remote)).toBeGreaterThan(0);
        expect(clock.wallMs).toBeGreaterThanOrEqual(wallMs);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused beyond the drift, to the millisecond, and changes nothing', () => {
    const clock = new HybridClock({ maxDriftMs: 100 });
    clock.now(1_000);

    const far = { wallMs: 1_101, counter: 0 };
    expect(clock.receive(far, 1_000)).toEqual({ kind: 'ahead', aheadMs: 101 });
    expect(clock.witness(far, 1_000)).toBe('ahead');
    expect(stateOf(clock)).toEqual({ wallMs: 1_000, counter: 0 });

    const near = { wallMs: 1_100, counter: 5 };
    const timestamp = { wallMs: 1_100, counter: 6 };
    expect(clock.receive(near, 1_000)).toEqual({ kind: 'issued', timestamp });
  });

  test('is measured against the wall clock, not against what this clock has given', () => {
    const clock = new HybridClock({ maxDriftMs: 100, last: { wallMs: 5_000, counter: 0 } });
    const aheadMs = 2_500;
    expect(clock.receive({ wallMs: 3_500, counter: 0 }, 1_000)).toEqual({ kind: 'ahead', aheadMs });
    const timestamp = { wallMs: 5_000, counter: 1 };
    expect(clock.receive({ wallMs: 1_050, counter: 9 }, 1_000)).toEqual({
      kind: 'issued',
      timestamp,
    });
  });

  test('with no drift allowed takes what is not ahead at all', () => {
    const clock = new HybridClock({ maxDriftMs: 0 });
    expect(clock.witness({ wallMs: 10, counter: 0 }, 10)).toBe('issued');
    expect(clock.witness({ wallMs: 12, counter: 0 }, 11)).toBe('ahead');
  });
});

describe('after 65 536 events of one millisecond', () => {
  const last = { wallMs: 100, counter: 65_535 };

  test('the next millisecond is borrowed, until the wall clock has caught up', () => {
    const clock = new HybridClock({ last });
    expect(clock.now(100)).toEqual({ wallMs: 101, counter: 0 });
    expect(clock.now(101)).toEqual({ wallMs: 101, counter: 1 });
    expect(clock.now(102)).toEqual({ wallMs: 102, counter: 0 });
  });

  test('a clock that refuses gives nothing before the wall clock has moved on', () => {
    const clock = new HybridClock({ overflow: 'refuse', last });
    expect(clock.tick(100)).toBe('exhausted');
    expect(() => clock.now(99)).toThrow(HybridClockExhaustedError);
    expect(() => clock.now(99)).toThrow(
      'all 65536 timestamps of 100 ms are given; ask again in a millisecond',
    );
    expect(clock.receive({ wallMs: 100, counter: 2 }, 100)).toEqual({ kind: 'exhausted' });
    expect(stateOf(clock)).toEqual(last);
    expect(clock.now(101)).toEqual({ wallMs: 101, counter: 0 });
  });

  test('a message with the last counter is followed by the next millisecond', () => {
    const remote = { wallMs: 300, counter: 65_535 };
    const timestamp = { wallMs: 301, counter: 0 };
    expect(new HybridClock().receive(remote, 299)).toEqual({ kind: 'issued', timestamp });
    const strict = new HybridClock({ overflow: 'refuse' });
    expect(strict.receive(remote, 299)).toEqual({ kind: 'exhausted' });
    expect(strict.wallMs).toBe(0);
  });

  test('messages with the last counter carry the clock one millisecond beyond the drift', () => {
    const clock = new HybridClock({ maxDriftMs: 50 });
    for (let count = 0; count < 500; count += 1) {
      clock.witness({ wallMs: Math.min(clock.wallMs, 1_050), counter: 65_535 }, 1_000);
    }
    expect(clock.wallMs).toBe(1_051);
  });

  test('the last of all timestamps has none after it', () => {
    const end = { wallMs: WALL_MS_MAX, counter: 65_535 };
    const clock = new HybridClock({ last: end, maxDriftMs: Infinity });
    expect(clock.tick(WALL_MS_MAX)).toBe('exhausted');
    expect(stateOf(clock)).toEqual(end);
  });
});

describe('what is no time', () => {
  test.each([-1, -0.001, 2 ** 48, 2 ** 53, Number.NaN, Infinity, -Infinity])(
    '%s is refused before anything changes',
    (wallMs) => {
      const clock = new HybridClock({ last: { wallMs: 5, counter: 5 } });
      const message = `wallMs: expected 0..2^48-1, got ${wallMs}`;
      expect(() => clock.tick(wallMs)).toThrow(new RangeError(message));
      expect(() => clock.now(wallMs)).toThrow(new RangeError(message));
      expect(() => clock.receive({ wallMs: 9, counter: 0 }, wallMs)).toThrow(
        new RangeError(message),
      );
      expect(stateOf(clock)).toEqual({ wallMs: 5, counter: 5 });
    },
  );

  test.each(noTimestamps)('%j is refused before anything changes', (value, message) => {
    const clock = new HybridClock({ last: { wallMs: 5, counter: 5 } });
    const timestamp = value as HybridTimestamp;
    expect(() => clock.witness(timestamp, 10)).toThrow(new RangeError(`remote${message}`));
    expect(stateOf(clock)).toEqual({ wallMs: 5, counter: 5 });
    expect(() => new HybridClock({ last: timestamp })).toThrow(new RangeError(`last${message}`));
  });

  test.each<[HybridClockOptions, string]>([
    [{ maxDriftMs: -1 }, 'maxDriftMs: expected at least 0, got -1'],
    [{ maxDriftMs: Number.NaN }, 'maxDriftMs: expected at least 0, got NaN'],
    [{ overflow: 'wrap' as never }, "overflow: expected 'borrow' or 'refuse', got 'wrap'"],
    [
      { overflow: '__proto__' as never },
      "overflow: expected 'borrow' or 'refuse', got '__proto__'",
    ],
  ])('%j is no option', (options, message) => {
    expect(() => new HybridClock(options)).toThrow(new RangeError(message));
  });
});
