import { describe, expect, test } from 'vitest';

import { MemoryDisk } from '../src/adapters/memory.ts';
import type { LogBatch } from '../src/log-entry.ts';
import { checkBatch, checkInteger, checkMetadata, segmentBytesOf } from '../src/log-options.ts';

const entry = { logIndex: 6, term: 1, type: 0, payload: Uint8Array.of(1) };
const log = { firstIndex: 3, lastIndex: 5 };

describe('checkBatch', () => {
  test.each<[string, LogBatch]>([
    ['nothing', { entries: [] }],
    ['the next entry', { entries: [entry] }],
    ['a truncation of everything', { truncateFrom: 3, entries: [{ ...entry, logIndex: 3 }] }],
    ['a truncation of nothing', { truncateFrom: 9, entries: [entry] }],
    ['the largest metadata', { entries: [], metadata: new Uint8Array(4_096) }],
    ['the largest numbers', { entries: [{ ...entry, term: 2 ** 53 - 1, type: 255 }] }],
  ])('accepts %s', (_title, batch) => {
    expect(() => {
      checkBatch(batch, log);
    }).not.toThrow();
  });

  const bad = (change: object): LogBatch => ({ entries: [{ ...entry, ...change }] });
  test.each<[string, LogBatch, RegExp]>([
    ['a gap', bad({ logIndex: 7 }), /^logIndex: expected 6, got 7$/],
    ['an index that is there', bad({ logIndex: 5 }), /^logIndex: expected 6, got 5$/],
    ['NaN as index', bad({ logIndex: Number.NaN }), /^logIndex: expected 6, got NaN$/],
    ['a negative term', bad({ term: -1 }), /^term: expected an integer in 0\.\.2\^53-1, got -1$/],
    ['2^53 as term', bad({ term: 2 ** 53 }), /^term: expected .* got 9007199254740992$/],
    ['a type of 256', bad({ type: 256 }), /^type: expected an integer in 0\.\.255, got 256$/],
    ['a type of 1.5', bad({ type: 1.5 }), /^type: expected .* got 1\.5$/],
    ['text as payload', bad({ payload: 'x' }), /^payload: expected a Uint8Array, got string$/],
    [
      'too much metadata',
      { entries: [], metadata: new Uint8Array(4_097) },
      /^metadata: .* got 4097$/,
    ],
    ['a truncation below the log', { truncateFrom: 2, entries: [] }, /^truncateFrom: .* 3, got 2$/],
    ['NaN as truncation', { truncateFrom: Number.NaN, entries: [] }, /^truncateFrom: .* got NaN$/],
    [
      'entries that do not follow the truncation',
      { truncateFrom: 4, entries: [entry] },
      /^logIndex: expected 4, got 6$/,
    ],
  ])('refuses %s', (_title, batch, message) => {
    expect(() => {
      checkBatch(batch, log);
    }).toThrow(message);
  });

  test('refuses an index that no number can follow', () => {
    const full = { firstIndex: 1, lastIndex: 2 ** 53 - 1 };
    expect(() => {
      checkBatch({ entries: [{ ...entry, logIndex: 2 ** 53 }] }, full);
    }).toThrow(/^logIndex/);
  });
});

test.each([4_095, 2 ** 30 + 1, 4_096.5, Number.NaN])('%d is no segment size', (segmentBytes) => {
  const options = { disk: new MemoryDisk(), directory: 'a', segmentBytes };
  expect(() => segmentBytesOf(options)).toThrow(/^segmentBytes: expected an integer in 4096\.\./);
});

test('segments have 64 MiB unless asked for otherwise', () => {
  expect(segmentBytesOf({ disk: new MemoryDisk(), directory: 'a' })).toBe(64 * 1_024 * 1_024);
});

test('single values are checked by name', () => {
  expect(() => {
    checkInteger('throughIndex', -1);
  }).toThrow(/^throughIndex: /);
  expect(() => {
    checkMetadata(new Uint8Array(5_000));
  }).toThrow(/^metadata: /);
});
