import fc from 'fast-check';
import { expect, test } from 'vitest';

import { placeBeside } from '../../../src/dashboard/coach/place-beside.ts';

const window = { width: 1_440, height: 900 };

test('a hint stands below what it is about, its tip at the middle of that', () => {
  expect(placeBeside({ left: 600, right: 700, top: 100, bottom: 140 }, window)).toEqual({
    ...{ side: 'below', left: 500, top: 152, tip: 150 },
  });
});

test('a hint stands above what is low, and apart from what cannot be seen', () => {
  expect(placeBeside({ left: 600, right: 700, top: 800, bottom: 880 }, window).side).toBe('above');
  expect(placeBeside({ left: 0, right: 9, top: 1_900, bottom: 1_950 }, window).side).toBe('apart');
  expect(placeBeside(undefined, window).side).toBe('apart');
});

test('a hint and its tip are within the window, also on a phone', () => {
  const edge = fc.integer({ min: -200, max: 2_000 });
  fc.assert(
    fc.property(edge, edge, fc.constantFrom(390, 1_440), (left, top, width) => {
      const anchor = { left, top, right: left + 40, bottom: top + 40 };
      const place = placeBeside(anchor, { width, height: 844 });
      expect(place.left).toBeGreaterThanOrEqual(12);
      expect(place.left + 300).toBeLessThanOrEqual(width - 12);
      expect(place.tip).toBeGreaterThanOrEqual(24);
      expect(place.tip).toBeLessThanOrEqual(276);
    }),
  );
});
