import { expect, test } from 'vitest';

import { ChartMarks } from '../../src/supervisor/chart-marks.ts';

test('what nodes write much of takes no room from what happened', () => {
  const marks = new ChartMarks();
  marks.add({ atMs: 0, kind: 'fault', text: 'kill n1' });
  for (let atMs = 1; atMs <= 1_000; atMs += 1) {
    marks.add({ atMs, kind: 'log', text: `n2: line ${atMs}` });
  }
  marks.add({ atMs: 500, kind: 'repair', text: 'restart n1' });
  const texts = marks.all.map(({ text }) => text);
  expect(texts).toHaveLength(102);
  expect(texts.slice(0, 3)).toEqual(['kill n1', 'restart n1', 'n2: line 901']);
});

test('of what happened the oldest goes', () => {
  const marks = new ChartMarks();
  for (let atMs = 0; atMs < 300; atMs += 1) marks.add({ atMs, kind: 'election', text: 'n1' });
  expect(marks.all).toHaveLength(200);
  expect(marks.all[0]?.atMs).toBe(100);
});
