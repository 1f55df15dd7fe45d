import { describe, expect, test } from 'vitest';

import { initialHashState, step } from '../src/hash.ts';

describe('step', () => {
  test('counts what it observes and leaves the state before as it was', () => {
    const after = step(initialHashState, { kind: 'observed', nowMs: 1 });

    expect(after).toEqual({ inputCount: 1 });
    expect(initialHashState).toEqual({ inputCount: 0 });
  });

  test.each([Number.NaN, Infinity, -Infinity])('refuses %d as a time', (nowMs) => {
    expect(() => step(initialHashState, { kind: 'observed', nowMs })).toThrow(
      /^nowMs: expected a finite number/,
    );
  });
});
