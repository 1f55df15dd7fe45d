import { expect, test } from 'vitest';

import { LateResults } from '../../src/node/late-results.ts';
import { entriesOf } from '../support/lone-node.ts';

function record(results: LateResults, count: number, bytes: number): void {
  const terms = Array.from({ length: count }, () => 3);
  for (const entry of entriesOf(terms)) results.record(entry, new Uint8Array(bytes));
}

test('results are known by the place of their entry, until nobody asks any more', () => {
  const results = new LateResults();
  record(results, 2, 4);
  expect(results.at(2)).toEqual({ term: 3, result: new Uint8Array(4) });
  expect(results.at(3)).toBeUndefined();
  results.clear();
  expect(results.at(2)).toBeUndefined();
});

test.each([
  ['entries', 1_500, 1, 476],
  ['bytes', 10, 262_144, 6],
])('the oldest are forgotten when there are too many %s', (_of, count, bytes, lastForgotten) => {
  const results = new LateResults();
  record(results, count, bytes);
  expect(results.at(lastForgotten)).toBeUndefined();
  expect(results.at(lastForgotten + 1)).toBeDefined();
  expect(results.at(count)).toBeDefined();
});
