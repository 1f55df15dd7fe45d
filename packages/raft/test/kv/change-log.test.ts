import { describe, expect, test } from 'vitest';

import { ChangeLog } from '../../src/kv/change-log.ts';
import type { KeyValueChange } from '../../src/kv/messages.ts';

const all = (): boolean => true;

function put(revision: number, key = `k${revision}`, sizeBytes = 1): KeyValueChange {
  return { kind: 'put', revision, key, value: new Uint8Array(sizeBytes) };
}

function logOf(...revisions: readonly number[]): ChangeLog {
  const log = new ChangeLog({ changeCountMax: 100, changeBytesMax: 10_000 });
  for (const revision of revisions) log.append([put(revision)]);
  return log;
}

describe('what changed', () => {
  test('from a revision on is told in order, and where to go on', () => {
    const log = logOf(2, 5, 9);
    expect(log.from(5, 9, all, 10)).toEqual({
      kind: 'changes',
      changes: [put(5), put(9)],
      nextRevision: 10,
    });
    expect(log.from(10, 9, all, 10)).toEqual({ kind: 'changes', changes: [], nextRevision: 10 });
    expect(log.from(20, 9, all, 10)).toEqual({ kind: 'changes', changes: [], nextRevision: 20 });
  });

  test('to other keys is passed over', () => {
    const log = logOf(2, 5, 9);
    const found = log.from(1, 9, (key) => key === 'k5', 10);
    expect(found).toEqual({ kind: 'changes', changes: [put(5)], nextRevision: 10 });
  });

  test('in one transaction is told in one piece', () => {
    const log = logOf(1);
    log.append([put(2, 'a'), put(2, 'b'), put(2, 'c')]);
    log.append([put(3)]);
    expect(log.from(1, 3, all, 2)).toEqual({
      kind: 'changes',
      changes: [put(1), put(2, 'a'), put(2, 'b'), put(2, 'c')],
      nextRevision: 3,
    });
    expect(log.from(3, 3, all, 2)).toMatchObject({ changes: [put(3)], nextRevision: 4 });
  });
});

describe('what is forgotten', () => {
  test('is told as such, with the oldest revision that is not', () => {
    const log = logOf(2, 5, 9);
    log.compact(5);
    expect(log.from(5, 9, all, 10)).toEqual({ kind: 'compacted', oldestRevision: 6 });
    expect(log.from(6, 9, all, 10)).toMatchObject({ changes: [put(9)] });
    log.compact(3);
    expect(log.compactedRevision).toBe(5);
  });

  test('makes room: the oldest transaction goes first, and whole', () => {
    const log = new ChangeLog({ changeCountMax: 3, changeBytesMax: 10_000 });
    log.append([put(1, 'a'), put(1, 'b')]);
    log.append([put(2)]);
    expect(log.all().length).toBe(3);
    log.append([put(3)]);
    expect(log.all()).toEqual([put(2), put(3)]);
    expect(log.compactedRevision).toBe(1);
  });

  test('makes room in bytes: a change that is too large is forgotten at once', () => {
    const log = new ChangeLog({ changeCountMax: 100, changeBytesMax: 200 });
    log.append([put(1)]);
    log.append([put(2, 'k', 1_000)]);
    expect(log.all()).toEqual([]);
    expect(log.compactedRevision).toBe(2);
    log.append([put(3)]);
    expect(log.all()).toEqual([put(3)]);
  });

  test('does not come back with a replacement', () => {
    const log = logOf(2, 5);
    log.replace([put(8)], 7);
    expect(log.from(7, 8, all, 10)).toEqual({ kind: 'compacted', oldestRevision: 8 });
    expect(log.from(8, 8, all, 10)).toMatchObject({ changes: [put(8)] });
  });
});
