/*
 * Goal: whatever the clock does, a key is found for a window after it was last added, and is
 * forgotten after a generation more.
 *
 * Method: the same walk through the filter and through a `Map` of the latest time that was seen
 * when a key was added, with a rate so low that no stranger is found by chance.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { RollingFilter } from '../src/rolling.ts';

interface Step {
  readonly key: number;
  readonly act: 'add' | 'ask';
  readonly passedMs: number;
}

const steps = fc.array(
  fc.record<Step>({
    key: fc.integer({ min: 0, max: 8 }),
    act: fc.constantFrom('add', 'ask'),
    passedMs: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -400, max: 400 })),
  }),
  { maxLength: 200, size: 'max' },
);

test('a rolling filter finds what a map of times says, to a generation', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(1, 3, 4), (walk, generationCount) => {
      const sizing = { itemCount: 500, falsePositiveRate: 1e-9 };
      const filter = new RollingFilter({ ...sizing, windowMs: 120, generationCount });
      const addedAt = new Map<number, number>();
      let nowMs = 0;
      let latestMs = Number.NEGATIVE_INFINITY;
      for (const { key, act, passedMs } of walk) {
        nowMs += passedMs;
        latestMs = Math.max(latestMs, nowMs);
        const age = latestMs - (addedAt.get(key) ?? Number.NEGATIVE_INFINITY);
        const isFound = filter.has(key, nowMs);
        if (age <= 120) expect(isFound).toBe(true);
        if (age >= 120 + filter.generationMs) expect(isFound).toBe(false);
        if (act === 'ask') continue;
        expect(filter.add(key, nowMs)).toBe(isFound ? 'present' : 'added');
        addedAt.set(key, latestMs);
      }
    }),
    { numRuns: 100 },
  );
});
