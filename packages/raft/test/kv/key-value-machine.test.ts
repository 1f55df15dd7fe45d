import { describe, expect, test } from 'vitest';

import { keyValueCommandCodec } from '../../src/kv/codec.ts';
import { KeyValueMachine } from '../../src/kv/key-value-machine.ts';
import type { KeyValueCompare } from '../../src/kv/messages.ts';
import { StoreLog } from '../support/store-log.ts';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

describe('a key', () => {
  test('has the revisions of its making and its last write, and counts its writes', () => {
    const log = new StoreLog();
    expect(log.put('a', '1')).toMatchObject({ revision: 1, results: [{ isNew: true }] });
    log.put('other', 'x');
    expect(log.put('a', '2')).toMatchObject({ revision: 3, results: [{ isNew: false }] });
    expect(log.get('a')).toEqual({
      key: 'a',
      value: bytes('2'),
      createRevision: 1,
      modRevision: 3,
      version: 2,
    });
    log.delete('a');
    log.put('a', '3');
    expect(log.get('a')).toMatchObject({ createRevision: 5, modRevision: 5, version: 1 });
  });

  test('that is missing can be deleted, which changes no revision', () => {
    const log = new StoreLog();
    log.put('a', '1');
    expect(log.delete('b')).toMatchObject({ revision: 1, results: [{ existed: false }] });
    expect(log.delete('a')).toMatchObject({ revision: 3, results: [{ existed: true }] });
    expect(log.get('a')).toBeUndefined();
    expect(log.machine).toMatchObject({ keyCount: 0, storeBytes: 0 });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '\u0000', '\u{1F600}'])(
    'may be called %j',
    (key) => {
      const log = new StoreLog();
      expect(log.get(key)).toBeUndefined();
      log.put(key, '1');
      expect(log.get(key)?.value).toEqual(bytes('1'));
      const restored = new KeyValueMachine();
      restored.restore(log.machine.snapshot());
      expect(restored.query({ kind: 'list', prefix: '', after: undefined, limit: 9 })).toEqual(
        log.machine.query({ kind: 'list', prefix: '', after: undefined, limit: 9 }),
      );
      expect({}).not.toHaveProperty('value');
    },
  );

  test('keeps its value, whatever becomes of the command', () => {
    const log = new StoreLog();
    const then = [{ kind: 'put', key: 'a', value: bytes('1') }] as const;
    const command = keyValueCommandCodec.encode({
      kind: 'transaction',
      ...{ compare: [], then, otherwise: [] },
    });
    log.machine.apply(command, 1);
    command.fill(0);
    expect(log.get('a')?.value).toEqual(bytes('1'));
  });
});

describe('a transaction', () => {
  test.each<[string, KeyValueCompare, boolean]>([
    ['a key that exists', { kind: 'exists', key: 'a' }, true],
    ['a key that does not', { kind: 'exists', key: 'z' }, false],
    ['a missing key', { kind: 'missing', key: 'z' }, true],
    ['a key that is not missing', { kind: 'missing', key: 'a' }, false],
    ['the value', { kind: 'value', key: 'a', value: bytes('1') }, true],
    ['another value', { kind: 'value', key: 'a', value: bytes('2') }, false],
    ['a longer value', { kind: 'value', key: 'a', value: bytes('11') }, false],
    ['no value', { kind: 'value', key: 'z', value: bytes('') }, false],
    ['the revision', { kind: 'revision', key: 'a', revision: 1 }, true],
    ['another revision', { kind: 'revision', key: 'a', revision: 2 }, false],
    ['revision 0 of a missing key', { kind: 'revision', key: 'z', revision: 0 }, true],
    ['a write before', { kind: 'unchangedSince', key: 'a', revision: 1 }, true],
    ['a write after', { kind: 'unchangedSince', key: 'a', revision: 0 }, false],
  ])('compares %s', (_title, compare, succeeded) => {
    const log = new StoreLog();
    log.put('a', '1');
    const then = [{ kind: 'put', key: 'then', value: bytes('') }] as const;
    const otherwise = [{ kind: 'put', key: 'otherwise', value: bytes('') }] as const;
    const result = log.commit({ kind: 'transaction', compare: [compare], then, otherwise });
    expect(result).toMatchObject({ succeeded, revision: 2 });
    expect(log.list('').keys).toEqual(['a', succeeded ? 'then' : 'otherwise']);
  });

  test('sees the store as it was before, and is seen as a whole', () => {
    const log = new StoreLog();
    log.put('a', '1');
    const result = log.operate(
      { kind: 'put', key: 'a', value: bytes('2') },
      { kind: 'get', key: 'a' },
      { kind: 'delete', key: 'b' },
      { kind: 'get', key: 'b' },
    );
    expect(result).toMatchObject({
      results: [
        { kind: 'put', isNew: false },
        { kind: 'get', entry: { value: bytes('1') } },
        { kind: 'delete', existed: false },
        { kind: 'get', entry: undefined },
      ],
    });
  });

  test('that would not fit changes nothing', () => {
    const log = new StoreLog({ storeBytesMax: 200 });
    expect(log.put('a', 'x'.repeat(100))).toMatchObject({ kind: 'transacted' });
    const before = log.machine.snapshot();
    const full = { kind: 'refused', reason: 'storeFull' };
    expect(log.put('b', 'x'.repeat(100))).toEqual(full);
    expect(
      log.operate(
        { kind: 'put', key: 'b', value: new Uint8Array(0) },
        { kind: 'put', key: 'c', value: new Uint8Array(100) },
      ),
    ).toEqual(full);
    expect(log.machine.snapshot()).toEqual(before);
    // What makes room in the same transaction counts, and so does what shrinks.
    const swapped = log.operate(
      { kind: 'put', key: 'b', value: new Uint8Array(100) },
      { kind: 'delete', key: 'a' },
    );
    expect(swapped).toMatchObject({ kind: 'transacted' });
    expect(log.put('b', '')).toMatchObject({ kind: 'transacted' });
  });

  test('of garbage is refused', () => {
    const machine = new KeyValueMachine();
    expect(machine.apply(Uint8Array.of(7), 1)).toEqual(Uint8Array.of(1, 3, 2));
    expect(machine.revision).toBe(0);
  });
});

describe('a list', () => {
  test('has the keys that begin with a prefix, in order, page by page', () => {
    const log = new StoreLog();
    for (const key of ['b/3', 'a', 'b/1', 'c', 'b/2', 'b', 'b0']) log.put(key, key);
    expect(log.list('b/')).toEqual({ keys: ['b/1', 'b/2', 'b/3'], hasMore: false });
    expect(log.list('b/', undefined, 2)).toEqual({ keys: ['b/1', 'b/2'], hasMore: true });
    expect(log.list('b/', 'b/2', 2)).toEqual({ keys: ['b/3'], hasMore: false });
    expect(log.list('').keys).toEqual(['a', 'b', 'b/1', 'b/2', 'b/3', 'b0', 'c']);
    expect(log.list('zz').keys).toEqual([]);
  });

  test('goes on after a key that was deleted meanwhile, or never was', () => {
    const log = new StoreLog();
    for (const key of ['p1', 'p2', 'p3']) log.put(key, key);
    log.delete('p2');
    expect(log.list('p', 'p2').keys).toEqual(['p3']);
    expect(log.list('p', 'a').keys).toEqual(['p1', 'p3']);
    expect(log.list('p', 'q').keys).toEqual([]);
  });

  test('ends a page that gets too large, but never before its first key', () => {
    const log = new StoreLog();
    for (const key of ['a', 'b', 'c']) {
      log.operate({ kind: 'put', key, value: new Uint8Array(200_000) });
    }
    log.operate({ kind: 'put', key: 'd', value: new Uint8Array(500_000) });
    expect(log.list('')).toEqual({ keys: ['a'], hasMore: true });
    expect(log.list('', 'c')).toEqual({ keys: ['d'], hasMore: false });
  });
});

describe('a compaction', () => {
  test('forgets changes, not keys', () => {
    const log = new StoreLog();
    log.put('a', '1');
    log.put('b', '2');
    expect(log.commit({ kind: 'compact', revision: 1 })).toEqual({
      kind: 'compacted',
      oldestRevision: 2,
    });
    expect(log.machine.changesFrom(1, '', 9)).toEqual({ kind: 'compacted', oldestRevision: 2 });
    expect(log.machine.changesFrom(2, '', 9)).toMatchObject({ changes: [{ key: 'b' }] });
    expect(log.list('').keys).toEqual(['a', 'b']);
  });

  test('of what has not happened yet is refused', () => {
    const log = new StoreLog();
    log.put('a', '1');
    expect(log.commit({ kind: 'compact', revision: 2 })).toEqual({
      kind: 'refused',
      reason: 'future',
    });
  });
});

describe('a digest', () => {
  test('is the same for the same state, restored or written', () => {
    const log = new StoreLog();
    for (const key of ['a', 'b', 'c']) log.put(key, '1');
    log.put('b', '2');
    log.delete('a');
    const restored = new KeyValueMachine();
    restored.restore(log.machine.snapshot());
    expect(restored.digest()).toEqual(log.machine.digest());
    expect(restored.digest()).toHaveLength(8);
  });

  test('tells of a value, a key, a deletion, a revision and a compaction that differ', () => {
    const digests = ['', 'value', 'key', 'delete', 'late'].map((change) => {
      const log = new StoreLog();
      log.put('a', '1');
      if (change === 'late') log.delete('none');
      log.put(change === 'key' ? 'c' : 'b', change === 'value' ? '2' : '1');
      if (change === 'delete') log.delete('a');
      return log.machine.digest().join();
    });
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('a snapshot', () => {
  test('holds keys, revisions and changes', () => {
    const log = new StoreLog({ changeCountMax: 3 });
    for (const key of ['b', 'a', 'c', 'd']) log.put(key, key);
    log.delete('c');
    const restored = new StoreLog({ changeCountMax: 3 });
    restored.machine.restore(log.machine.snapshot());
    expect(restored.machine.snapshot()).toEqual(log.machine.snapshot());
    expect(restored.machine).toMatchObject({
      revision: 5,
      keyCount: 3,
      storeBytes: log.machine.storeBytes,
    });
    expect(restored.machine.changesFrom(3, '', 9)).toEqual(log.machine.changesFrom(3, '', 9));
    expect(restored.machine.changesFrom(2, '', 9)).toEqual({
      kind: 'compacted',
      oldestRevision: 3,
    });
  });

  test('has the same bytes, in whatever order its keys were made', () => {
    const [one, other] = [new StoreLog(), new StoreLog()];
    const puts = ['a', 'b', 'c'].map((key) => ({ kind: 'put', key, value: bytes(key) }) as const);
    one.operate(...puts);
    other.operate(...puts.toReversed());
    for (const log of [one, other]) log.commit({ kind: 'compact', revision: 1 });
    expect(other.machine.snapshot()).toEqual(one.machine.snapshot());
  });

  test('of garbage is refused and changes nothing', () => {
    const log = new StoreLog();
    log.put('a', '1');
    const before = log.machine.snapshot();
    for (const garbage of [[], [2], [1, 1, 2, 0, 0], [...before, 0]]) {
      expect(() => {
        log.machine.restore(Uint8Array.from(garbage));
      }).toThrow();
    }
    expect(log.machine.snapshot()).toEqual(before);
  });
});

test.each(['storeBytesMax', 'changeCountMax', 'changeBytesMax'])(
  'refuses a %s that is no integer of at least 1',
  (name) => {
    for (const value of [0, 1.5, NaN]) {
      expect(() => new KeyValueMachine({ [name]: value })).toThrow(RangeError);
    }
  },
);
