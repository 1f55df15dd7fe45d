import { expect, test } from 'vitest';

import { countOf, shareOf, timeOf, UsageError } from '../../src/adapters/options-text.ts';

test.each([
  ['0', 0],
  ['250', 250],
  ['250ms', 250],
  ['1.5s', 1_500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
])('%s is a time', (text, ms) => {
  expect(timeOf('--time', text)).toBe(ms);
});

test.each(['', 's', '-1', '1e3', 'soon', '3constructor', '1 s', '9'.repeat(400)])(
  '%j is no time',
  (text) => {
    expect(() => timeOf('--time', text)).toThrow(UsageError);
    expect(() => timeOf('--time', text)).toThrow(/^--time: expected a time/);
  },
);

test('shares are written in two ways', () => {
  expect(shareOf('--loss', '0.01')).toBe(0.01);
  expect(shareOf('--loss', '1%')).toBe(0.01);
  expect(shareOf('--loss', '0')).toBe(0);
  expect(shareOf('--loss', '100%')).toBe(1);
  for (const text of ['', '1.1', '101%', '-0.1', 'NaN', '%']) {
    expect(() => shareOf('--loss', text)).toThrow(/^--loss: expected a share/);
  }
});

test('counts are whole and at least 1', () => {
  expect(countOf('--warm-up', '100')).toBe(100);
  for (const text of ['0', '-1', '1.5', 'x', '9007199254740992']) {
    expect(() => countOf('--warm-up', text)).toThrow(/^--warm-up: expected an integer/);
  }
});
