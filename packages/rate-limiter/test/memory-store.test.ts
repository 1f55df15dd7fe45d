import { describe, expect, test } from 'vitest';

import { MemoryStore } from '../src/memory-store.ts';
import { gcra, slidingWindowLog } from '../src/policy.ts';

const policy = gcra({ limit: 3, windowMs: 1_000 });

describe('a full store', () => {
  test('gives up the key that rests soonest, and counts it', () => {
    const store = new MemoryStore({ maxKeys: 3 });
    for (const [key, cost] of [
      ['much', 2],
      ['little', 1],
      ['all', 3],
    ] as const) {
      store.take([{ key, policy, cost }], 0);
    }
    store.take([{ key: 'new', policy, cost: 1 }], 0);
    expect(store.stats).toMatchObject({ keyCount: 3, evictedCount: 1, sparedCount: 0 });
    const left = (key: string) => store.peek(store.limitOf(policy), key, 0, 0).remaining;
    expect(['much', 'little', 'all', 'new'].map(left)).toEqual([1, 3, 0, 2]);
  });

  test('does not give up a key of the decision that is being made', () => {
    const store = new MemoryStore({ maxKeys: 1 });
    const other = gcra({ name: 'other', limit: 3, windowMs: 1_000 });
    const checks = [
      { key: 'a', policy, cost: 2 },
      { key: 'b', policy, cost: 2 },
      { key: 'b', policy: other, cost: 1 },
    ];
    const { decisions } = store.take(checks, 0);
    expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(decisions.map(({ remaining }) => remaining)).toEqual([1, 1, 2]);
  });

  test('keys that share the spare state are counted together in one decision too', () => {
    const store = new MemoryStore({ maxKeys: 1 });
    store.take([{ key: 'a', policy, cost: 3 }], 0);
    const { decisions } = store.take(
      [
        { key: 'b', policy, cost: 2 },
        { key: 'c', policy, cost: 2 },
      ],
      0,
    );
    expect(decisions.map(({ kind }) => kind)).toEqual(['admitted', 'limited']);
  });

  test('refuses one more policy, and one more block', () => {
    const store = new MemoryStore({ maxKeys: 1, maxPolicies: 1 });
    store.block('a', policy, 1_000, 0);
    expect(() => store.block('b', policy, 1_000, 0)).toThrow(RangeError);
    store.block('a', policy, 2_000, 0);
    store.block('b', policy, 1_000, 2_000);
    const other = gcra({ name: 'other', limit: 1, windowMs: 1 });
    expect(() => store.limitOf(other)).toThrow(RangeError);
  });

  test('room for logs is counted in their entries', () => {
    const log = slidingWindowLog({ limit: 100, windowMs: 1_000 });
    const store = new MemoryStore({ maxLogEntries: 1_000 });
    for (let key = 0; key < 50; key += 1) store.take([{ key: `${key}`, policy: log, cost: 1 }], 0);
    expect(store.stats.keyCount).toBeLessThanOrEqual(10);
  });
});

test('a log whose limit is raised keeps what it had, exactly', () => {
  const store = new MemoryStore();
  const logOf = (limit: number) => slidingWindowLog({ limit, windowMs: 1_000 });
  for (let nowMs = 0; nowMs < 3; nowMs += 1) {
    store.take([{ key: 'k', policy: logOf(3), cost: 1 }], nowMs);
  }
  const wide = logOf(6);
  for (let nowMs = 3; nowMs < 6; nowMs += 1) {
    expect(store.take([{ key: 'k', policy: wide, cost: 1 }], nowMs).decisions[0]?.kind).toBe(
      'admitted',
    );
  }
  for (let nowMs = 1_000; nowMs < 1_006; nowMs += 1) {
    const { decisions } = store.take([{ key: 'k', policy: wide, cost: 1 }], nowMs);
    expect(decisions[0]).toMatchObject({ kind: 'admitted', remaining: 0 });
  }
});

test('sweeping frees what has rested, and only that', () => {
  const store = new MemoryStore();
  for (let key = 0; key < 100; key += 1) {
    store.take([{ key: `${key}`, policy, cost: key < 60 ? 1 : 3 }], 0);
  }
  expect(store.sweep(1_000, 400)).toBe(60);
  expect(store.sweep(1_000, 999)).toBe(0);
  expect(store.sweep(10, 1_000)).toBeLessThanOrEqual(10);
  expect(store.sweep(1_000, 1_000)).toBeGreaterThan(0);
  expect(store.stats.keyCount).toBe(0);
});

test('a charge that was forgotten for newer ones is not given back', () => {
  const store = new MemoryStore({ maxCharges: 2 });
  const ids = [1, 2, 3].map(
    () => store.take([{ key: 'k', policy, cost: 1 }], 0).chargeId ?? 'none',
  );
  for (const id of ids) store.refund(id, 0);
  expect(store.peek(store.limitOf(policy), 'k', 0, 0).remaining).toBe(2);
});

test('options that are none are refused', () => {
  for (const bad of [0, -1, 0.5, Number.NaN, 2 ** 53]) {
    expect(() => new MemoryStore({ maxKeys: bad })).toThrow(RangeError);
    expect(() => new MemoryStore({ maxKeyCharacters: bad })).toThrow(RangeError);
    expect(() => new MemoryStore({ maxLogEntries: bad })).toThrow(RangeError);
    expect(() => new MemoryStore({ maxPolicies: bad })).toThrow(RangeError);
  }
});
