import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { compareAtEqualDetection, settingFor } from '../../src/analysis/equal-detection.ts';
import { type DetectorFamily, detectorFamilies, familiesOf } from '../../src/analysis/families.ts';
import { generateTrace } from '../../src/analysis/generate-trace.ts';
import { createDetector } from '../../src/create-detector.ts';

const trace = generateTrace('lossy', { random: seededRandom(3), count: 4_000 });
const all = detectorFamilies(trace.intervalMs);
const [normal] = all;
const others = familiesOf(all, ['two-window', 'chen', 'fixed', 'bertier']);
// Akka's has a pause of three seconds, and notices nothing so soon.
const families = all.filter(({ name }) => name !== 'akka');

describe('a detection time', () => {
  test.each(families)('is met by $name', (family) => {
    const found = settingFor(trace, family, 560);
    expect(found.name).toBe(family.name);
    expect(found.isMet).toBe(true);
    expect(Math.abs(found.quality.detectionMs - 560)).toBeLessThan(0.56);
    expect(found.setting).toBeGreaterThan(family.range[0]);
    expect(found.setting).toBeLessThan(family.range[1]);
  });

  const squared: DetectorFamily = {
    name: 'a timeout squared',
    setting: 'root',
    range: [15, 1_000],
    usual: [15, 1_000],
    make: (root) => createDetector({ kind: 'fixed', intervalMs: 200, timeoutMs: root * root }),
  };

  test.each([...families, squared])('is found for $name in a dozen replays', (family) => {
    let replays = 0;
    const make = (setting: number) => {
      replays += 1;
      return family.make(setting);
    };
    for (const detectionMs of [400, 700, 2_000]) {
      replays = 0;
      settingFor(trace, { ...family, make }, detectionMs);
      expect(replays).toBeLessThanOrEqual(12);
    }
  });

  test('that no setting has is not met, and the nearest end is named', () => {
    const family: DetectorFamily = {
      name: 'bounded',
      setting: 'timeoutMs',
      range: [300, 400],
      usual: [300, 400],
      make: (timeoutMs) => createDetector({ kind: 'fixed', intervalMs: 200, timeoutMs }),
    };
    expect(settingFor(trace, family, 100)).toMatchObject({ isMet: false, setting: 300 });
    expect(settingFor(trace, family, 1_000)).toMatchObject({ isMet: false, setting: 400 });
  });

  test.each([0, -1, NaN, Infinity])('of %d is refused', (detectionMs) => {
    expect(() => settingFor(trace, families[0]!, detectionMs)).toThrow(/^detectionMs/);
  });
});

test('a comparison sets everybody at the times of the first', () => {
  const rows = compareAtEqualDetection(trace, normal!, [2, 8], others, { warmUpCount: 500 });
  expect(rows).toHaveLength(2);
  for (const { detectionMs, first, rivals: found } of rows) {
    expect(first.quality.detectionMs).toBe(detectionMs);
    expect(found.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
    for (const { isMet, quality } of found) {
      expect(isMet).toBe(true);
      expect(quality.heartbeats).toBe(first.quality.heartbeats);
    }
  }
  expect(rows[0]!.detectionMs).toBeLessThan(rows[1]!.detectionMs);
});
