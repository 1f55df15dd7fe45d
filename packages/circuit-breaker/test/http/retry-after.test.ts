import { describe, expect, test } from 'vitest';

import { retryAfterMsIn } from '../../src/http/retry-after.ts';

const nowMs = Date.UTC(1994, 10, 6, 8, 49, 7);

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    [' 5 ', 5_000],
    ['0', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
    ['Sun Nov  6 08:49:37 1994', 30_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ])('%j is %i ms from now', (header, expected) => {
    expect(retryAfterMsIn(header, nowMs)).toBe(expected);
  });

  test.each([['9'.repeat(16)], ['9007199254740993'], ['Fri, 31 Dec 9999 23:59:59 GMT']])(
    '%j is as long as timers can wait',
    (header) => {
      expect(retryAfterMsIn(header, nowMs)).toBe(2 ** 31 - 1);
    },
  );

  test('reads each day as the platform does', () => {
    for (let day = 0; day < 80_000; day += 13) {
      const date = new Date(day * 86_400_000 + 45_296_000);
      expect(retryAfterMsIn(date.toUTCString(), date.getTime() - 7_000)).toBe(7_000);
    }
  });

  test.each([
    [undefined],
    [null],
    [''],
    ['-1'],
    ['1.5'],
    ['1e3'],
    ['0x10'],
    ['Infinity'],
    ['NaN'],
    ['tomorrow'],
    ['1994-11-06'],
    ['06 Nov 1994'],
    ['Sun, 06 Nov 1994 08:49:37 +0200'],
    ['Sun, 99 Nov 1994 08:49:37 GMT'],
    ['Sun, 06 Xxx 1994 08:49:37 GMT'],
    ['9'.repeat(10_000)],
    ['12, 13'],
  ])('%j says nothing', (header) => {
    expect(retryAfterMsIn(header, nowMs)).toBeUndefined();
  });
});
