/**
 * A key called `constructor` is found in every object, and what is found is no counter.
 *
 * Protection: tables are Maps.
 */
import { expect, test } from 'vitest';

import { ConcurrencyLeases, gcra, LeakyQueue, MemoryStore, RateLimiter } from '../../src/index.ts';

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '', '\ud800'];

test('names of what every object has are ordinary keys, ids and policies', async () => {
  const store = new MemoryStore();
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1_000 });
  const limiter = new RateLimiter({ policy: gcra({ limit: 1, windowMs: 1_000 }) });
  const queue = new LeakyQueue({ limiter });
  for (const key of names) {
    const policy = gcra({
      name: key === '' || key === '\ud800' ? 'x' : key,
      limit: 3,
      windowMs: 1,
    });
    const { decisions } = store.take([{ key, policy, cost: 1 }], 0);
    expect(decisions[0]).toMatchObject({ kind: 'admitted', remaining: 2 });
    store.refund(key, 0);
    store.block(key, policy, 5, 0);
    expect(store.take([{ key, policy, cost: 1 }], 0).decisions[0]?.kind).toBe('limited');
    store.reset(key, policy);
    expect(leases.acquire(key, 0).kind).toBe('admitted');
    expect(leases.acquire(key, 0).kind).toBe('limited');
    expect(leases.renew(key, key, 0)).toBe('lost');
    expect((await queue.wait(key)).kind).toBe('admitted');
  }
});
