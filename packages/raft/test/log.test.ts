import { describe, expect, test } from 'vitest';

import { emptyConfiguration } from '../src/configuration.ts';
import { isAtLeastAsUpToDate, RaftLog } from '../src/log.ts';
import { entriesOf } from './support/lone-node.ts';

const origin = { logIndex: 0, term: 0 };
const nobody = { logIndex: 0, configuration: emptyConfiguration };

function logOf(...terms: readonly number[]): RaftLog {
  return new RaftLog(origin, entriesOf(terms), nobody);
}

describe('RaftLog', () => {
  test('starts empty, before the first index', () => {
    const log = new RaftLog(origin, [], nobody);
    expect([log.firstIndex, log.lastIndex, log.lastTerm, log.durableIndex]).toEqual([1, 0, 0, 0]);
    expect([log.termAt(0), log.termAt(1)]).toEqual([0, undefined]);
  });

  test('knows the term of what stands before its first entry, and nothing further back', () => {
    const log = new RaftLog({ logIndex: 10, term: 4 }, entriesOf([4, 5], 11), nobody);
    expect([log.termAt(9), log.termAt(10), log.termAt(11), log.termAt(13)]).toEqual([
      undefined,
      4,
      4,
      undefined,
    ]);
    expect(log.lastPosition).toEqual({ logIndex: 12, term: 5 });
  });

  test('gives at least one entry, and then as many as fit', () => {
    const log = logOf(1, 1, 1);
    expect(log.slice(1, 3, 0)).toHaveLength(1);
    expect(log.slice(1, 3, Infinity)).toHaveLength(3);
    expect(log.slice(2, 3, Infinity).map(({ logIndex }) => logIndex)).toEqual([2, 3]);
  });

  test('takes neither a gap nor a falling term', () => {
    const log = logOf(1, 2);
    expect(() => log.append(entriesOf([2], 4))).toThrow('a log has no gaps');
    expect(() => log.append(entriesOf([1], 3))).toThrow('terms never fall along a log');
  });

  test('finds the first entry it does not hold', () => {
    const log = logOf(1, 1, 2);
    expect(log.firstMissing(entriesOf([1, 1, 2]))).toBe(3);
    expect(log.firstMissing(entriesOf([1, 1, 3]))).toBe(2);
    expect(log.firstMissing(entriesOf([2, 3], 3))).toBe(1);
    expect(log.firstMissing([])).toBe(0);
  });

  test('counts compacted entries as held', () => {
    const log = logOf(1, 1, 2);
    log.compact(2);
    expect(log.firstMissing(entriesOf([1, 1, 2, 2]))).toBe(3);
  });

  test('finds the last place that can agree with a term', () => {
    const log = logOf(1, 1, 3, 3, 5);
    expect(log.lastPositionWithin(5, 9)).toEqual({ logIndex: 5, term: 5 });
    expect(log.lastPositionWithin(5, 4)).toEqual({ logIndex: 4, term: 3 });
    expect(log.lastPositionWithin(3, 2)).toEqual({ logIndex: 2, term: 1 });
    expect(log.lastPositionWithin(9, 0)).toEqual({ logIndex: 0, term: 0 });
  });

  test('answers below its start where even the start is of a later term', () => {
    const log = logOf(1, 4, 4);
    log.compact(2);
    expect(log.lastPositionWithin(3, 3)).toEqual({ logIndex: 1, term: 0 });
    expect(log.lastPositionWithin(1, 4)).toEqual({ logIndex: 1, term: 0 });
  });

  test('hands each change to one write, truncation first', () => {
    const log = logOf(1, 1);
    expect(log.takeChanges(1)).toBeUndefined();
    log.append(entriesOf([1], 3));
    log.truncateFrom(2);
    log.append(entriesOf([2, 2], 2));
    expect(log.takeChanges(1)).toMatchObject({
      truncateFrom: 2,
      entries: [
        { logIndex: 2, term: 2 },
        { logIndex: 3, term: 2 },
      ],
    });
    expect(log.takeChanges(2)).toBeUndefined();
  });

  test('cuts nothing on disk for entries that no write ever held', () => {
    const log = logOf(1);
    log.append(entriesOf([1, 1], 2));
    log.truncateFrom(2);
    expect(log.takeChanges(1)).toBeUndefined();
  });

  test('is durable only as far as finished writes reach', () => {
    const log = logOf(1);
    log.append(entriesOf([1], 2));
    log.takeChanges(1);
    log.append(entriesOf([1], 3));
    log.takeChanges(2);
    expect(log.durableIndex).toBe(1);
    log.markDurable(1);
    expect(log.durableIndex).toBe(2);
    log.markDurable(2);
    expect(log.durableIndex).toBe(3);
  });

  test('forgets a prefix and keeps the term before what remains', () => {
    const log = logOf(1, 2, 3);
    log.compact(2);
    expect([log.firstIndex, log.lastIndex, log.termAt(2), log.termAt(1)]).toEqual([
      3,
      3,
      2,
      undefined,
    ]);
  });

  test('a snapshot replaces everything, and nothing is durable until it is', () => {
    const log = logOf(1, 1, 1);
    log.append(entriesOf([1], 4));
    log.takeChanges(1);
    const snapshot = {
      lastIncludedIndex: 9,
      lastIncludedTerm: 3,
      configuration: emptyConfiguration,
      configurationIndex: 0,
      data: new Uint8Array(0),
    };
    log.install(snapshot);
    expect([log.lastIndex, log.lastTerm, log.durableIndex]).toEqual([9, 3, 0]);
    expect(log.takeChanges(2)).toEqual({ snapshot, truncateFrom: undefined, entries: [] });
    log.markDurable(1);
    expect(log.durableIndex).toBe(0);
    log.markDurable(2);
    expect(log.durableIndex).toBe(9);
  });

  // Why this test? A finished write was taken for a later one of the same index and term, and an
  // entry that was about to be destroyed on disk was acknowledged (etcd: append_aba_race).
  test('a write vouches only for entries that were not cut since it was asked for', () => {
    const log = logOf(1);
    log.append(entriesOf([2], 2));
    log.takeChanges(1);
    log.truncateFrom(2);
    log.append(entriesOf([3], 2));
    log.takeChanges(2);
    log.truncateFrom(2);
    log.append(entriesOf([4], 2));
    log.takeChanges(3);
    log.markDurable(1);
    expect(log.durableIndex).toBe(1);
    log.markDurable(2);
    expect(log.durableIndex).toBe(1);
    log.markDurable(3);
    expect(log.durableIndex).toBe(2);
  });
});

describe('isAtLeastAsUpToDate', () => {
  test.each([
    [
      'a later last term wins over length',
      { logIndex: 1, term: 3 },
      { logIndex: 9, term: 2 },
      true,
    ],
    ['an earlier last term loses', { logIndex: 9, term: 2 }, { logIndex: 1, term: 3 }, false],
    ['with equal terms the longer wins', { logIndex: 3, term: 2 }, { logIndex: 2, term: 2 }, true],
    [
      'with equal terms the shorter loses',
      { logIndex: 2, term: 2 },
      { logIndex: 3, term: 2 },
      false,
    ],
    ['equal logs are up to date', { logIndex: 2, term: 2 }, { logIndex: 2, term: 2 }, true],
  ])('%s', (_rule, left, right, expected) => {
    expect(isAtLeastAsUpToDate(left, right)).toBe(expected);
  });
});
