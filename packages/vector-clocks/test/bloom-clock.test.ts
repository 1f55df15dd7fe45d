import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  BloomClock,
  bloomClockShape,
  compareBloomClocks,
  falseOrderRate,
} from '../src/bloom-clock.ts';

const shape = { cellCount: 64, hashCount: 4 };

test('an event raises one cell of each part', () => {
  const clock = BloomClock.empty(shape).increment('a:1').increment('a:2');

  for (let part = 0; part < 4; part += 1) {
    const cells = clock.cells.subarray(16 * part, 16 * (part + 1));
    expect(cells.reduce((sum, count) => sum + count, 0)).toBe(2);
  }
});

test('a clock does not change', () => {
  const clock = BloomClock.empty(shape).increment('a');
  const before = clock.cells.slice();
  clock.increment('b');
  clock.merge(BloomClock.empty(shape).increment('c'));
  BloomClock.of(shape, clock.cells).cells.fill(9);

  expect(clock.cells).toEqual(before);
});

test('what happened before is never said to be concurrent or after', () => {
  // Histories of three replicas: each step is an event of one, after a message of another or none.
  const steps = fc.array(fc.record({ self: fc.nat(2), from: fc.nat(2) }), { maxLength: 30 });
  fc.assert(
    fc.property(steps, (history) => {
      const clocks = Array.from({ length: 3 }, () => BloomClock.empty(shape));
      history.forEach(({ self, from }, index) => {
        const own = clocks[self] ?? BloomClock.empty(shape);
        const other = clocks[from] ?? own;
        const next = own.merge(other).increment(`${self}:${index}`);
        expect(compareBloomClocks(own, next)).toBe('before');
        expect(compareBloomClocks(next, other)).toBe('after');
        clocks[self] = next;
      });
    }),
  );
});

describe('the bound of false orders', () => {
  test('is the formula at its ends', () => {
    expect(falseOrderRate({ cellCount: 1, hashCount: 1 }, 1)).toBe(1);
    expect(falseOrderRate(shape, 0)).toBe(0);
    expect(falseOrderRate({ cellCount: 2, hashCount: 1 }, 1)).toBeCloseTo(0.5, 12);
    expect(falseOrderRate({ cellCount: 4, hashCount: 2 }, 2)).toBeCloseTo(0.75 ** 2, 12);
    expect(falseOrderRate(shape, Infinity)).toBe(1);
  });

  test('holds for concurrent events with a long common past', () => {
    // Method: a common history, then one event on one side and ten on the other, 4,000 times. The
    // formula with the sums of all counters would promise less than one false order in 10^40.
    const rounds = 4_000;
    const aheadCount = 10;
    let past = BloomClock.empty(shape);
    let falseCount = 0;
    for (let round = 0; round < rounds; round += 1) {
      const behind = past.increment(`behind:${round}`);
      let ahead = past;
      for (let event = 0; event < aheadCount; event += 1) {
        ahead = ahead.increment(`ahead:${round}:${event}`);
      }
      if (compareBloomClocks(behind, ahead) === 'before') falseCount += 1;
      past = ahead;
    }
    const expected = falseOrderRate(shape, aheadCount) * rounds;
    // Ten deviations to either side: the keys are fixed, so the count is, too.
    expect(Math.abs(falseCount - expected)).toBeLessThan(10 * Math.sqrt(expected));
    expect(falseCount).toBeGreaterThan(100);
  });

  test('holds, as a bound, with more events behind and messages between', () => {
    const rounds = 2_000;
    const small = { cellCount: 32, hashCount: 2 };
    let falseCount = 0;
    for (let round = 0; round < rounds; round += 1) {
      const name = (text: string): string => `${round}:${text}`;
      const common = BloomClock.empty(small).increment(name('common'));
      const behind = common.increment(name('b1')).increment(name('b2'));
      const other = common.increment(name('c1'));
      const ahead = common.increment(name('a1')).merge(other).increment(name('a2'));
      if (compareBloomClocks(behind, ahead) === 'before') falseCount += 1;
    }
    expect(falseCount / rounds).toBeLessThan(falseOrderRate(small, 3));
  });
});

describe('a shape for a rate', () => {
  test.each([
    [1, 0.5],
    [10, 0.001],
    [100, 0.01],
    [1_000, 0.1],
    [0, 0.1],
  ])('for %d events ahead and a rate of %d keeps it', (aheadCount, rate) => {
    const chosen = bloomClockShape(aheadCount, rate);

    expect(chosen.cellCount % chosen.hashCount).toBe(0);
    expect(falseOrderRate(chosen, aheadCount)).toBeLessThanOrEqual(rate);
  });

  test('is refused where none will do', () => {
    expect(() => bloomClockShape(10 ** 6, 1e-9)).toThrow('aheadCount: expected fewer, got 1000000');
    expect(() => bloomClockShape(-1, 0.1)).toThrow(RangeError);
    expect(() => bloomClockShape(NaN, 0.1)).toThrow(RangeError);
    expect(() => bloomClockShape(1, 0)).toThrow(RangeError);
    expect(() => bloomClockShape(1, 1)).toThrow(RangeError);
  });
});

test.each([
  [{ cellCount: 64, hashCount: 0 }, 'hashCount: expected an integer in 1..32, got 0'],
  [{ cellCount: 64, hashCount: 33 }, 'hashCount: expected an integer in 1..32, got 33'],
  [{ cellCount: 65, hashCount: 4 }, 'cellCount: expected a multiple of 4 in 1..2^20, got 65'],
  [{ cellCount: 2 ** 21, hashCount: 4 }, 'cellCount: expected a multiple of 4 in 1..2^20'],
  [{ cellCount: NaN, hashCount: 1 }, 'cellCount: expected a multiple of 1 in 1..2^20, got NaN'],
])('%j is no shape', (bad, message) => {
  expect(() => BloomClock.empty(bad)).toThrow(message);
});

test('clocks of different shapes are not compared', () => {
  const other = BloomClock.empty({ cellCount: 32, hashCount: 4 });

  expect(() => compareBloomClocks(BloomClock.empty(shape), other)).toThrow(
    new RangeError('shape: expected 64/4, got 32/4'),
  );
  expect(() => other.merge(BloomClock.empty(shape))).toThrow(RangeError);
  expect(() => BloomClock.of(shape, new Uint32Array(3))).toThrow('cells: expected 64, got 3');
});

test('a cell does not start again from 0', () => {
  const cells = new Uint32Array(1).fill(2 ** 32 - 1);
  const full = BloomClock.of({ cellCount: 1, hashCount: 1 }, cells);

  expect(() => full.increment('a')).toThrow(RangeError);
});
