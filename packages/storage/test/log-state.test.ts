import { expect, test } from 'vitest';

import { NO_TRUNCATION } from '../src/log-format.ts';
import { EMPTY_STATE, type LogState, stateAfter } from '../src/log-state.ts';

const mark = {
  bodyBytes: 0,
  entryCount: 2,
  metadataBytes: undefined,
  metadataCrc: 0,
  fromIndex: 8,
  compactedIndex: 3,
  compactedTerm: 1,
  previousLastIndex: 9,
  truncationCount: 4,
  lowestTruncation: 6,
  metadataVersion: 5,
};
const details = { metadata: undefined, chain: 77, isFirstInSegment: false };

test('a batch below the last index is a truncation and remembered as one', () => {
  const state = stateAfter(EMPTY_STATE, mark, details);
  expect(state).toMatchObject({ lastIndex: 9, truncationCount: 5, lowestTruncation: 6, chain: 77 });
  const deeper = stateAfter(EMPTY_STATE, { ...mark, fromIndex: 5 }, details);
  expect(deeper.lowestTruncation).toBe(5);
});

test('an append is none', () => {
  const state = stateAfter(EMPTY_STATE, { ...mark, fromIndex: 10 }, details);
  expect(state).toMatchObject({ lastIndex: 11, truncationCount: 4, lowestTruncation: 6 });
});

test('a segment counts its own truncations only', () => {
  const first = { ...details, isFirstInSegment: true };
  const { lowestTruncation } = stateAfter(EMPTY_STATE, { ...mark, fromIndex: 10 }, first);
  expect(lowestTruncation).toBe(NO_TRUNCATION);
  expect(stateAfter(EMPTY_STATE, mark, first).lowestTruncation).toBe(8);
});

test('metadata that a mark counts but nobody could read stays unknown', () => {
  const known: LogState = { ...EMPTY_STATE, metadata: Uint8Array.of(4), knownMetadataVersion: 4 };
  const lost = stateAfter(known, { ...mark, metadataBytes: 1 }, details);
  expect(lost).toMatchObject({ metadataVersion: 5, knownMetadataVersion: 4 });
  const found = stateAfter(known, mark, { ...details, metadata: Uint8Array.of(5) });
  expect(found).toMatchObject({ metadataVersion: 5, knownMetadataVersion: 5 });
});
