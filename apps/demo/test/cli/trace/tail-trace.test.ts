import { expect, test } from 'vitest';

import { TraceTail } from '../../../src/cli/trace/tail-trace.ts';
import { eventLine } from '../../../src/cli/trace/trace-text.ts';
import { exchange } from '../../support/trace-entries.ts';

test('events come once each, in the order of time, when nothing earlier comes', () => {
  const tail = new TraceTail();
  const [early, late] = exchange(1_000, 1);
  const [ends, laterEnds] = exchange(3_000, 2);
  const add = (entries = early): void => tail.add({ entries: entries ?? [], leftOutCount: 0 });
  // The receiver tells before the sender does.
  add(late);
  expect(tail.take(100)).toEqual([]);
  add(early);
  add(ends);
  add(laterEnds);
  expect(tail.take(100).map(({ entry }) => [entry.wallMs, entry.kind])).toEqual([
    [1_000, 'send'],
    [1_000, 'send'],
    [1_005, 'receive'],
  ]);
  expect(tail.take(100)).toEqual([]);
  expect(tail.take(0)).toHaveLength(3);
});

test('a line says who, what, how much, and what became of it', () => {
  const tail = new TraceTail();
  for (const entries of [...exchange(1_000, 1), ...exchange(5_000, 2)]) {
    tail.add({ entries, leftOutCount: 0 });
  }
  const lines = tail.take(0).map((event) => eventLine(event, tail.latestMs));
  expect(lines[0]).toMatch(/^\d\d:\d\d:01\.000 {2}n1 → n2 {2}appendEntries +10 B {2}term=1$/);
  expect(lines[1]).toMatch(/n1 → n3 .* lost$/);
  expect(lines[2]).toMatch(/n2 ← n1 .* B$/);
});
