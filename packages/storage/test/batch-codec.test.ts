import { describe, expect, test } from 'vitest';

import { encodeBatch, markOf } from '../src/batch-codec.ts';
import { areaOf, MARK_BYTES, readMark, segmentSeed } from '../src/log-format.ts';
import { EMPTY_STATE } from '../src/log-state.ts';
import { appending, entryOf } from './support/files.ts';

const state = { ...EMPTY_STATE, lastIndex: 4, metadata: Uint8Array.of(1), metadataVersion: 3 };

describe('the mark of a batch', () => {
  test('says what the batch does and what was before it', () => {
    const batch = appending(state, [entryOf(4, 2, 9)], Uint8Array.of(7, 7), 4);
    expect(markOf(batch, batch.sizeBytes, state)).toMatchObject({
      bodyBytes: 8 + (32 + 16) + 8,
      entryCount: 1,
      fromIndex: 4,
      metadataBytes: 2,
      metadataVersion: 4,
      previousLastIndex: 4,
    });
  });

  test('does not count metadata that is only repeated', () => {
    const batch = appending(state, [], state.metadata);
    expect(markOf(batch, batch.sizeBytes, state)).toMatchObject({ metadataVersion: 3 });
  });
});

test('an encoded batch is framed by equal marks and fills exactly its size', () => {
  const batch = appending(state, [entryOf(5, 2, 3), entryOf(6, 2, 0)], Uint8Array.of(9));
  const seed = segmentSeed(1);
  const area = areaOf(new Uint8Array(batch.sizeBytes + 16).fill(0xaa));
  const mark = markOf(batch, batch.sizeBytes, state);
  const { chain, units } = encodeBatch(batch, mark, 5, { area, at: 8, offset: 4_096, seed });

  expect(readMark(area, 8, seed, 4_096)).toEqual({ ...mark, kind: 'opening', chain: 5 });
  const closingAt = batch.sizeBytes - MARK_BYTES;
  const closing = readMark(area, 8 + closingAt, seed, 4_096 + closingAt);
  expect(closing).toEqual({ ...mark, kind: 'closing', chain });
  expect([...units]).toEqual([MARK_BYTES + 8, MARK_BYTES + 8 + 40].map((at) => (4_096 + at) / 8));
  expect(area.bytes.subarray(0, 8)).toEqual(new Uint8Array(8).fill(0xaa));
  expect(area.bytes.subarray(-8)).toEqual(new Uint8Array(8).fill(0xaa));
});

test('equal batches have equal bytes, and a chain of their own after another one', () => {
  const encode = (previousChain: number): { bytes: Uint8Array; chain: number } => {
    const batch = appending(state, [entryOf(5, 2, 3)]);
    const area = areaOf(new Uint8Array(batch.sizeBytes));
    const mark = markOf(batch, batch.sizeBytes, state);
    const target = { area, at: 0, offset: 64, seed: segmentSeed(1) };
    return { bytes: area.bytes, chain: encodeBatch(batch, mark, previousChain, target).chain };
  };
  expect(encode(1)).toEqual(encode(1));
  expect(encode(1).chain).not.toBe(encode(2).chain);
});
