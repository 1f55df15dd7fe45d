import { expect, test } from 'vitest';

import { InvariantViolation } from '../src/invariant.ts';
import { SegmentTable } from '../src/segment-table.ts';

function table(
  ...segments: readonly (readonly [sequence: number, fromIndex: number])[]
): SegmentTable {
  const result = new SegmentTable();
  for (const [sequence, fromIndex] of segments) result.add(sequence, fromIndex);
  return result;
}

test('finds the segment of an entry and where its entries end', () => {
  const segments = table([3, 1], [4, 10], [5, 20]);
  expect([1, 9, 10, 19, 20, 99].map((logIndex) => segments.of(logIndex))).toEqual([
    3, 3, 4, 4, 5, 5,
  ]);
  expect([3, 4, 5].map((sequence) => segments.endOf(sequence, 99))).toEqual([10, 20, 100]);
});

test('after a truncation what follows is in the newest segment', () => {
  const segments = table([3, 1], [4, 10], [5, 20]);
  segments.cut(5);
  segments.add(6, 5);
  expect([4, 5, 10, 25].map((logIndex) => segments.of(logIndex))).toEqual([3, 6, 6, 6]);
  expect(segments.endOf(3, 30)).toBe(5);
});

test('gives up segments whose entries are all compacted, never the newest', () => {
  const segments = table([3, 1], [4, 10], [5, 20]);
  expect(segments.takeDead(8)).toEqual([]);
  expect(segments.takeDead(9)).toEqual([3]);
  expect(segments.takeDead(9)).toEqual([]);
  expect(segments.takeDead(1_000)).toEqual([4]);
  expect(segments.of(1_000)).toBe(5);
});

test('a segment without entries of its own goes with those before it', () => {
  const segments = table([3, 1], [4, 10]);
  segments.cut(10);
  segments.add(5, 10);
  expect(segments.takeDead(9)).toEqual([3, 4]);
});

test('restart leaves all entries to the newest segment', () => {
  const segments = table([3, 1], [4, 10]);
  segments.restart(2);
  expect(segments.of(2)).toBe(4);
  expect(segments.takeDead(1)).toEqual([3]);
});

test('knows when it is misused', () => {
  const segments = table([3, 10]);
  expect(() => segments.add(3, 11)).toThrow(InvariantViolation);
  expect(() => segments.add(4, 9)).toThrow(InvariantViolation);
  expect(() => segments.of(9)).toThrow(InvariantViolation);
  expect(table().takeDead(9)).toEqual([]);
});
