import { describe, expect, test } from 'vitest';

import { type ChartRow, chartRows } from '../src/chart-rows.ts';
import type { TraceLine } from '../src/index.ts';

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

const says = (peer: string, node: string, said: string): TraceLine =>
  line({ node, peer, detail: 'talk', said });

const note = (detail: string): TraceLine => line({ kind: 'note', node: 'a', detail });

/** `count` heartbeats of a to b, and the answers. */
const beats = (count: number): TraceLine[] =>
  Array.from({ length: count }, () => [says('a', 'b', 'beat'), says('b', 'a', 'heard')]).flat();

function labelsOf(lines: readonly TraceLine[], rowsMax?: number): readonly string[] {
  const { rows } = chartRows(lines, rowsMax === undefined ? {} : { rowsMax });
  return rows.map(({ shape, label }: ChartRow) => (shape === 'gap' ? `... ${label}` : label));
}

describe('labels', () => {
  test.each<readonly [Partial<TraceLine>, string]>([
    [{ detail: 'raft' }, 'raft'],
    [{ detail: 'raft', said: 'vote?' }, 'vote?'],
    [{ kind: 'hold', detail: 'raft', said: 'vote?' }, 'vote? (held)'],
    [{ kind: 'lose', detail: 'partition', said: 'vote?' }, 'vote? (lost: partition)'],
    [{ kind: 'lose', detail: 'partition' }, 'message (lost: partition)'],
    [{ kind: 'refuse', detail: 'queueFull', said: 'vote?' }, 'vote? (refused: queueFull)'],
    [{ kind: 'start', mark: 1 }, 'starts'],
    [{ kind: 'start', mark: 3 }, 'starts again, life 3'],
    [{ kind: 'crash', detail: 'power' }, 'crashes (power)'],
    [{ kind: 'exit' }, 'stops'],
    [{ kind: 'pause' }, 'stands still'],
    [{ kind: 'resume' }, 'goes on'],
    [{ kind: 'peerDown', peer: 'b', detail: 'reset' }, 'b is gone (reset)'],
    [{ kind: 'error', detail: 'oh' }, 'throws: oh'],
    [{ kind: 'note', detail: 'leads' }, 'leads'],
    [{ kind: 'buggify', detail: 'log.tiny' }, 'buggify log.tiny'],
  ])('%j reads %s', (fields, label) => {
    expect(labelsOf([line({ node: 'a', peer: 'b', ...fields })])).toEqual([label]);
  });

  test.each([
    ['{"kind":"heal"}', 'heal'],
    ['{"kind":"partition","left":["a"],"right":["b","c"]}', 'partition left a, right b c'],
    ['{"kind":"drift","node":"a","ppm":90}', 'drift a, ppm 90'],
    ['{"kind":"network","delay":{"kind":"constant","ms":5}}', 'network delay {kind:constant,ms:5}'],
    ['no JSON', 'no JSON'],
  ])('the fault %s reads %s', (detail, label) => {
    expect(labelsOf([line({ kind: 'fault', detail })])).toEqual([label]);
  });

  test('a fault that shows in the line of its node is not drawn twice', () => {
    const fault = line({ kind: 'fault', detail: '{"kind":"crash","node":"a"}' });
    const crash = line({ kind: 'crash', node: 'a', detail: 'power' });
    expect(labelsOf([fault, crash])).toEqual(['crashes (power)']);
  });
});

describe('folding', () => {
  test('counts what links say again, and says what it was', () => {
    expect(labelsOf([...beats(6), note('a leads'), ...beats(2)])).toEqual([
      'beat',
      'heard',
      '... 10 repeats, a, b: 5 x beat; 5 x heard',
      'a leads',
      ...['beat', 'heard', 'beat', 'heard'],
    ]);
  });

  test('what a link said four messages ago is news again', () => {
    const end = ['w', 'x', 'y', 'z'].map(note);
    const told = (between: readonly string[]): readonly string[] =>
      labelsOf([...['0', ...between, '0'].map((said) => says('a', 'b', said)), ...end]);
    expect(told(['1', '2', '3'])).toContain('... 1 repeat, a, b: 1 x 0');
    expect(told(['1', '2', '3', '4']).filter((label) => label === '0')).toHaveLength(2);
  });

  test('a few repeats wait for more of them before they take a line', () => {
    const few = [...beats(2), note('1'), ...beats(1), note('2'), note('3')];
    expect(labelsOf([...few, ...['w', 'x', 'y', 'z'].map(note)])).toEqual([
      ...['beat', 'heard', '1', '2', '3'],
      '... 4 repeats, a, b: 2 x beat; 2 x heard',
      ...['w', 'x', 'y', 'z'],
    ]);
  });

  test.each(['start', 'crash', 'pause', 'resume', 'error'] as const)(
    '%s makes all news',
    (kind) => {
      const labels = labelsOf([...beats(3), line({ kind, node: 'b' }), ...beats(3)]);
      expect(labels.filter((label) => label === 'beat')).toHaveLength(1 + 1 + 2);
    },
  );

  test('the latest rows are drawn whatever they repeat', () => {
    const labels = labelsOf([...beats(9), line({ kind: 'broken', detail: 'kept: no' })]);
    expect(labels.slice(-4)).toEqual(['heard', 'beat', 'heard', 'kept: no']);
  });
});

describe('cutting', () => {
  const story = Array.from({ length: 50 }, (_, place) => note(`${place}`));

  test('leaves out the middle, and keeps the beginning and what broke', () => {
    const labels = labelsOf([...story, line({ kind: 'broken', detail: 'kept: no' })], 8);
    expect(labels).toEqual([
      ...['0', '1'],
      '... 43 rows left out',
      ...['45', '46', '47', '48', '49', 'kept: no'],
    ]);
  });

  test('leaves nothing out while there is room', () => {
    expect(labelsOf(story, 50)).toHaveLength(50);
    expect(labelsOf(story, 49)).toContain('... 1 row left out');
  });

  test('a single row is the last', () => {
    expect(labelsOf(story, 1)).toEqual(['... 49 rows left out', '49']);
  });

  test.each([0, 1.5, Number.NaN, 10_001])('refuses %d rows', (rowsMax) => {
    expect(() => chartRows(story, { rowsMax })).toThrow(/^rowsMax: expected 1..10000/);
  });
});
