import { describe, expect, test } from 'vitest';

import type { Band, Bar } from '../src/report/layout.ts';
import { drawNames, drawPlot, escapeXml } from '../src/report/svg.ts';

const bar: Bar = {
  lane: 0,
  fromPx: 10,
  toPx: 110,
  kind: 'ok',
  client: 'c1',
  text: 'write(1)',
  label: 'write(1)',
  callTime: 0,
  returnTime: 1,
  note: undefined,
  isCulprit: false,
  isKept: true,
  end: 1,
};

const band: Band = {
  title: 'a <title>',
  explanation: '',
  lanes: ['c1', 'c<2>'],
  widthPx: 300,
  topPx: 50,
  bars: [
    bar,
    { ...bar, kind: 'info', lane: 1, isKept: false },
    { ...bar, isCulprit: true, end: -1 },
  ],
  points: [
    { parent: -1, bar: 0, xPx: 20, number: 1, state: '1' },
    { parent: 0, bar: 1, xPx: 60, number: 2, state: '2' },
    { parent: 0, bar: 1, xPx: 60, number: 2, state: '3' },
  ],
  refusals: [
    { end: 1, bar: 2, xPx: 100 },
    { end: 2, bar: 2, xPx: 100 },
  ],
  longest: 1,
  initialState: '0',
  spans: [{ label: 'cut', text: 'cut', fromPx: 10, toPx: 40, row: 0 }],
  ticks: [{ xPx: 10, label: '0' }],
};

const plot = drawPlot(band, 3);

describe('pictures', () => {
  test('are one element each', () => {
    expect(plot).toMatch(/^<svg [^>]*id="plot-3"[^>]*>.*<\/svg>$/);
    expect(drawNames(band, 3)).toMatch(/^<svg [^>]*id="names-3"[^>]*>.*c&lt;2&gt;.*<\/svg>$/);
  });

  test('show the longest order from the start, and hold the others', () => {
    expect(plot).toContain('<g id="p3-0" class="point on">');
    expect(plot).toContain('<g id="p3-1" class="point on">');
    expect(plot).toContain('<g id="p3-2" class="point">');
    expect(plot).toContain('<g class="refusal on" data-end="3-1">');
    expect(plot).toContain('<g class="refusal" data-end="3-2">');
  });

  test('tell kinds of operations apart by more than colour', () => {
    expect(plot).toContain('<g id="b3-0" class="bar ok kept">');
    expect(plot).toContain('<g id="b3-1" class="bar info">');
    expect(plot).toContain('<g id="b3-2" class="bar ok culprit kept">');
    expect(plot.match(/fill="url\(#hatch-3\)"/g)).toHaveLength(1);
    const [closed, open] = plot.match(/<path class="box" d="[^"]*"/g) ?? [];
    expect(closed).toContain('z"');
    expect(open).not.toContain('z"');
  });

  test('hold no text as markup', () => {
    expect(plot).toContain('aria-label="a &lt;title&gt;"');
  });
});

test('escaping leaves only what XML can hold', () => {
  expect(escapeXml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
  expect(escapeXml('\u0000\u001b\ud800\uffff')).toBe('\ufffd\ufffd\ufffd\ufffd');
  expect(escapeXml('é 漢 🦀')).toBe('é 漢 🦀');
});
