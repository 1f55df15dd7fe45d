import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { qualityCurve, settingsOf } from '../../src/analysis/curves.ts';
import { detectorFamilies } from '../../src/analysis/families.ts';
import { generateTrace } from '../../src/analysis/generate-trace.ts';

const trace = generateTrace('mobile', { random: seededRandom(3), count: 3_000 });

describe.each(detectorFamilies(1_000))('the curve of $name', (family) => {
  const settings = settingsOf(family);

  test('goes through settings in its range, from hasty to patient', () => {
    expect(settings).toHaveLength(24);
    expect(settings).toEqual([...settings].sort((a, b) => a - b));
    expect(Math.min(...settings)).toBeGreaterThanOrEqual(family.range[0]);
    expect(Math.max(...settings)).toBeLessThanOrEqual(family.range[1] * 1.000_001);
  });

  test('makes no more mistakes at its patient end', () => {
    const { name, points } = qualityCurve(trace, family, [...settings].reverse());
    expect(name).toBe(family.name);
    const times = points.map(({ quality }) => quality.detectionMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(times[0] ?? Infinity);
    expect(points.at(-1)?.quality.mistakes).toBeLessThanOrEqual(points[0]?.quality.mistakes ?? 0);
  });
});
