/**
 * Goal: never more than `limit` holders, no place lost for ever, and tokens that only rise. Method:
 * a real Redis, whose clock the test sets.
 */
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { type Lease, RedisLeases, type RedisLeasesOptions } from '../../src/redis/redis-leases.ts';
import { ioredisTo } from '../support/redis-clients.ts';
import { redisIsMissing, RedisServer } from '../support/redis-server.ts';
import { type ClockedClient, withServerClock } from '../support/server-clock.ts';

const startUs = 1_764_000_000_123_457;

describe.skipIf(redisIsMissing)('leases in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let client: ClockedClient;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = ioredisTo(server.port);
    client = withServerClock(redis);
  });

  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    await redis.flushall();
    await client.setNowUs(startUs);
  });

  const leasesOf = (options: Partial<RedisLeasesOptions> = {}): RedisLeases =>
    new RedisLeases({ client, name: 'jobs', limit: 2, leaseMs: 1_000, ...options });

  async function acquired(leases: RedisLeases, key = 'k'): Promise<Lease> {
    const decision = await leases.acquire(key);
    if (decision.kind === 'limited') throw new Error('limited');
    return decision.lease;
  }

  test('as many hold a key as may, and one more once a place is free', async () => {
    const leases = leasesOf();
    const first = await acquired(leases);
    expect(await leases.acquire('k')).toMatchObject({ kind: 'admitted', heldCount: 2 });
    const limited = { kind: 'limited', heldCount: 2, retryAfterMs: 1_000 };
    expect(await leases.acquire('k')).toEqual(limited);
    expect(await leases.acquire('another')).toMatchObject({ kind: 'admitted', heldCount: 1 });
    expect(await leases.release(first)).toBe('released');
    expect(await leases.heldCount('k')).toBe(1);
    expect(await leases.acquire('k')).toMatchObject({ kind: 'admitted', heldCount: 2 });
  });

  test('of 64 at once exactly as many are admitted as may hold', async () => {
    const leases = leasesOf({ limit: 5 });
    const decisions = await Promise.all(Array.from({ length: 64 }, () => leases.acquire('k')));
    const tokens = decisions.flatMap((one) => (one.kind === 'admitted' ? [one.lease.token] : []));
    expect(tokens).toHaveLength(5);
    expect(new Set(tokens).size).toBe(5);
  });

  test('a renewed lease lasts on, one that is not ends to the microsecond', async () => {
    const leases = leasesOf();
    const [kept, dropped] = [await acquired(leases), await acquired(leases)];
    await client.setNowUs(startUs + 500_000);
    expect(await leases.renew(kept)).toBe('renewed');
    await client.setNowUs(startUs + 999_999);
    expect(await leases.acquire('k')).toMatchObject({ kind: 'limited', retryAfterMs: 0.001 });
    await client.setNowUs(startUs + 1_000_000);
    expect(await leases.acquire('k')).toMatchObject({ kind: 'admitted' });
    expect(await leases.renew(dropped)).toBe('lost');
    expect(await leases.renew(kept)).toBe('renewed');
  });

  test('what comes after the end disturbs nobody', async () => {
    const leases = leasesOf({ limit: 1 });
    const late = await acquired(leases);
    await client.setNowUs(startUs + 1_000_001);
    const current = await acquired(leases);
    expect(current.token).toBeGreaterThan(late.token);
    expect(await leases.release(late)).toBe('lost');
    expect(await leases.renew(late)).toBe('lost');
    expect(await leases.heldCount('k')).toBe(1);
    expect(await leases.release(current)).toBe('released');
    expect(await leases.release(current)).toBe('lost');
  });

  test('tokens rise while the clock goes back, and no dead place stays long', async () => {
    const leases = leasesOf();
    const tokens = [await acquired(leases), await acquired(leases)].map(({ token }) => token);
    await client.setNowUs(startUs - 3_600_000_000);
    const limited = await leases.acquire('k');
    expect(limited).toMatchObject({ kind: 'limited', retryAfterMs: 1_000 });
    await client.setNowUs(startUs - 3_600_000_000 + 1_000_000);
    tokens.push((await acquired(leases)).token, (await acquired(leases)).token);
    expect(tokens).toEqual(tokens.toSorted((left, right) => left - right));
    expect(new Set(tokens).size).toBe(4);
  });

  test('tokens rise after all has been released and after an hour', async () => {
    const leases = leasesOf();
    const first = await acquired(leases);
    await leases.release(first);
    await client.setNowUs(startUs - 1_000_000);
    const second = await acquired(leases);
    expect(second.token).toBeGreaterThan(first.token);
    await leases.release(second);
    await client.setNowUs(startUs + 3_600_000_000);
    expect((await acquired(leases)).token).toBeGreaterThan(second.token);
  });

  test('a lease with a token that is none changes nothing', async () => {
    const leases = leasesOf();
    const { token } = await acquired(leases);
    for (const wrong of [token + 1, -1, 0.5, Number.NaN, Infinity]) {
      expect(await leases.release({ key: 'k', token: wrong })).toBe('lost');
      expect(await leases.renew({ key: 'k', token: wrong })).toBe('lost');
    }
    expect(await leases.heldCount('k')).toBe(1);
  });

  test('every key has an expiry', async () => {
    const leases = leasesOf();
    const lease = await acquired(leases);
    await leases.renew(lease);
    await leases.release(lease);
    await acquired(leases, '{}');
    const names = await redis.keys('quorate:*');
    expect(names).toHaveLength(2);
    for (const name of names) expect(await redis.pttl(name)).not.toBe(-1);
  });

  test.each<[keyof RedisLeasesOptions, unknown]>([
    ['name', ''],
    ['name', 'a\n'],
    ['limit', 0],
    ['limit', 1.5],
    ['limit', Number.NaN],
    ['leaseMs', 0],
    ['leaseMs', Infinity],
    ['pendingMax', 0],
    ['prefix', '{'],
  ])('%s of %j is refused', (name, value) => {
    expect(() => leasesOf({ [name]: value })).toThrow(`${name}: expected`);
  });

  test('a key that is too long is refused', async () => {
    await expect(leasesOf().acquire('x'.repeat(10_241))).rejects.toThrow(RangeError);
  });
});
