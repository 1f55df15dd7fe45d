import { expect, test } from 'vitest';

import { faultBands } from '../../../src/dashboard/charts/fault-bands.ts';
import type { ChartMark } from '../../../src/supervisor/cluster-view.ts';

const mark = (atMs: number, kind: ChartMark['kind'], text = ''): ChartMark => ({
  atMs,
  kind,
  text,
});

test('a band lasts until the last fault in it is repaired', () => {
  const marks = [mark(1, 'fault'), mark(2, 'election'), mark(3, 'fault'), mark(5, 'repair')];
  expect(faultBands(marks, 9)).toEqual([{ fromMs: 1, untilMs: 9 }]);
  expect(faultBands([...marks, mark(7, 'repair')], 9)).toEqual([{ fromMs: 1, untilMs: 7 }]);
});

test('to heal ends all of it, and a repair of nothing begins nothing', () => {
  const marks = [mark(1, 'repair'), mark(2, 'fault'), mark(3, 'fault'), mark(4, 'repair', 'heal')];
  expect(faultBands(marks, 9)).toEqual([{ fromMs: 2, untilMs: 4 }]);
  expect(faultBands([], 9)).toEqual([]);
});
