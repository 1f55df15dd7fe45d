import { Script } from 'node:vm';

import { describe, expect, test } from 'vitest';

import type { Operation } from '../src/history.ts';
import { register, type RegisterInput, type RegisterOutput } from '../src/models/register.ts';
import { describeCall, show } from '../src/models/text.ts';
import { UNKNOWN } from '../src/model.ts';
import { layOutBand } from '../src/report/layout.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from '../src/report/page.ts';
import { drawBand, escapeXml } from '../src/report/svg.ts';

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const write: RegisterOperation = {
  process: 'c10',
  input: { kind: 'write', value: 1 },
  callTime: 100,
  outcome: { kind: 'info' },
};
const read: RegisterOperation = {
  process: 'c2',
  input: { kind: 'read' },
  callTime: 5_000,
  outcome: { kind: 'ok', output: 1, returnTime: 9_000 },
};

const band = layOutBand(register<number>(0), {
  title: 'title',
  operations: [write, read],
  order: [write, read],
  culprit: undefined,
});

describe('layout', () => {
  test('lanes are in the order of their names', () => {
    expect(band.lanes).toEqual(['c2', 'c10']);
  });

  test('events take columns, not time; what never returned reaches to the end', () => {
    expect(band.bars).toMatchObject([
      { lane: 1, from: 0, to: 3, isPending: true, label: 'write(1) → ?' },
      { lane: 0, from: 1, to: 2, isPending: false, label: 'read() → 1' },
    ]);
  });

  test('points follow the order and lie within their bars', () => {
    const points = band.bars.map(({ point }) => point ?? Number.NaN);
    expect(points[0]).toBeLessThan(points[1] ?? 0);
    for (const { from, to, point } of band.bars) {
      expect(point).toBeGreaterThan(from);
      expect(point).toBeLessThan(to);
    }
  });

  test('each step says the state it leads to', () => {
    expect(band.order).toEqual([
      { bar: 0, state: '1' },
      { bar: 1, state: '1' },
    ]);
  });
});

describe('drawing', () => {
  test('is one SVG with a bar per operation', () => {
    const svg = drawBand(band, 0, []);
    expect(svg).toMatch(/^<svg .*<\/svg>$/);
    expect(svg.match(/<rect /g)).toHaveLength(2);
    expect(svg).toContain('class="bar pending"');
  });

  test('text is never markup', () => {
    expect(escapeXml(`<a href="x">&'`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
    expect(escapeXml('\ud800')).toBe('\ufffd');
  });

  test('the page closes none of its own elements early', () => {
    expect(PAGE_SCRIPT).not.toContain('</');
    expect(PAGE_STYLE).not.toContain('</');
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow();
  });
});

test('calls are described as they would be written', () => {
  expect(describeCall('put', ['x', 1], undefined)).toBe('put("x", 1)');
  expect(describeCall('get', ['x'], UNKNOWN)).toBe('get("x") → ?');
  expect(show(undefined)).toBe('undefined');
});
