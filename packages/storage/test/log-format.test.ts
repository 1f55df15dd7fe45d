import { describe, expect, test } from 'vitest';

import {
  areaOf,
  checkSegmentHeader,
  ENTRY_HEADER_BYTES,
  extendChain,
  type FoundMark,
  isEntryHeader,
  logIndexAt,
  MARGIN_BYTES,
  MARK_BYTES,
  NO_TRUNCATION,
  padded,
  payloadBytesAt,
  payloadCrcAt,
  readMark,
  SEGMENT_HEADER_BYTES,
  segmentSeed,
  termAt,
  typeAt,
  writeEntryHeader,
  writeMark,
  writeSegmentHeader,
} from '../src/log-format.ts';

const seed = segmentSeed(7);
const mark: FoundMark = {
  kind: 'opening',
  chain: 0xdead_beef,
  bodyBytes: 4_096,
  entryCount: 3,
  metadataBytes: 0,
  metadataCrc: 0xffff_ffff,
  fromIndex: 2 ** 53,
  compactedIndex: 2 ** 53 - 1,
  compactedTerm: 2 ** 53 - 1,
  previousLastIndex: 2 ** 53 - 1,
  truncationCount: 2 ** 40,
  lowestTruncation: NO_TRUNCATION,
  metadataVersion: 2 ** 52 + 1,
};

describe('a mark', () => {
  test.each<[string, Partial<FoundMark>]>([
    ['the largest numbers', {}],
    ['no metadata', { metadataBytes: undefined, kind: 'closing' }],
    ['zeros', { fromIndex: 0, compactedIndex: 0, chain: 0, entryCount: 0, bodyBytes: 0 }],
  ])('is read as it was written: %s', (_title, change) => {
    const area = areaOf(new Uint8Array(MARK_BYTES + 16));
    writeMark(area, 8, { ...mark, ...change }, seed, 1_024);
    expect(readMark(area, 8, seed, 1_024)).toEqual({ ...mark, ...change });
  });

  test('counts only in its own segment and place', () => {
    const area = areaOf(new Uint8Array(MARK_BYTES));
    writeMark(area, 0, mark, seed, 1_024);
    expect(readMark(area, 0, seed, 1_032)).toBeUndefined();
    expect(readMark(area, 0, segmentSeed(8), 1_024)).toBeUndefined();
  });

  test('is no mark with any bit changed', () => {
    const area = areaOf(new Uint8Array(MARK_BYTES));
    writeMark(area, 0, mark, seed, 64);
    for (let bit = 0; bit < MARK_BYTES * 8; bit += 1) {
      area.bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(readMark(area, 0, seed, 64)).toBeUndefined();
      area.bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
    expect(readMark(area, 0, seed, 64)).toEqual(mark);
  });
});

describe('an entry header', () => {
  const header = {
    logIndex: 2 ** 53 - 1,
    term: 2 ** 53 - 1,
    type: 255,
    payloadBytes: 9,
    payloadCrc: 1,
  };

  test('is read as it was written, in its own place only', () => {
    const area = areaOf(new Uint8Array(ENTRY_HEADER_BYTES));
    writeEntryHeader(area, 0, header, seed, 4_096);
    expect(isEntryHeader(area, 0, seed, 4_096)).toBe(true);
    expect(isEntryHeader(area, 0, seed, 8_192)).toBe(false);
    const { view } = area;
    expect({
      logIndex: logIndexAt(view, 0),
      term: termAt(view, 0),
      type: typeAt(view, 0),
      payloadBytes: payloadBytesAt(view, 0),
      payloadCrc: payloadCrcAt(view, 0),
    }).toEqual(header);
  });

  test('is none with any bit changed', () => {
    const area = areaOf(new Uint8Array(ENTRY_HEADER_BYTES));
    writeEntryHeader(area, 0, header, seed, 0);
    for (let bit = 0; bit < ENTRY_HEADER_BYTES * 8; bit += 1) {
      area.bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(isEntryHeader(area, 0, seed, 0)).toBe(false);
      area.bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  });
});

describe('a segment header', () => {
  test('is valid for its own segment only', () => {
    const area = areaOf(new Uint8Array(SEGMENT_HEADER_BYTES));
    writeSegmentHeader(area, 2 ** 52);
    expect(checkSegmentHeader(area, 2 ** 52)).toBe('valid');
    expect(checkSegmentHeader(area, 1)).toBe('damaged');
    expect(checkSegmentHeader(areaOf(area.bytes.subarray(0, 31)), 2 ** 52)).toBe('damaged');
  });
});

test('segments begin their checksums from different seeds', () => {
  const seeds = Array.from({ length: 1_000 }, (_, sequence) => segmentSeed(sequence));
  expect(new Set(seeds).size).toBe(1_000);
});

test('a chain depends on every checksum and their order', () => {
  expect(extendChain(extendChain(0, 1), 2)).not.toBe(extendChain(extendChain(0, 2), 1));
  expect(extendChain(0, 1)).not.toBe(extendChain(1, 1));
});

test('records begin at multiples of eight, and a margin holds the smallest batch', () => {
  expect([0, 1, 7, 8, 9].map(padded)).toEqual([0, 8, 8, 8, 16]);
  for (const size of [SEGMENT_HEADER_BYTES, MARK_BYTES, ENTRY_HEADER_BYTES]) {
    expect(padded(size)).toBe(size);
  }
  expect(MARGIN_BYTES).toBe(2 * MARK_BYTES);
});
