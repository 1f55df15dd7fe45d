import { describe, expect, test } from 'vitest';

import { initialConsistentHashingState, step } from '../src/consistent-hashing.ts';

describe('step', () => {
  test('counts what it observes and leaves the state before as it was', () => {
    const after = step(initialConsistentHashingState, { kind: 'observed', nowMs: 1 });

    expect(after).toEqual({ inputCount: 1 });
    expect(initialConsistentHashingState).toEqual({ inputCount: 0 });
  });

  test.each([Number.NaN, Infinity, -Infinity])('refuses %d as a time', (nowMs) => {
    expect(() => step(initialConsistentHashingState, { kind: 'observed', nowMs })).toThrow(
      /^nowMs: expected a finite number/,
    );
  });
});
