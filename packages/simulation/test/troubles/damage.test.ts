import { expect, test } from 'vitest';

import { drawn, kindsOf, valuesOf } from '../support/drawn.ts';

test('bits rot on some nodes only, in the files that may be damaged', () => {
  const events = drawn('bitRot', { damagedMax: 3, rotPathPrefix: 'log/' });
  expect(kindsOf(events)).toEqual(new Set(['bitRot']));
  expect(valuesOf(events, 'node').size).toBe(3);
  expect(valuesOf(events, 'pathPrefix')).toEqual(new Set(['"log/"']));
  expect(valuesOf(events, 'bitCount').size).toBe(8);
});

test('nothing is damaged where nothing may be', () => {
  expect(drawn('bitRot', { damagedMax: 0 })).toEqual([]);
});

test('a node whose reads go wrong was killed before, and is well and up at the end', () => {
  for (const [kind, fault] of [
    ['failRead', 'failReads'],
    ['misdirectRead', 'misdirectReads'],
  ] as const) {
    const events = drawn(kind, { damagedMax: 2, lastsMsMax: 51 });
    expect(events.slice(0, 5).map((event) => event.kind)).toEqual([
      'crash',
      fault,
      'restart',
      fault,
      'restart',
    ]);
    expect(valuesOf(events, 'mode')).toEqual(new Set(['"process"']));
    expect(valuesOf(events, 'count')).toEqual(new Set(['0', '1', '2', '3']));
    expect(valuesOf(events, 'node').size).toBe(2);
    expect(drawn(kind, { damagedMax: 0 })).toEqual([]);
  }
});
