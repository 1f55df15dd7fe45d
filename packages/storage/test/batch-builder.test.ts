import { describe, expect, test } from 'vitest';

import { batchBytes, BatchBuilder, type LogRequest } from '../src/batch-builder.ts';
import { InvariantViolation } from '../src/invariant.ts';

const before = { lastIndex: 10, compactedIndex: 4, compactedTerm: 2 };
const entry = (logIndex: number, sizeBytes = 8) => ({
  logIndex,
  term: 3,
  type: 0,
  payload: new Uint8Array(sizeBytes),
});
const append = (truncateFrom: number | undefined, ...indexes: number[]): LogRequest => ({
  kind: 'append',
  truncateFrom,
  entries: indexes.map((logIndex) => entry(logIndex)),
  metadata: undefined,
});

function built(...requests: readonly LogRequest[]): BatchBuilder {
  const batch = new BatchBuilder(before);
  for (const request of requests) batch.add(request);
  return batch;
}

const summary = (batch: BatchBuilder) => ({
  from: batch.fromIndex,
  indexes: batch.entries.map(({ logIndex }) => logIndex),
  compacted: batch.compactedIndex,
});

describe('merging', () => {
  test('appends follow one another', () => {
    const batch = built(append(undefined, 11, 12), append(undefined, 13));
    expect(summary(batch)).toEqual({ from: 11, indexes: [11, 12, 13], compacted: 4 });
    expect(batch.lastIndex).toBe(13);
  });

  test('what is appended and truncated again is never written', () => {
    const batch = built(append(undefined, 11, 12, 13), append(12, 12), append(9, 9));
    expect(summary(batch)).toEqual({ from: 9, indexes: [9], compacted: 4 });
  });

  test('a truncation within the batch keeps what is before it', () => {
    const batch = built(append(8, 8, 9, 10), append(10, 10, 11));
    expect(summary(batch)).toEqual({ from: 8, indexes: [8, 9, 10, 11], compacted: 4 });
  });

  test('a truncation alone leaves a shorter log', () => {
    const batch = built(append(7));
    expect(summary(batch)).toEqual({ from: 7, indexes: [], compacted: 4 });
    expect([batch.lastIndex, batch.isEmpty]).toEqual([6, false]);
  });

  test('a compaction drops entries of the batch itself', () => {
    const batch = built(append(undefined, 11, 12), { kind: 'compact', logIndex: 11, term: 3 });
    expect(summary(batch)).toEqual({ from: 12, indexes: [12], compacted: 11 });
    const all = built(append(undefined, 11), { kind: 'compact', logIndex: 11, term: 3 });
    expect(summary(all)).toEqual({ from: 12, indexes: [], compacted: 11 });
    expect(summary(built({ kind: 'compact', logIndex: 7, term: 3 }))).toEqual({
      from: 11,
      indexes: [],
      compacted: 7,
    });
  });

  test.each([2, 8, 50])('a reset to %i begins anew, and appends go on from there', (logIndex) => {
    const reset: LogRequest = { kind: 'reset', logIndex, term: 9, metadata: undefined };
    const batch = built(append(undefined, 11), reset, append(undefined, logIndex + 1));
    expect(summary(batch)).toEqual({
      from: logIndex + 1,
      indexes: [logIndex + 1],
      compacted: logIndex,
    });
    expect(batch.compactedTerm).toBe(9);
  });

  test('the last metadata wins', () => {
    const metadata = Uint8Array.of(1);
    const batch = built(
      { kind: 'append', truncateFrom: undefined, entries: [], metadata: Uint8Array.of(0) },
      { kind: 'append', truncateFrom: undefined, entries: [], metadata },
      append(undefined, 11),
    );
    expect(batch.metadata).toBe(metadata);
  });

  test('nothing to write is known as such', () => {
    expect(built(append(undefined), append(11), append(99)).isEmpty).toBe(true);
    expect(built(append(10)).isEmpty).toBe(false);
    expect(built(append(undefined, 11)).isEmpty).toBe(false);
    expect(built({ kind: 'compact', logIndex: 7, term: 3 }).isEmpty).toBe(false);
  });
});

test('its size is that of its entries, also after some were dropped', () => {
  const one = 32 + 8;
  expect(built().sizeBytes).toBe(batchBytes(0, undefined));
  const batch = built(append(undefined, 11, 12, 13), append(12));
  expect(batch.sizeBytes).toBe(batchBytes(one, undefined));
  batch.add({ kind: 'compact', logIndex: 11, term: 3 });
  expect(batch.entriesBytes).toBe(0);
  expect(batchBytes(0, new Uint8Array(9))).toBe(batchBytes(0, undefined) + 2 * 16);
});

test('refuses a gap as the bug it is', () => {
  expect(() => built(append(undefined, 12))).toThrow(InvariantViolation);
});
