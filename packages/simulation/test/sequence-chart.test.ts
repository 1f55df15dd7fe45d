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
  line({ atMs: 3, node: 'n3', peer: 'n1', detail: 'raft' }),
  line({ atMs: 4, node: 'n1', peer: 'n2', detail: 'raft' }),
  line({ atMs: 5, kind: 'lose', node: 'n2', peer: 'n1', detail: 'partition' }),
  line({ atMs: 6, kind: 'fault', detail: '{"kind":"heal"}' }),
];

describe('chartText', () => {
  test('draws lanes, arrows both ways, losses and faults', () => {
    expect(
      chartText(story)
        .split('\n')
        .map((row) => row.trimEnd()),
    ).toEqual([
      '                  n1            n2            n3',
      '       1.0        o             .             .       start',
      '       3.0        o--------------------------->       deliver raft',
      '       4.0        <-------------o             .       deliver raft',
      '       5.0        o-------------x             .       lose partition',
      '       6.0 ========================================== fault {"kind":"heal"}',
      '',
    ]);
  });

  test('keeps to its rows and says what it leaves out', () => {
    const text = chartText(story, { rowsMax: 2 });
    expect(text).toContain('(3 earlier rows left out)');
    expect(text.split('\n')).toHaveLength(5);
  });

  test.each([0, 1.5, Number.NaN, 10_001])('refuses %d rows', (rowsMax) => {
    expect(() => chartText(story, { rowsMax })).toThrow(/^rowsMax: expected 1..10000/);
  });
});

describe('chartSvg', () => {
  test('draws a lane for each node and an arrow for each delivery', () => {
    const svg = chartSvg(story);
    expect(svg.match(/font-weight="bold"/g)).toHaveLength(3);
    expect(svg.match(/<path /g)).toHaveLength(2);
    expect(svg.match(/<rect /g)).toHaveLength(2);
  });

  test('lets no text become markup, and stays within its size', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (detail) => {
        const svg = chartSvg(
          Array.from({ length: 50 }, () => line({ node: 'n<1>', detail })),
          {
            rowsMax: 10,
          },
        );
        const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)];
        expect(texts).toHaveLength(1 + 1 + 20);
        expect(svg.length).toBeLessThan(20_000);
        expect(svg.isWellFormed()).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
