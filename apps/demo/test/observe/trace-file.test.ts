import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { TraceEntry } from '../../src/observe/trace.ts';
import { parseTrace, shivizLog, traceLine } from '../../src/observe/trace-file.ts';

const entry: TraceEntry = {
  ...{ node: 'n1', kind: 'receive', peer: 'n2', protocol: 'raft', type: 'heartbeat' },
  ...{ sizeBytes: 24, wallMs: 1_500, counter: 3, process: 'n1.k3' },
  clock: { 'n1.k3': 7, 'n2.b': 2 },
  detail: { term: 4, isReady: true },
};

const entries = fc
  .record({
    node: fc.constantFrom('n1', 'n2'),
    kind: fc.constantFrom('send' as const, 'receive' as const, 'drop' as const),
    peer: fc.constantFrom('n3', 'n4'),
    type: fc.string({ minLength: 1, maxLength: 9 }),
    sizeBytes: fc.nat(),
    wallMs: fc.nat(),
    counter: fc.nat(65_535),
    count: fc.nat(),
    detail: fc.option(fc.dictionary(fc.constantFrom('term', 'index'), fc.nat()), {
      nil: undefined,
    }),
  })
  .map(({ count, detail, ...rest }): TraceEntry => {
    const process = `${rest.node}.x`;
    const said = detail === undefined ? {} : { detail };
    return { ...rest, protocol: 'raft', process, clock: { [process]: count }, ...said };
  });

describe('a trace in a file', () => {
  test('is what it was', () => {
    fc.assert(
      fc.property(fc.array(entries), (trace) => {
        const text = trace.map((each) => `${traceLine(each, 'a#1')}\n`).join('');
        expect(parseTrace(text)).toEqual({ entries: trace, problemCount: 0, problems: [] });
      }),
    );
  });

  const good = traceLine(entry);
  const changed = (change: object): string =>
    JSON.stringify({ ...(JSON.parse(good) as object), ...change });

  test.each([
    ['not JSON', '{', 'no JSON'],
    ['a field too many', changed({ script: 'x' }), 'script'],
    ['a field too few', JSON.stringify({ seq: 1 }), 'at'],
    ['a kind that there is not', changed({ kind: 'teleport' }), 'kind'],
    ['a negative count', changed({ vc: { 'n1.k3': -7 } }), 'vc.n1.k3'],
    ['a clock that does not fit', changed({ seq: 8 }), 'vc: expected n1.k3 to be at seq 8'],
    ['a list for a name', changed({ node: ['n1'] }), 'node'],
    ['a detail that is none', changed({ detail: { deep: {} } }), 'detail.deep'],
    ['a line without end', changed({ type: 'x'.repeat(30_000) }), 'more than 20000 characters'],
  ])('with %s is refused by its line', (_, line, detail) => {
    const parsed = parseTrace(`${good}\n\n${line}\n${good}\n`);
    expect(parsed.entries).toEqual([entry, entry]);
    expect(parsed.problems.map(({ line: number }) => number)).toEqual([3]);
    expect(parsed.problems[0]?.detail).toContain(detail);
  });

  test('with many bad lines says how many, and which came first', () => {
    const { entries: none, problemCount, problems } = parseTrace('x\n'.repeat(1_000));
    expect(none).toEqual([]);
    expect(problemCount).toBe(1_000);
    expect(problems).toHaveLength(20);
  });
});

test('a log for ShiViz begins with the expression that reads it', () => {
  const [expression = '', , ...lines] = shivizLog([entry]).split('\n');
  const read = new RegExp(expression).exec(lines.join('\n'));
  expect(read?.groups).toEqual({
    ...{ host: 'n1.k3', event: 'n1 heartbeat from n2' },
    clock: '{"n1.k3":1}',
  });
});

test('a log for ShiViz has clocks without gaps, whatever is left out', () => {
  const at = (process: string, clock: TraceEntry['clock']): TraceEntry => ({
    ...{ ...entry, node: process.slice(0, 2), process, clock },
  });
  const log = shivizLog([
    at('n1.a', { 'n1.a': 40, 'n2.b': 3 }),
    at('n2.b', { 'n1.a': 41, 'n2.b': 9 }),
    at('n1.a', { 'n1.a': 44, 'n2.b': 9 }),
    at('n2.b', { 'n1.a': 50, 'n2.b': 12 }),
  ]);
  expect(log.split('\n').flatMap((line) => /^n\S+ (\{.*\})$/.exec(line)?.[1] ?? [])).toEqual([
    '{"n1.a":1}',
    '{"n1.a":1,"n2.b":1}',
    '{"n1.a":2,"n2.b":1}',
    '{"n1.a":2,"n2.b":2}',
  ]);
});
