/**
 * Elsewhere: a place of a process that died is never free again; or a holder that was paused
 * releases or renews what is somebody else's by now.
 *
 * Protection: places are leases with tokens that rise, and nothing is done to one that has ended
 * (`lease-scripts.ts`).
 */
import { describe, expect, test } from 'vitest';

import { type Lease, RedisLeases } from '../../src/redis/redis-leases.ts';
import { redisScene, startUs } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

describe.skipIf(redisIsMissing)('a holder that stood still', () => {
  const scene = redisScene();

  async function acquired(leases: RedisLeases): Promise<Lease> {
    const decision = await leases.acquire('k');
    if (decision.kind === 'limited') throw new Error('limited');
    return decision.lease;
  }

  test('has lost its place, and takes nobody else’s', async () => {
    const options = { client: scene.clocked, name: 'jobs', limit: 1, leaseMs: 1_000 };
    const [mine, yours] = [new RedisLeases(options), new RedisLeases(options)];
    const lost = await acquired(mine);
    expect(await yours.acquire('k')).toMatchObject({ kind: 'limited' });
    await scene.clocked.setNowUs(startUs + 1_000_000);
    const current = await acquired(yours);
    expect(current.token).toBeGreaterThan(lost.token);
    const endings = await Promise.all([mine.renew(lost), mine.release(lost), mine.release(lost)]);
    expect(endings).toEqual(['lost', 'lost', 'lost']);
    expect(await yours.renew(current)).toBe('renewed');
    expect(await mine.acquire('k')).toMatchObject({ kind: 'limited' });
    const twice = await Promise.all([yours.release(current), yours.release(current)]);
    expect(twice.toSorted()).toEqual(['lost', 'released']);
  });
});
