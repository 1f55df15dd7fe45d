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
