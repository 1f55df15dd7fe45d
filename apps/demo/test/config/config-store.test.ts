import { DecodeError } from '@quorate/transport/codec';
import { describe, expect, test } from 'vitest';

import {
  commandCodec,
  type ConfigCommand,
  type ConfigResult,
  resultCodec,
} from '../../src/config/config-command.ts';
import { ConfigStore } from '../../src/config/config-store.ts';

function apply(store: ConfigStore, command: ConfigCommand, logIndex: number): ConfigResult {
  return resultCodec.decode(store.apply(commandCodec.encode(command), logIndex));
}

function put(key: string, value: string): ConfigCommand {
  return { kind: 'put', key, value, condition: { kind: 'none' } };
}

describe('ConfigStore', () => {
  test('a revision is the log index of the write', () => {
    const store = new ConfigStore();
    expect(apply(store, put('a', '1'), 5)).toEqual({ kind: 'written', revision: 5, isNew: true });
    expect(apply(store, put('a', '2'), 9)).toEqual({ kind: 'written', revision: 9, isNew: false });
    expect(store.get('a')).toMatchObject({ value: '2', revision: 9 });
  });

  test('a condition that does not hold changes nothing and tells the revision', () => {
    const store = new ConfigStore();
    apply(store, put('a', '1'), 5);
    const stale: ConfigCommand = {
      kind: 'put',
      key: 'a',
      value: 'x',
      condition: { kind: 'revision', revision: 4 },
    };
    expect(apply(store, stale, 6)).toEqual({ kind: 'mismatch', currentRevision: 5 });
    expect(store.get('a')).toMatchObject({ value: '1', revision: 5 });
  });

  test('a key that was deleted and made again is not mistaken for the old one', () => {
    const store = new ConfigStore();
    apply(store, put('a', '1'), 1);
    apply(store, { kind: 'delete', key: 'a', condition: { kind: 'none' } }, 2);
    apply(store, put('a', '1'), 3);
    const old: ConfigCommand = {
      kind: 'delete',
      key: 'a',
      condition: { kind: 'revision', revision: 1 },
    };
    expect(apply(store, old, 4)).toEqual({ kind: 'mismatch', currentRevision: 3 });
  });

  test('conditions on keys that do not exist', () => {
    const store = new ConfigStore();
    const absent = { kind: 'absent' } as const;
    const present = { kind: 'present' } as const;
    const mismatch = { kind: 'mismatch', currentRevision: undefined };
    expect(apply(store, { ...put('a', '1'), condition: present }, 1)).toEqual(mismatch);
    expect(apply(store, { kind: 'delete', key: 'a', condition: present }, 2)).toEqual(mismatch);
    expect(apply(store, { kind: 'delete', key: 'a', condition: { kind: 'none' } }, 3)).toEqual({
      kind: 'missing',
    });
    expect(apply(store, { ...put('a', '1'), condition: absent }, 4).kind).toBe('written');
    expect(apply(store, { ...put('a', '1'), condition: absent }, 5)).toEqual({
      kind: 'mismatch',
      currentRevision: 4,
    });
  });

  test('names of Object.prototype are keys like any other', () => {
    const store = new ConfigStore();
    expect(store.get('__proto__')).toBeUndefined();
    expect(store.get('constructor')).toBeUndefined();
    apply(store, put('__proto__', '{}'), 1);
    expect(store.get('__proto__')).toMatchObject({ value: '{}', revision: 1 });
    expect(store.keyCount).toBe(1);
  });

  test('a full store refuses what makes it larger, and takes what does not', () => {
    // Two lengths, a key of one byte and a revision below 128: 4 bytes beside the value.
    const store = new ConfigStore(24);
    expect(apply(store, put('a', 'x'.repeat(20)), 1).kind).toBe('written');
    expect(apply(store, put('b', ''), 2)).toEqual({ kind: 'storeFull' });
    expect(apply(store, put('a', 'y'.repeat(21)), 3)).toEqual({ kind: 'storeFull' });
    expect(store.get('a')).toMatchObject({ value: 'x'.repeat(20), revision: 1 });
    expect(apply(store, put('a', 'y'.repeat(19)), 4).kind).toBe('written');
    expect(store.storeBytes).toBe(23);
    expect(apply(store, { kind: 'delete', key: 'a', condition: { kind: 'none' } }, 5)).toEqual({
      kind: 'deleted',
    });
    expect(store.storeBytes).toBe(0);
    expect(store.checksum).toBe(0);
  });

  test('bytes that are no command change nothing', () => {
    const store = new ConfigStore();
    apply(store, put('a', '1'), 1);
    const { checksum } = store;
    for (const bytes of [[], [9], [1, 7, 0, 1, 97], [1, 0, 0, 1, 97, 1, 98, 0]]) {
      const result = store.apply(Uint8Array.from(bytes), 2);
      expect(resultCodec.decode(result)).toEqual({ kind: 'malformed' });
    }
    expect(store.checksum).toBe(checksum);
    expect(store.digest()).toHaveLength(4);
  });

  test('a snapshot that is none is refused and leaves the state alone', () => {
    const store = new ConfigStore();
    apply(store, put('a', '1'), 1);
    for (const bytes of [[], [2, 0], [1, 200, 1], [1, 0, 0]]) {
      expect(() => store.restore(Uint8Array.from(bytes))).toThrow(DecodeError);
    }
    expect(store.get('a')).toMatchObject({ value: '1', revision: 1 });
  });

  test('a snapshot of many keys comes back whole', () => {
    const store = new ConfigStore();
    for (let index = 1; index <= 50_000; index += 1) {
      apply(store, put(`key/${index}`, `value ${index}`), index);
    }
    const copy = new ConfigStore();
    copy.restore(store.snapshot());
    expect(copy.keyCount).toBe(50_000);
    expect(copy.figures()).toEqual(store.figures());
    expect(copy.get('key/31415')).toMatchObject({ value: 'value 31415', revision: 31_415 });
    expect(copy.snapshot()).toEqual(store.snapshot());
  });
});
