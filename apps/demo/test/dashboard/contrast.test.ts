import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/dashboard/page.css', import.meta.url), 'utf8');

/** The colours of a theme, by name: those of the light one, and what `selector` has instead. */
function coloursOf(selector: string | undefined): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  for (const each of [':root {', ...(selector === undefined ? [] : [selector])]) {
    const start = css.indexOf(each) + each.length;
    for (const [, name = '', value = ''] of css
      .slice(start, css.indexOf('}', start))
      .matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)) {
      colours.set(name, value);
    }
  }
  return colours;
}

type Rgb = readonly [red: number, green: number, blue: number];

function rgbOf(hex: string): Rgb {
  const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** So much of one colour over another, as `color-mix` does it. */
function mixed(over: Rgb, under: Rgb, share: number): Rgb {
  const mix = (at: 0 | 1 | 2): number => over[at] * share + under[at] * (1 - share);
  return [mix(0), mix(1), mix(2)];
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((each) => {
    const part = each / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(left: Rgb, right: Rgb): number {
  const [dark = 0, light = 0] = [luminance(left), luminance(right)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const tones = ['leader', 'follower', 'candidate', 'good', 'warn', 'bad', 'primary', 'ink-2'];

describe.each([
  ['light', undefined],
  ['dark', ":root[data-theme='dark'] {"],
  ['dark, as the system says', ":root:not([data-theme='light']) {"],
])('%s', (_, selector) => {
  const colours = coloursOf(selector);
  const colour = (name: string): Rgb => rgbOf(colours.get(name) ?? '');

  test.each(['ink', ...tones])('%s can be read on panels and on the ground', (name) => {
    for (const ground of ['panel', 'ground']) {
      expect(contrast(colour(name), colour(ground)), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(tones)('%s can be read on a little of itself', (name) => {
    const ground = mixed(colour(name), colour('panel'), 0.1);
    expect(contrast(colour(name), ground)).toBeGreaterThanOrEqual(4.5);
  });

  test('buttons and hints can be read', () => {
    const pairs = [
      ['ink', 'raised'],
      ['ink-2', 'raised'],
      ['bad', 'raised'],
      ['on-primary', 'primary'],
      ['on-hint', 'hint'],
    ] as const;
    for (const [text, ground] of pairs) {
      expect(contrast(colour(text), colour(ground)), text).toBeGreaterThanOrEqual(4.5);
    }
  });
});
