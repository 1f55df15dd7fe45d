import { expect, test } from 'vitest';

import type { ChaosReport } from '../../src/supervisor/chaos.ts';
import { chaosText } from '../../src/supervisor/chaos-report.ts';

const row = {
  ...{ fault: 'calm', load: 'boards', requestCount: 200, refusedCount: 1, unknownCount: 2 },
  ...{ errorRate: 0.015, p50Ms: 4.25, p99Ms: 80 },
};

const sound: ChaosReport = {
  faultCount: 3,
  rows: [row, { ...row, fault: 'one-way', load: 'config' }],
  config: {
    ...{ operationCount: 100, verdict: 'linearizable', counterexample: undefined, unpromised: [] },
  },
  boards: {
    ...{ boardCount: 2, confirmedCount: 90, givenUpCount: 1, lost: [], diverged: [] },
    ...{ repeatedCount: 0, deniedCount: 0, unpromised: [] },
  },
  problems: [],
  isSound: true,
};

test('a report is a table and a verdict', () => {
  const lines = chaosText(sound).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'fault    load    requests  refused  unknown  errors  p50 ms  p99 ms',
    'calm     boards       200        1        2   1.5 %     4.3    80.0',
    'one-way  config       200        1        2   1.5 %     4.3    80.0',
  ]);
  expect(lines).toContain('configuration: 100 operations, linearizable');
  expect(lines.at(-1)).toBe('every promise was kept');
});

test('what was lost is named, the first ten of it', () => {
  const lost = Array.from({ length: 12 }, (_, index) => `b-1: i${index} on n2`);
  const text = chaosText({ ...sound, isSound: false, boards: { ...sound.boards, lost } });
  expect(text).toContain('12 lost');
  expect(text).toContain('LOST EDIT: b-1: i9 on n2\nand 2 more\nPROMISES WERE BROKEN');
});
