import { expect, test } from 'vitest';

import { BenchTally, benchText } from '../../../src/cli/bench/bench-report.ts';

test('counts what was done, and what was not by its code', () => {
  const tally = new BenchTally();
  for (let ms = 1; ms <= 100; ms += 1) tally.record('edit', ms, undefined);
  tally.record('config', 5_000, 'no_leader');
  tally.record('edit', 5_000, 'no_answer');
  const [all, edit, config] = tally.rows;
  expect(all).toMatchObject({ operation: 'all', doneCount: 100, maxMs: 100 });
  expect(all?.errors).toEqual({ no_leader: 1, no_answer: 1 });
  expect(edit).toMatchObject({ operation: 'edit', doneCount: 100, errors: { no_answer: 1 } });
  expect(config).toMatchObject({ operation: 'config', doneCount: 0, errors: { no_leader: 1 } });
  // One bucket is 4.5 % wide.
  expect(Math.abs((edit?.p99Ms ?? 0) - 99)).toBeLessThan(99 * 0.045);
  const counted = tally.histograms['edit']?.reduce((sum, [, count]) => sum + count, 0);
  expect(counted).toBe(100);
  expect(benchText(tally.rows)).toContain('failed: no_leader 1, no_answer 1');
});
