import { describe, expect, test } from 'vitest';

import { initialBloomFilterState, step } from '../src/bloom-filter.ts';

describe('step', () => {
  test('counts what it observes and leaves the state before as it was', () => {
    const after = step(initialBloomFilterState, { kind: 'observed', nowMs: 1 });

    expect(after).toEqual({ inputCount: 1 });
    expect(initialBloomFilterState).toEqual({ inputCount: 0 });
  });

  test.each([Number.NaN, Infinity, -Infinity])('refuses %d as a time', (nowMs) => {
    expect(() => step(initialBloomFilterState, { kind: 'observed', nowMs })).toThrow(
      /^nowMs: expected a finite number/,
    );
  });
});
