import { expect, test } from 'vitest';

import { Running } from './running-tests.ts';

test('what has run for a minute is named, the longest first, until it ends', () => {
  const running = new Running();
  running.begin('a file', 0);
  running.begin('its first test', 30_000);
  expect(running.linesAt(59_999)).toEqual([]);
  expect(running.linesAt(60_000)).toEqual(['still running after 1 min: a file']);
  expect(running.linesAt(125_000)).toEqual([
    'still running after 2 min: a file',
    'still running after 1 min: its first test',
  ]);
  running.end('a file');
  expect(running.linesAt(125_000)).toEqual(['still running after 1 min: its first test']);
});
