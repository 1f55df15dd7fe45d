import { describe, expect, test } from 'vitest';

import { flagProblem, quotaProblem, withQuota } from '../../../src/dashboard/control/settings.ts';
import { latencyOf, noteRead } from '../../../src/dashboard/control/read-latency.ts';

describe('what is typed', () => {
  test.each([
    ['new-editor', true],
    ['a.b_C9', true],
    ['', false],
    ['a/b', false],
    ['x'.repeat(65), false],
  ])('flag %j: %j', (name, isFlag) => {
    expect(flagProblem(name) === undefined).toBe(isFlag);
  });

  test.each([
    [{ caller: '*', limit: '1', windowMs: '1' }, []],
    [{ caller: 'a b', limit: '0', windowMs: '86400001' }, ['caller', 'limit', 'windowMs']],
    [{ caller: 'ann', limit: '1.5', windowMs: '' }, ['limit', 'windowMs']],
  ])('quota %j: wrong in %j', (typed, fields) => {
    expect(Object.keys(quotaProblem(typed))).toEqual(fields);
  });

  test('a quota joins the others, or takes the place of its own', () => {
    const first = withQuota('{}', { caller: '*', limit: '100', windowMs: '1000' });
    const second = withQuota(first, { caller: 'ann', limit: '5', windowMs: '10' });
    const third = withQuota(second, { caller: '*', limit: '7', windowMs: '1000' });
    const ann = { limit: 5, windowMs: 10 };
    expect(JSON.parse(third)).toEqual({ '*': { limit: 7, windowMs: 1_000 }, ann });
  });
});

test('the latency of a mode is the median of its latest reads', () => {
  expect(latencyOf('lease')).toBeUndefined();
  for (const elapsedMs of [9, 1, 2]) noteRead('lease', elapsedMs);
  expect(latencyOf('lease')).toEqual({ medianMs: 2, count: 3 });
  for (let read = 0; read < 100; read += 1) noteRead('lease', 4);
  expect(latencyOf('lease')).toEqual({ medianMs: 4, count: 32 });
  expect(latencyOf('stale')).toBeUndefined();
});
