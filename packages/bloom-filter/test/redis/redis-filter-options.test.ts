import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import type { IoredisClient } from '../../src/redis/redis-client.ts';
import { checkedOptions } from '../../src/redis/redis-filter-options.ts';

const client: IoredisClient = {
  call: () => Promise.reject(new Error('nothing is asked')),
  callBuffer: () => Promise.reject(new Error('nothing is asked')),
};
const good = { client, name: 'a', itemCount: 1_000, falsePositiveRate: 0.01 };

test('what is left out has a default', () => {
  expect(checkedOptions(good)).toMatchObject({
    shape: { bitCount: 9_600, hashCount: 7 },
    keys: { head: 'quorate:bloom1:{a}:head' },
    expiry: undefined,
    whenMissing: 'empty',
    pendingMax: 10_000,
  });
  expect(checkedOptions(good).hasher.id).toBe(keyHasher().id);
});

test('what is given is taken', () => {
  const expiry = { afterMs: 5, since: 'last-add' } as const;
  const hasher = keyHasher('xxh64', 3n);
  const shape = { bitCount: 64, hashCount: 2 };
  const options = { client, name: 'b', prefix: 'p', ...shape, hasher, expiry, pendingMax: 3 };
  expect(checkedOptions({ ...options, whenMissing: 'refuse' })).toMatchObject({
    ...{ shape, hasher, expiry, whenMissing: 'refuse', pendingMax: 3 },
    keys: { head: 'p:bloom1:{b}:head' },
  });
});

describe('what is out of its range is refused', () => {
  test.each([
    [{ itemCount: 500_000_000, falsePositiveRate: 0.01 }, /^bitCount: expected .* 32..2\^32/],
    [{ itemCount: -1, falsePositiveRate: 0.01 }, /^itemCount: /],
    [{ itemCount: 1, falsePositiveRate: 0 }, /^falsePositiveRate: /],
    [{ bitCount: 2 ** 32 + 32, hashCount: 7 }, /^bitCount: /],
    [{ bitCount: 64, hashCount: 256 }, /^hashCount: /],
  ])('a size of %j', (size, message) => {
    expect(() => checkedOptions({ client, name: 'a', ...size })).toThrow(message);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 42 + 1])('a life of %d ms', (afterMs) => {
    const expiry = { afterMs, since: 'creation' } as const;
    const message = `expiry.afterMs: expected an integer in 1..${2 ** 42}, got ${afterMs}`;
    expect(() => checkedOptions({ ...good, expiry })).toThrow(new RangeError(message));
  });

  test('words that are none', () => {
    expect(
      // @ts-expect-error -- a caller without types
      () => checkedOptions({ ...good, expiry: { afterMs: 1, since: 'today' } }),
    ).toThrow(new RangeError('expiry.since: expected creation or last-add, got today'));
    expect(
      // @ts-expect-error -- a caller without types
      () => checkedOptions({ ...good, whenMissing: 'create' }),
    ).toThrow(new RangeError('whenMissing: expected empty or refuse, got create'));
  });

  test('no calls at all', () => {
    const message = 'pendingMax: expected an integer in 1..2147483647, got 0';
    expect(() => checkedOptions({ ...good, pendingMax: 0 })).toThrow(new RangeError(message));
  });
});
