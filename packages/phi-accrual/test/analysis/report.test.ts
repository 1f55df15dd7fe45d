import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { generateTrace } from '../../src/analysis/generate-trace.ts';
import { analyse, reportText } from '../../src/analysis/report.ts';

const trace = generateTrace('mobile', { random: seededRandom(1), count: 3_000 });

describe('a report', () => {
  const report = analyse('phones', [trace]);

  test('counts what was sent and what became of it', () => {
    expect(report).toMatchObject({
      name: 'phones',
      intervalMs: 1_000,
      heartbeats: 3_000,
      lost: trace.lostCount,
      overtaken: trace.overtakenCount,
    });
    const [median, p99, longest] = report.delaysMs;
    expect(Math.abs(median - (25 + Math.exp(3)))).toBeLessThan(2);
    expect(p99).toBeGreaterThan(median);
    expect(longest).toBeGreaterThanOrEqual(p99);
  });

  test('has the detectors that ship with a setting', () => {
    expect(report.presets[0]).toMatchObject({ name: 'normal', setting: 8 });
  });

  test('compares at times that rise, down to few mistakes', () => {
    const times = report.equal.map(({ detectionMs }) => detectionMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const [hasty, patient] = [report.equal[0], report.equal.at(-1)];
    expect(patient?.first.quality.mistakes).toBeLessThan(hasty?.first.quality.mistakes ?? 0);
  });

  test('prints rows of equal shape', () => {
    const lines = reportText(report).split('\n');
    expect(lines[0]).toContain('phones: 3000 heartbeats, one every 1000 ms; ');
    const start = lines.findIndex((line) => line.startsWith('detects in'));
    const table = lines.slice(start, start + 1 + report.equal.length);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
    expect(table.every((line) => /(\d|-|-window|fixed|\))$/u.test(line))).toBe(true);
  });

  test('says never where there is no end', () => {
    const [preset] = report.presets;
    const quality = { ...preset!.quality, detectionMs: Infinity };
    const text = reportText({ ...report, presets: [{ ...preset!, quality }] });
    expect(text).toContain('never ms');
  });
});

describe('traces that cannot be judged as one are refused', () => {
  test('none', () => {
    expect(() => analyse('none', [])).toThrow(/^traces: expected at least 1/);
  });

  test('of different intervals', () => {
    const other = generateTrace('lossy', { random: seededRandom(1), count: 100 });
    expect(() => analyse('two', [trace, other])).toThrow(/^traces: expected intervals of 1000/);
  });
});
