import { expect, test } from 'vitest';

import { drawn, kindsOf, valuesOf } from '../support/drawn.ts';

test('one direction between two nodes is clogged, and let go', () => {
  const events = drawn('clog');
  expect(kindsOf(events)).toEqual(new Set(['clog', 'unclog']));
  const ends = (wanted: string): readonly string[] =>
    events.flatMap((event) =>
      event.kind === wanted && 'left' in event ? [`${event.left[0]}>${event.right[0]}`] : [],
    );
  expect(ends('clog').toSorted()).toEqual(ends('unclog').toSorted());
  expect(new Set(ends('clog')).size).toBeGreaterThan(10);
});

test('a session breaks, noticed by one end, both or neither', () => {
  const events = drawn('reset');
  expect(kindsOf(events)).toEqual(new Set(['reset']));
  expect(valuesOf(events, 'noticedBy')).toEqual(new Set(['"left"', '"both"', '"neither"']));
});

test('one node alone has no link', () => {
  for (const kind of ['clog', 'reset'] as const) {
    expect(drawn(kind, { nodeIds: ['a'] })).toEqual([]);
  }
});
