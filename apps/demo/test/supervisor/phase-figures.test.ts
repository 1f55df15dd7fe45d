import { expect, test } from 'vitest';

import { PhaseFigures } from '../../src/supervisor/phase-figures.ts';

test('a request counts for every kind of fault that was under way, else as calm', () => {
  const figures = new PhaseFigures();
  expect(figures.faults).toEqual(['calm']);
  figures.record('boards', figures.faults, 'ok', 5);
  const ends = ['slow', 'kill', 'slow'].map((kind) => figures.begin(kind));
  expect(figures.faults).toEqual(['slow', 'kill']);
  figures.record('boards', figures.faults, 'ok', 100);
  figures.record('boards', figures.faults, 'unknown', 3_000);
  for (const end of ends.slice(0, 2)) end();
  expect(figures.faults).toEqual(['slow']);
  figures.record('config', figures.faults, 'refused', 1);
  figures.record('config', figures.faults, 'skipped', 0);
  expect(figures.doneCount).toBe(2);

  const latency = { p50Ms: 100, p99Ms: 100, maxMs: 100 };
  const row = { refusedCount: 0, unknownCount: 0, skippedCount: 0, errorRate: 0, ...latency };
  const half = { ...row, load: 'boards', requestCount: 2, unknownCount: 1, errorRate: 0.5 };
  expect(figures.rows).toEqual([
    { ...row, fault: 'calm', load: 'boards', requestCount: 1, p50Ms: 5, p99Ms: 5, maxMs: 5 },
    { ...half, fault: 'kill' },
    { ...half, fault: 'slow' },
    {
      ...{ ...row, fault: 'slow', load: 'config', requestCount: 2, refusedCount: 1 },
      ...{ skippedCount: 1, errorRate: 1, p50Ms: 0, p99Ms: 0, maxMs: 0 },
    },
  ]);
});

test('a request counts for all that was wrong before it ended, and as calm only without', () => {
  const figures = new PhaseFigures();
  const endKill = figures.begin('kill');
  const dueInKill = figures.follow();
  endKill();
  const dueInCalm = figures.follow();
  const undisturbed = figures.follow();
  expect(undisturbed()).toEqual(['calm']);
  figures.begin('slow')();
  expect(dueInKill()).toEqual(['kill', 'slow']);
  expect(dueInCalm()).toEqual(['slow']);
  expect(figures.follow()()).toEqual(['calm']);
});
