import { describe, expect, test } from 'vitest';

import type { QualityCurve } from '../../src/analysis/curves.ts';
import { curvesPicture } from '../../src/analysis/curves-picture.ts';
import type { Quality } from '../../src/analysis/quality.ts';

function quality(detectionMs: number, mistakesPerHour: number): Quality {
  const rest = { detectionP99Ms: 0, mistakes: 7, mistakeMs: 0, mistakeRecurrenceMs: 0 };
  return { ...rest, detectionMs, mistakesPerHour, accuracy: 1, observedMs: 1, heartbeats: 1 };
}

function curve(name: string, ...points: readonly (readonly [number, number])[]): QualityCurve {
  return {
    name,
    points: points.map(([ms, rate]) => ({ setting: 8, quality: quality(ms, rate) })),
  };
}

/** Every coordinate of the picture. */
function numbers(picture: string): number[] {
  const places = [...picture.matchAll(/ (?:d|c?x|c?y)="([^"]*)"/gu)].map(([, place]) => place);
  return [...places.join(' ').matchAll(/NaN|-?Infinity|-?[\d.]+/gu)].map(([text]) => Number(text));
}

describe('a picture of curves', () => {
  test('draws a line and a key for each curve, and every point with its setting', () => {
    const picture = curvesPicture('two', [
      curve('normal', [1_000, 12], [2_000, 0.5], [4_000, 0]),
      curve('fixed', [1_500, 20]),
    ]);
    expect(picture.match(/<circle/gu)).toHaveLength(4);
    expect(picture.match(/class="curve"/gu)).toHaveLength(4);
    expect(picture).toContain('<title>normal 8: 2000 ms, 7</title>');
    expect(picture).toContain('>none</text>');
    expect(picture).toMatch(/^<svg [^]*<\/svg>\n$/u);
  });

  test('lays fewer mistakes lower, and more time further right', () => {
    const picture = curvesPicture('one', [curve('a', [1_000, 100], [2_000, 1], [3_000, 0])]);
    const [places = ''] = /d="M[\d.]+ [\d.]+L[^"]*"/u.exec(picture) ?? [];
    const pairs = [...places.matchAll(/([\d.]+) ([\d.]+)/gu)].map(([, x, y]) => [+x!, +y!]);
    expect(pairs.map(([x]) => x)).toEqual(pairs.map(([x]) => x).sort((a, b) => a! - b!));
    expect(pairs.map(([, y]) => y)).toEqual(pairs.map(([, y]) => y).sort((a, b) => a! - b!));
    expect(pairs.at(-1)?.[1]).toBe(360);
  });

  test.each([
    ['no curve', []],
    ['no point', [curve('a')]],
    ['no mistakes', [curve('a', [1_000, 0])]],
    ['no time', [curve('a', [0, 1])]],
    ['one point', [curve('a', [1, 1e-9])]],
    ['points far apart', [curve('a', [1e-6, 1e9], [1e12, 1e-9])]],
  ])('of %s stays within its frame', (_what, curves) => {
    const found = numbers(curvesPicture('x', curves));
    expect(found.every((value) => value >= 0 && value <= 760)).toBe(true);
  });

  test('says any name, and nothing but the name', () => {
    const picture = curvesPicture('<b>&\ud800\u0000', [curve('"><script>', [1, 1])]);
    expect(picture).not.toMatch(/<script|<b>|\ud800|\0/u);
    expect(picture).toContain('&quot;&gt;&lt;script&gt;');
  });
});
