import { describe, expect, test } from 'vitest';

import { detectorFamilies, familiesOf } from '../../src/analysis/families.ts';

describe.each(detectorFamilies(1_000))('$name', ({ name, range, usual, make }) => {
  test('makes detectors of its name over its whole range', () => {
    for (const setting of range) expect(make(setting).kind).toBe(name);
  });

  test('suspects later with a greater setting', () => {
    const deadlines = [0, 0.1, 0.5, 1].map((share) => {
      const detector = make(usual[0] + share * (usual[1] - usual[0]));
      for (let beat = 1; beat <= 50; beat += 1)
        detector.heartbeat(beat, beat * 1_000 + 90 * (beat % 3));
      return detector.suspectAtMs;
    });
    expect(deadlines).toEqual([...deadlines].sort((a, b) => a - b));
    expect(new Set(deadlines).size).toBe(4);
  });
});

test('the default kind comes first', () => {
  expect(detectorFamilies(100)[0]?.name).toBe('normal');
});

test('an interval that no detector takes is refused', () => {
  expect(() => detectorFamilies(0)).toThrow(/^intervalMs/);
});

test('families are found by kind, in the order asked for', () => {
  const found = familiesOf(detectorFamilies(100), ['fixed', 'normal']);
  expect(found.map(({ name }) => name)).toEqual(['fixed', 'normal']);
});
