/**
 * A holder crashes and its place is lost for good; or it comes back late, and its release or
 * renewal frees or takes the place of somebody else.
 *
 * Protection: leases end by themselves, ids are never used again, and a renewal after the end is
 * refused.
 */
import { expect, test } from 'vitest';

import { ConcurrencyLeases } from '../../src/index.ts';

function leaseOf(leases: ConcurrencyLeases, nowMs: number): string {
  const decision = leases.acquire('k', nowMs);
  if (decision.kind === 'limited') throw new RangeError('expected a lease');
  return decision.leaseId;
}

test('what a crashed holder had comes back at its end', () => {
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1_000 });
  leaseOf(leases, 0);
  expect(leases.acquire('k', 400)).toEqual({ kind: 'limited', retryAfterMs: 600 });
  expect(leases.acquire('k', 999.999).kind).toBe('limited');
  expect(leases.acquire('k', 1_000).kind).toBe('admitted');
});

test('a late release frees nobody else, and a second release nobody at all', () => {
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1_000 });
  const old = leaseOf(leases, 0);
  const other = leaseOf(leases, 1_000);
  leases.release('k', old);
  leases.release('k', old);
  expect(leases.acquire('k', 1_001).kind).toBe('limited');
  leases.release('k', other);
  const third = leaseOf(leases, 1_002);
  leases.release('k', other);
  expect(leases.heldCount('k', 1_002)).toBe(1);
  expect(third).not.toBe(other);
});

test('a renewal in time lasts, one after the end is lost', () => {
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1_000 });
  const first = leaseOf(leases, 0);
  expect(leases.renew('k', first, 999)).toBe('renewed');
  expect(leases.acquire('k', 1_998).kind).toBe('limited');
  expect(leases.renew('k', first, 1_999)).toBe('lost');
  expect(leases.acquire('k', 1_999).kind).toBe('admitted');
  expect(leases.renew('k', first, 2_000)).toBe('lost');
});
