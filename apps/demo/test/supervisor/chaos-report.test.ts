import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { ChaosReport } from '../../src/supervisor/chaos.ts';
import { reportJson, writeChaosFiles } from '../../src/supervisor/chaos-files.ts';
import { chaosText } from '../../src/supervisor/chaos-report.ts';

const row = {
  ...{ fault: 'calm', load: 'boards', requestCount: 200, refusedCount: 1, unknownCount: 2 },
  ...{ skippedCount: 0, errorRate: 0.015, p50Ms: 4.25, p99Ms: 80, maxMs: 1_200 },
};

const boards = {
  ...{ boardCount: 2, confirmedCount: 90, givenUpCount: 1, lost: [], diverged: [] },
  ...{ repeatedCount: 0, deniedCount: 0, unpromised: [] },
};

const toll = { leaderlessMeanMs: 900, leaderlessMaxMs: 1_100, recoveryMeanMs: 700 };
const sound: ChaosReport = {
  ...{ seconds: 60, donePerSecond: 298.5, spans: [] },
  faults: [{ fault: 'kill', count: 3, ...toll, recoveryMaxMs: 1_500 }],
  nodes: [{ node: 'n1', cpuShare: 0.31, residentBytesMax: 119_400_000 }],
  rows: [row, { ...row, fault: 'one-way', load: 'config' }],
  config: {
    ...{ operationCount: 100, verdict: 'linearizable', counterexample: undefined, unpromised: [] },
    evidence: { history: [], page: (title) => `<title>${title}</title>` },
  },
  boards,
  problems: [],
  isSound: true,
};

test('a report is a table and a verdict', () => {
  const lines = chaosText(sound).split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'fault    load    requests  refused  unknown  skipped  errors  p50 ms  p99 ms  max ms',
    'calm     boards       200        1        2        0   1.5 %     4.3    80.0  1200.0',
    'one-way  config       200        1        2        0   1.5 %     4.3    80.0  1200.0',
  ]);
  expect(lines).toContain('kill       3                900     1100                  700     1500');
  expect(lines).toContain('n1         31 %                 119');
  expect(lines).toContain('3 faults in 60 s, 299 requests done per s');
  expect(lines).toContain('configuration: 100 operations, linearizable');
  expect(lines.at(-1)).toBe('every promise was kept');
});

test('nodes that took more memory than wanted are named', () => {
  const [node] = sound.nodes;
  const large = { ...node!, node: 'n2', residentBytesMax: 120_000_000 };
  expect(chaosText(sound)).toContain('memory: every node had less than 120 MB');
  const text = chaosText({ ...sound, nodes: [node!, large, { ...large, node: 'n3' }] });
  expect(text).toContain('memory: n2,n3 had more than wanted, less than 120 MB');
  expect(text).toContain('every promise was kept');
});

test('what was lost is named, the first ten of it', () => {
  const lost = Array.from({ length: 12 }, (_, index) => `b-1: i${index} on n2`);
  const text = chaosText({ ...sound, isSound: false, boards: { ...boards, lost } });
  expect(text).toContain('12 lost');
  expect(text).toContain('LOST EDIT: b-1: i9 on n2\nand 2 more\nPROMISES WERE BROKEN');
});

test('a run that broke off is not sound, and says what it knows', () => {
  const problems = ['the run broke off: no memory'];
  const broken = { ...sound, config: undefined, boards: undefined, problems, isSound: false };
  const text = chaosText(broken);
  expect(text).toContain(
    'configuration: not judged\nboards: not judged\nthe run broke off: no memory',
  );
  expect(JSON.parse(reportJson({ seed: 7 }, broken))).toMatchObject({ seed: 7, isSound: false });
});

test('files of a run: figures, history, a page, and how to look at them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'quorate-chaos-'));
  try {
    const told = writeChaosFiles(directory, { seed: 7 }, sound);
    expect(readFileSync(join(directory, 'history.html'), 'utf8')).toContain('Keys under chaos');
    const report: unknown = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8'));
    expect(report).toMatchObject({ seed: 7, config: { verdict: 'linearizable' } });
    expect(report).not.toHaveProperty('config.evidence');
    expect(readdirSync(directory).toSorted()).toEqual([
      ...['history.html', 'history.jsonl', 'report.json', 'report.txt'],
    ]);
    expect(told).toContain(`demo check ${join(directory, 'history.jsonl')}`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
