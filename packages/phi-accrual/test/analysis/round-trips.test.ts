import { describe, expect, test } from 'vitest';

import { parseRoundTrips } from '../../src/analysis/round-trips.ts';
import { TraceFormatError } from '../../src/errors.ts';
import { hasRoundTrips, roundTripText } from '../support/shared-data.ts';

describe('a table of round trips', () => {
  test('is a trace for each link, with half of each round trip', () => {
    const [one, other, ...more] = parseRoundTrips('slice,a-b,b-a\n1,0.3,0.5\n2,,0\n', 1_000);
    expect(more).toEqual([]);
    expect([one?.name, other?.name]).toEqual(['a-b', 'b-a']);
    expect([...(one?.arrivedAtMs ?? [])]).toEqual([1_150, Infinity]);
    expect([...(other?.arrivedAtMs ?? [])]).toEqual([1_250, 2_000]);
  });

  test.each([
    ['nothing', '', /^line 1/],
    ['no row', 'slice,a\n', /^line 1/],
    ['no link', 'slice\n1\n', /^line 1/],
    ['a row too short', 'slice,a,b\n1,2,3\n2,3\n', /^line 3: expected 3 cells/],
    ['a row too long', 'slice,a\n1,2,3\n', /^line 2: expected 2 cells/],
    ['a negative time', 'slice,a\n1,-1\n', /^line 2: expected seconds, got '-1'/],
    ['a word', 'slice,a\n1,NaN\n', /^line 2: expected seconds, got 'NaN'/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseRoundTrips(text, 1_000)).toThrow(TraceFormatError);
    expect(() => parseRoundTrips(text, 1_000)).toThrow(message);
  });

  test('refuses an interval that is none', () => {
    expect(() => parseRoundTrips('slice,a\n1,1\n', 0)).toThrow(/^intervalMs/);
  });

  test.skipIf(!hasRoundTrips)('holds what was measured between homes in Seattle', () => {
    const links = parseRoundTrips(roundTripText(), 1_000);
    expect(links).toHaveLength(24);
    const [first] = links;
    expect(first?.name).toBe('34-5');
    expect(first?.sequences).toHaveLength(688);
    expect(first?.arrivedAtMs[0]).toBe(1_150);
    expect(links.every(({ lostCount }) => lostCount === 0)).toBe(true);
  });
});
