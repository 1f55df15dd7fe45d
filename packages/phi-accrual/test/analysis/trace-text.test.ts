import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { generateTrace } from '../../src/analysis/generate-trace.ts';
import { parseTrace, printTrace } from '../../src/analysis/trace-text.ts';
import { traceCountMax } from '../../src/analysis/trace.ts';
import { TraceFormatError } from '../../src/errors.ts';

const parse = (text: string, intervalMs?: number) =>
  parseTrace(text, intervalMs === undefined ? { name: 'test' } : { name: 'test', intervalMs });

describe('a trace as text', () => {
  test('reads columns in any order, and ignores others', () => {
    const trace = parse('peer,arrived_ms,Sequence,sent_ms\na,12,1,10\na,,2,20\na,33,3,30\n');
    expect([...trace.sequences]).toEqual([1, 2, 3]);
    expect([...trace.sentAtMs]).toEqual([10, 20, 30]);
    expect([...trace.arrivedAtMs]).toEqual([12, Infinity, 33]);
    expect(trace.intervalMs).toBe(10);
  });

  test('reads what spreadsheets write: a byte-order mark, ends of line, empty lines', () => {
    const trace = parse('\ufeffsequence,arrived_ms\r\n1, 12 \r\n\r\n2,22\r\n');
    expect([...trace.arrivedAtMs]).toEqual([12, 22]);
  });

  test('takes numbers without a row for lost', () => {
    const trace = parse('sequence,sent_ms,arrived_ms\n1,10,11\n4,40,41\n5,50,51\n');
    expect([...trace.sequences]).toEqual([1, 2, 3, 4, 5]);
    expect([...trace.sentAtMs]).toEqual([10, 20, 30, 40, 50]);
    expect(trace.lostCount).toBe(2);
  });

  test('takes heartbeats for sent on schedule where nobody wrote it down', () => {
    const trace = parse('sequence,arrived_ms\n0,5\n1,103\n2,209\n', 100);
    expect([...trace.sentAtMs]).toEqual([3, 103, 203]);
    expect(parse('sequence,arrived_ms\n0,5\n1,103\n2,209\n3,305\n').intervalMs).toBe(98);
  });

  test('of a schedule that no double hits arrives nothing before it was sent', () => {
    const rows = Array.from({ length: 1_000 }, (_, row) => `${row},${row * 0.1 + 1e9 / 3}`);
    const trace = parse(`sequence,arrived_ms\n${rows.join('\n')}\n`, 0.1);
    expect(trace.lostCount).toBe(0);
  });

  test('comes back as it was written', () => {
    const trace = generateTrace('mobile', { random: seededRandom(1), count: 2_000 });
    const back = parseTrace(printTrace(trace), { name: trace.name, intervalMs: trace.intervalMs });
    expect(back).toEqual(trace);
  });

  test.each([
    ['nothing', '', /^line 1: expected a row/],
    ['a head alone', 'sequence,arrived_ms\n', /^line 2: expected a row/],
    ['no head', '1,2\n', /^line 1: expected columns sequence and arrived_ms/],
    ['a head that every object has', '__proto__,arrived_ms\n1,2\n', /^line 1: expected columns/],
    [
      'a word',
      'sequence,arrived_ms\n1,soon\n',
      /^line 2: expected a number in arrived_ms, got 'soon'/,
    ],
    ['no number', 'sequence,arrived_ms\n,5\n', /^line 2: expected a number in sequence/],
    ['infinity', 'sequence,arrived_ms\n1,Infinity\n', /^line 2: expected a number in arrived_ms/],
    ['2^53', 'sequence,arrived_ms\n9007199254740992,5\n', /^line 2: expected a safe integer/],
    ['half a number', 'sequence,arrived_ms\n1.5,5\n', /^line 2: expected a safe integer/],
    ['a number twice', 'sequence,arrived_ms\n1,5\n1,6\n', /^line 3: expected a sequence above 1/],
    ['an arrival too soon', 'sequence,sent_ms,arrived_ms\n1,5,4\n2,6,7\n', /^arrivedAtMs\[0\]/],
    [
      'a long line',
      `sequence,arrived_ms\n1,${'9'.repeat(1_000)}\n`,
      /^line 2: expected at most 1000/,
    ],
    ['one heartbeat', 'sequence,arrived_ms\n1,5\n', /^expected rows that show an interval/],
    [
      'numbers far apart',
      `sequence,arrived_ms\n1,5\n2,6\n${traceCountMax + 9},7\n`,
      /^expected at most 5000000 numbers/,
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parse(text)).toThrow(TraceFormatError);
    expect(() => parse(text)).toThrow(message);
  });

  test.each([0, -1, NaN, Infinity])('refuses an interval of %d', (intervalMs) => {
    expect(() => parse('sequence,arrived_ms\n1,5\n', intervalMs)).toThrow(/^intervalMs/);
  });
});
