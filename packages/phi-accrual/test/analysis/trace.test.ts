import { describe, expect, test } from 'vitest';

import { heartbeatTrace, type TraceColumns } from '../../src/analysis/trace.ts';

function columns(...rows: readonly (readonly [number, number, number])[]): TraceColumns {
  return {
    sequences: Float64Array.from(rows, ([sequence]) => sequence),
    sentAtMs: Float64Array.from(rows, ([, sent]) => sent),
    arrivedAtMs: Float64Array.from(rows, ([, , arrived]) => arrived),
  };
}

describe('a trace', () => {
  test('leaves out what was lost and what was overtaken', () => {
    const trace = heartbeatTrace(
      'five',
      100,
      columns([1, 0, 7], [2, 100, 108], [3, 200, Infinity], [4, 300, 530], [5, 400, 409]),
    );
    expect([...trace.delivered]).toEqual([0, 1, 4]);
    expect(trace.lostCount).toBe(1);
    expect(trace.overtakenCount).toBe(1);
  });

  test('takes what arrives at one instant in the order of sending', () => {
    const trace = heartbeatTrace('a clump', 10, columns([1, 0, 50], [2, 10, 50], [3, 20, 50]));
    expect([...trace.delivered]).toEqual([0, 1, 2]);
  });

  test('in which nothing arrived has nothing delivered', () => {
    expect(heartbeatTrace('silence', 10, columns([1, 0, Infinity])).delivered).toHaveLength(0);
  });

  test.each([
    ['no row', columns(), /^sequences: expected 1\.\.5000000 heartbeats, got 0/],
    ['a number twice', columns([1, 0, 1], [1, 1, 2]), /^sequences\[1\]/],
    ['a number past 2^53', columns([2 ** 53, 0, 1]), /^sequences\[0\]/],
    ['a number that is none', columns([NaN, 0, 1]), /^sequences\[0\]/],
    ['time that runs back', columns([1, 5, 6], [2, 4, 7]), /^sentAtMs\[1\]: expected at least 5/],
    ['a time that is none', columns([1, NaN, 6]), /^sentAtMs\[0\]/],
    ['an arrival before the sending', columns([1, 5, 4]), /^arrivedAtMs\[0\]: expected at least 5/],
    ['an arrival that is none', columns([1, 5, NaN]), /^arrivedAtMs\[0\]/],
  ])('refuses %s', (_what, rows, message) => {
    expect(() => heartbeatTrace('bad', 10, rows)).toThrow(RangeError);
    expect(() => heartbeatTrace('bad', 10, rows)).toThrow(message);
  });

  test('refuses columns of different lengths, and an interval that is none', () => {
    const rows = columns([1, 0, 1], [2, 1, 2]);
    const short = { ...rows, sentAtMs: Float64Array.of(0) };
    expect(() => heartbeatTrace('short', 10, short)).toThrow(/^sentAtMs: expected 2 rows, got 1/);
    expect(() => heartbeatTrace('bad', 0, rows)).toThrow(/^intervalMs/);
    expect(() => heartbeatTrace('bad', Infinity, rows)).toThrow(/^intervalMs/);
  });
});
