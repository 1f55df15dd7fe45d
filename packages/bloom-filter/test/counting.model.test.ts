/*
 * Goal: after any additions and removals of members, a counting filter finds every member, and is
 * right about strangers as often as its counters say.
 *
 * Method: the same walk through the filter and through a `Map` of how often each key is in it, in a
 * table so small that counters fill up now and then.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CountingFilter } from '../src/counting.ts';

interface Step {
  readonly key: number;
  readonly act: 'add' | 'remove';
}

const steps = fc.array(
  fc.record<Step>({
    key: fc.integer({ min: 0, max: 30 }),
    act: fc.constantFrom('add', 'add', 'remove'),
  }),
  { minLength: 100, maxLength: 400 },
);

test('a counting filter finds what a map of counts holds', () => {
  fc.assert(
    fc.property(steps, fc.constantFrom(16, 64, 4_096), (walk, counterCount) => {
      const filter = new CountingFilter({ counterCount, hashCount: 4 });
      const model = new Map<number, number>();
      for (const { key, act } of walk) {
        const count = model.get(key) ?? 0;
        if (act === 'add') {
          filter.add(key);
          model.set(key, count + 1);
        } else if (count > 0) {
          expect(filter.remove(key)).toBe(true);
          model.set(key, count - 1);
        } else if (!filter.has(key)) {
          expect(filter.remove(key)).toBe(false);
        }
        for (const [member, times] of model) if (times > 0) expect(filter.has(member)).toBe(true);
      }
      // All go, one key after the other: this is when a counter that was full would come to 0.
      for (const [member, times] of model) {
        for (let time = 0; time < times; time += 1) {
          expect(filter.remove(member)).toBe(true);
        }
      }
    }),
    { numRuns: 60 },
  );
});
