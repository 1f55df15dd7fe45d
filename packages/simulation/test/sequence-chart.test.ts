import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { chartSvg, chartText, type TraceLine } from '../src/index.ts';

const line = (fields: Partial<TraceLine>): TraceLine => ({
  atMs: 1,
  kind: 'deliver',
  node: '',
  peer: '',
  sizeBytes: 0,
  mark: 0,
  detail: '',
  ...fields,
});

const story = [
  line({ atMs: 1, kind: 'start', node: 'n1' }),
  line({ atMs: 2, kind: 'send', node: 'n1', peer: 'n3', detail: 'raft' }),
  line({ atMs: 3, node: 'n3', peer: 'n1', detail: 'raft', said: 'vote? t1' }),
  line({ atMs: 4, node: 'n1', peer: 'n2', detail: 'raft' }),
  line({ atMs: 5, kind: 'lose', node: 'n2', peer: 'n1', detail: 'partition' }),
  line({ atMs: 5.5, kind: 'refuse', node: 'n1', peer: 'n2', detail: 'queueFull' }),
  line({ atMs: 5.7, kind: 'hold', node: 'n2', peer: 'n3', detail: 'raft' }),
  line({ atMs: 6, kind: 'fault', detail: '{"kind":"heal"}' }),
  line({ atMs: 7, kind: 'broken', detail: `one leader: ${'n1 or n2 '.repeat(12)}leads` }),
];

describe('chartText', () => {
  test('draws lanes, arrows both ways, losses, faults, and the end', () => {
    expect(chartText(story).split('\n')).toEqual([
      '               n1        n2        n3',
      '       1.0      o         .         .     starts',
      '       3.0      o------------------->     vote? t1',
      '       4.0      <---------o         .     raft',
      '       5.0      o---------x         .     message (lost: partition)',
      '       5.5      o---------x         .     message (refused: queueFull)',
      '       5.7      .         |---------o     raft (held)',
      '       6.0 ============================== heal',
      '       7.0 ############################## broken',
      `           one leader: ${'n1 or n2 '.repeat(8)}n1 or`,
      `           n2 ${'n1 or n2 '.repeat(3)}leads`,
      '',
    ]);
  });

  test('has at most 100 columns, up to nine nodes, whatever they say', () => {
    const name = fc.nat(8).map((place) => `node-${place}`);
    const kind = fc.constantFrom('deliver', 'lose', 'note', 'fault', 'broken', 'start');
    const anything = fc.record({ kind, node: name, peer: name, said: fc.string() });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 40 }), (fields) => {
        const text = chartText(
          fields.map((each) => line({ detail: 'word '.repeat(each.said.length * 9), ...each })),
        );
        for (const row of text.split('\n')) expect(row.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  test('keeps to its rows and says what it leaves out', () => {
    const rows = chartText(story, { rowsMax: 2 }).split('\n');
    expect(rows[1]).toBe('           ... 6 rows left out');
    expect(rows.slice(2).join('\n')).toContain('lead');
  });

  test.each([0, 1.5, Number.NaN, 10_001])('refuses %d rows', (rowsMax) => {
    expect(() => chartText(story, { rowsMax })).toThrow(/^rowsMax: expected 1..10000/);
  });
});

describe('chartSvg', () => {
  test('draws a lane for each node, an arrow for each message, and bars', () => {
    const svg = chartSvg(story);
    expect(svg.match(/class="name"/g)).toHaveLength(3);
    expect(svg.match(/<g class="sent">/g)).toHaveLength(2);
    expect(svg.match(/<g class="lost">/g)).toHaveLength(2);
    expect(svg.match(/<g class="held">/g)).toHaveLength(1);
    expect(svg.match(/class="(?:band|broken)"/g)).toHaveLength(2);
  });

  test('has colours for light and for dark, and no script', () => {
    expect(chartSvg(story)).toContain('@media(prefers-color-scheme:dark)');
    expect(chartSvg(story)).not.toMatch(/script|href|url\(/);
  });

  test('has room for every text: none begins beyond the picture, or runs out of it', () => {
    const svg = chartSvg(story);
    const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
    for (const [, x, text] of svg.matchAll(/<text x="([\d.]+)" y="\d+">([^<]*)</g)) {
      expect(Number(x) + 7.3 * (text ?? '').length).toBeLessThanOrEqual(width);
    }
  });

  test('lets no text become markup, and stays within its size', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (detail) => {
        const svg = chartSvg(
          Array.from({ length: 50 }, () => line({ kind: 'start', node: 'n<1>', detail })),
          { rowsMax: 10 },
        );
        const noted = chartSvg([line({ kind: 'note', node: detail, peer: '<', detail })]);
        for (const each of [svg, noted]) {
          const texts = [...each.matchAll(/<text [^>]*>([^<]*)<\/text>/g)];
          expect(texts).toHaveLength(each.match(/<text /g)?.length ?? 0);
          expect(each.length).toBeLessThan(20_000);
          expect(each.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});
