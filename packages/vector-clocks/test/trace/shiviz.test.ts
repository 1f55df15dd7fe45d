import fc from 'fast-check';
import { expect, test } from 'vitest';

import { shiVizLog, shiVizPattern } from '../../src/trace/shiviz.ts';
import { TraceRecorder } from '../../src/trace/trace-recorder.ts';
import { traces } from '../support/traces.ts';

/** Reads a log as ShiViz says that it does: a pattern, a delimiter, and the rest by the pattern. */
function read(log: string): { host: string; clock: Map<string, unknown>; event: string }[] {
  const [pattern = '', delimiter, ...rest] = log.split('\n');
  expect([pattern, delimiter]).toEqual([shiVizPattern, '']);
  return [...rest.join('\n').matchAll(new RegExp(pattern, 'gu'))].map(({ groups = {} }) => ({
    host: groups['host'] ?? '',
    clock: clockIn(groups['clock'] ?? ''),
    event: groups['event'] ?? '',
  }));
}

function clockIn(text: string): Map<string, unknown> {
  const parsed: unknown = JSON.parse(text);
  return new Map(Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {}));
}

test('a log has every event, with a clock that begins at 1 and rises by one', () => {
  fc.assert(
    fc.property(traces, ({ events }) => {
      const counts = new Map<string, number>();
      const told = read(shiVizLog(events));
      expect(told).toHaveLength(events.length);
      for (const { host, clock } of told) {
        const counter = (counts.get(host) ?? 0) + 1;
        counts.set(host, counter);
        expect(clock.get(host)).toBe(counter);
        for (const [id, seen] of clock) expect(counts.get(id)).toBeGreaterThanOrEqual(Number(seen));
      }
      expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(events.length);
      expect(counts.size).toBe(new Set(events.map(({ host }) => host)).size);
    }),
    { numRuns: 300 },
  );
});

test('names without spaces and texts of one line are told as they are', () => {
  const recorder = new TraceRecorder('n1@3');
  recorder.happen('stores {"x":1}\nand y');
  expect(shiVizLog(recorder.events).split('\n').slice(2)).toEqual([
    'stores {"x":1}%0Aand y',
    'n1@3 {"n1@3":1}',
    '',
  ]);
});
