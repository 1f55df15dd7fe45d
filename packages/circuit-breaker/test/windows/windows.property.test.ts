/** Each window against a list that is filtered from scratch. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { CountedOutcome, OutcomeCounts } from '../../src/outcome.ts';
import { ConsecutiveFailures } from '../../src/windows/consecutive-failures.ts';
import { CountWindow } from '../../src/windows/count-window.ts';
import { bitsOf, outcomeOf } from '../../src/windows/outcome-window.ts';
import { TimeWindow } from '../../src/windows/time-window.ts';

const outcome = fc.constantFrom<CountedOutcome>('success', 'failure', 'slowSuccess', 'slowFailure');

function countsOf(list: readonly CountedOutcome[]): OutcomeCounts {
  const count = (...kinds: readonly CountedOutcome[]): number =>
    list.filter((found) => kinds.includes(found)).length;
  return {
    total: list.length,
    failed: count('failure', 'slowFailure'),
    slow: count('slowSuccess', 'slowFailure'),
    slowFailed: count('slowFailure'),
  };
}

describe('a window of counts', () => {
  test('holds the last outcomes, in their order, and says so after a restore', () => {
    const size = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(size, size, fc.array(outcome, { maxLength: 60 }), (before, after, list) => {
        const window = new CountWindow(before);
        for (const item of list) window.record(item);
        expect(window.outcomes()).toEqual(list.slice(-before));
        expect(window.counts).toEqual(countsOf(list.slice(-before)));
        const other = new CountWindow(after);
        other.restore(window.outcomes());
        expect(other.outcomes()).toEqual(list.slice(-before).slice(-after));
      }),
    );
  });
});

describe('a window of time', () => {
  const gap = fc.oneof(fc.nat(5), fc.nat(200), fc.constant(1e9));

  test('holds the outcomes of the last buckets, whatever the gaps', () => {
    const calls = fc.array(fc.record({ gapMs: gap, outcome }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1e6), calls, (count, startMs, list) => {
        const window = new TimeWindow(count * 8, count);
        const kept: { readonly atMs: number; readonly outcome: CountedOutcome }[] = [];
        let nowMs = startMs;
        for (const call of list) {
          nowMs += call.gapMs;
          window.record(call.outcome, nowMs);
          kept.push({ atMs: nowMs, outcome: call.outcome });
          const isCovered = ({ atMs }: { readonly atMs: number }): boolean =>
            Math.floor(nowMs / 8) - Math.floor(atMs / 8) < count;
          expect(window.counts).toEqual(countsOf(kept.filter(isCovered).map((x) => x.outcome)));
        }
      }),
    );
  });

  test('goes on as it was after a restore at the same instant', () => {
    const calls = fc.array(fc.record({ gapMs: gap, outcome }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(calls, fc.nat(300), (list, laterMs) => {
        const [window, other] = [new TimeWindow(100, 10), new TimeWindow(100, 10)];
        let nowMs = 0;
        for (const call of list) window.record(call.outcome, (nowMs += call.gapMs));
        other.restore(window.buckets(nowMs), 0, nowMs);
        for (const each of [window, other]) each.advance(nowMs + laterMs);
        expect(other.counts).toEqual(window.counts);
      }),
    );
  });

  test('forgets at least as much as the time that passed before a restore', () => {
    const calls = fc.array(outcome, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(calls, fc.nat(400), fc.nat(1e6), (list, elapsedMs, nowMs) => {
        const [window, other] = [new TimeWindow(100, 10), new TimeWindow(100, 10)];
        for (const item of list) window.record(item, 5_000);
        other.restore(window.buckets(5_000), elapsedMs, nowMs);
        if (elapsedMs >= 100) expect(other.counts.total).toBe(0);
        if (elapsedMs <= 80) expect(other.counts).toEqual(countsOf(list));
      }),
    );
  });
});

describe('a run of failures', () => {
  test('is as long as the failures since the last success', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 40 }), (list) => {
        const window = new ConsecutiveFailures();
        for (const item of list) window.record(item);
        const last = list.findLastIndex((item) => !item.endsWith('ailure'));
        expect(window.counts).toEqual(countsOf(list.slice(last + 1)));
      }),
    );
  });
});

describe('an outcome', () => {
  test('survives its two bits', () => {
    fc.assert(
      fc.property(outcome, (item) => {
        expect(outcomeOf(bitsOf(item))).toBe(item);
      }),
    );
  });
});
