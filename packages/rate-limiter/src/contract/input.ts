import { expect } from 'vitest';

import { fixedWindow, gcra, slidingWindowLog } from '../policy.ts';
import type { Check } from '../store.ts';
import { type Clause, fivePerSecond, remainingOf, takeOne } from './scene.ts';

const policy = gcra({ limit: 5, windowMs: 1_000 });

/** Keys that have broken others: prototypes, patterns, tags, separators, bytes, length. */
const strangeKeys: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'a:b',
  'a',
  'b',
  'a{b}c',
  '{}',
  '{a}',
  '*',
  '?',
  '[a-z]',
  'line\nbreak\r\n',
  'nul\0nul',
  'nul',
  'größe',
  '\ud83d\ude00',
  ' ',
  'x'.repeat(10_240),
  `${'x'.repeat(10_239)}y`,
];

/** What a store makes of bad input. */
export function describeInput(clause: Clause): void {
  clause('every string is a key of its own', async ({ store }) => {
    for (const key of strangeKeys) {
      expect(await takeOne(store, policy, { key }), key.slice(0, 20)).toMatchObject({
        remaining: 4,
      });
    }
    await store.reset('*', policy);
    await store.reset('a', policy);
    const left: number[] = [];
    for (const key of strangeKeys) left.push(await remainingOf(store, policy, key));
    const reset = strangeKeys.filter((_key, index) => left[index] === 5);
    expect(reset).toEqual(['a', '*']);
  });

  clause('text of a name and a key never run together', async ({ store }) => {
    const named = (name: string) => gcra({ name, limit: 5, windowMs: 1_000 });
    await takeOne(store, named('a:b'), { key: 'c', cost: 5 });
    await takeOne(store, named('{a'), { key: 'b}c', cost: 5 });
    for (const [name, key] of [
      ['a', 'b:c'],
      ['a:b:c', ''],
      ['{a}', 'b}c'],
      ['{a', 'b}'],
    ] as const) {
      expect(await takeOne(store, named(name), { key })).toMatchObject({ remaining: 4 });
    }
  });

  const badCosts = [Number.NaN, -1, 0.5, Infinity, -Infinity, 2 ** 31, 2 ** 53];
  clause('refuses costs that are none, before anything changes', async ({ store }) => {
    for (const bad of badCosts) {
      const good: Check = { key: 'other', policy, cost: 1 };
      await expect(store.take([{ key: 'k', policy, cost: bad }])).rejects.toThrow(RangeError);
      await expect(store.take([good, { key: 'k', policy, cost: bad }])).rejects.toThrow(RangeError);
      const headroom = { key: 'k', policy, cost: 1, headroom: bad };
      await expect(store.take([headroom])).rejects.toThrow(RangeError);
    }
    const text = Object.assign({ key: 'k', policy, cost: 1 }, { cost: '2' });
    await expect(store.take([text])).rejects.toThrow(TypeError);
    expect(await remainingOf(store, policy)).toBe(5);
    expect(await remainingOf(store, policy, 'other')).toBe(5);
  });

  clause('refuses policies that are none', async ({ store }) => {
    const bad = [
      { ...policy, limit: 0 },
      { ...policy, limit: 2 ** 31 },
      { ...policy, burst: 0.5 },
      { ...policy, windowMs: 0 },
      { ...policy, windowMs: Number.NaN },
      { ...policy, windowMs: Infinity },
      { ...policy, windowMs: 401 * 86_400_000 },
      { ...policy, name: '' },
      { ...policy, name: 'line\nbreak' },
      { ...slidingWindowLog({ limit: 1, windowMs: 1 }), limit: 10_001 },
    ];
    for (const wrong of bad) {
      await expect(takeOne(store, wrong), JSON.stringify(wrong)).rejects.toThrow(RangeError);
      await expect(store.block('k', wrong, 1)).rejects.toThrow(RangeError);
      await expect(store.reset('k', wrong)).rejects.toThrow(RangeError);
    }
  });

  clause('refuses no checks, too many, and one twice', async ({ store }) => {
    await expect(store.take([])).rejects.toThrow(RangeError);
    const many = Array.from({ length: 17 }, (_, index) => ({ key: `${index}`, policy, cost: 1 }));
    await expect(store.take(many)).rejects.toThrow(RangeError);
    const check = { key: 'k', policy, cost: 1 };
    await expect(store.take([check, { ...check, policy: { ...policy } }])).rejects.toThrow(
      RangeError,
    );
    await expect(store.take([{ key: 'x'.repeat(10_241), policy, cost: 1 }])).rejects.toThrow(
      RangeError,
    );
    for (const bad of [-1, Number.NaN, Infinity]) {
      await expect(store.block('k', policy, bad)).rejects.toThrow(RangeError);
    }
    expect(await remainingOf(store, policy)).toBe(5);
  });

  clause('windows of half a millisecond and of 400 days both end', async (fixture) => {
    const { store, advance } = fixture;
    const short = fixedWindow({ name: 's', limit: 1, windowMs: 0.5, anchor: 'firstRequest' });
    const long = gcra({ name: 'l', limit: 1, windowMs: 400 * 86_400_000 });
    for (const [current, waitMs] of [
      [short, 0.5],
      [long, 400 * 86_400_000],
    ] as const) {
      expect(await takeOne(store, current)).toMatchObject({ kind: 'admitted' });
      expect(await takeOne(store, current)).toMatchObject({ retryAfterMs: waitMs });
      await advance(waitMs);
      expect(await takeOne(store, current)).toMatchObject({ kind: 'admitted' });
    }
  });

  clause('close is idempotent, and nothing works after it', async ({ store }) => {
    await Promise.all([store.close(), store.close()]);
    const closed = { code: 'RATE_LIMITER_CLOSED' };
    await expect(takeOne(store, policy)).rejects.toMatchObject(closed);
    await expect(store.refund('x')).rejects.toMatchObject(closed);
    await expect(store.block('k', policy, 1)).rejects.toMatchObject(closed);
    await expect(store.reset('k', policy)).rejects.toMatchObject(closed);
  });

  clause('an aborted call rejects with the reason', async ({ store }) => {
    const reason = new Error('nobody waits');
    const options = { signal: AbortSignal.abort(reason) };
    for (const current of fivePerSecond) {
      const checks = [{ key: 'k', policy: current, cost: 1 }];
      await expect(store.take(checks, options)).rejects.toBe(reason);
    }
    await expect(store.refund('x', options)).rejects.toBe(reason);
    await expect(store.block('k', policy, 1, options)).rejects.toBe(reason);
    await expect(store.reset('k', policy, options)).rejects.toBe(reason);
  });
}
