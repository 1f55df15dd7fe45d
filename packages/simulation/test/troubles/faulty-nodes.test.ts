import { expect, test } from 'vitest';

import { drawn, drawnNodes, kindsOf, valuesOf } from '../support/drawn.ts';

test('a node loses power, or its process, and starts again; peers notice or do not', () => {
  for (const [kind, mode] of [
    ['crash', '"power"'],
    ['kill', '"process"'],
  ] as const) {
    const events = drawn(kind);
    expect(kindsOf(events)).toEqual(new Set(['crash', 'restart']));
    expect(valuesOf(events, 'mode')).toEqual(new Set([mode]));
    expect(valuesOf(events, 'isNoticed')).toEqual(new Set(['true', 'false']));
    expect(valuesOf(events, 'node').size).toBe(drawnNodes.length);
  }
});

test('a node stands still and goes on', () => {
  expect(kindsOf(drawn('pause'))).toEqual(new Set(['pause', 'resume']));
});

test('a node whose sync may fail is killed, gets its disk back, and starts', () => {
  const [first, ...rest] = drawn('failSync', { lastsMsMax: 51 }).slice(0, 4);
  expect([first, ...rest].map((event) => event?.kind)).toEqual([
    'failSyncs',
    'crash',
    'failSyncs',
    'restart',
  ]);
  expect(first).toMatchObject({ count: 1 });
  expect(rest[1]).toMatchObject({ count: 0 });
});

test('nobody is struck while as many are faulty as may be', () => {
  expect(drawn('crash', { faultyAtOnceMax: 0 })).toEqual([]);
});
