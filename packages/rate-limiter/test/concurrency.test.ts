import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ConcurrencyLeases } from '../src/concurrency.ts';

test('as many leases as the limit, each key by itself', () => {
  const leases = new ConcurrencyLeases({ limit: 2, leaseMs: 1_000 });
  expect(leases.acquire('a', 0)).toMatchObject({ kind: 'admitted', remaining: 1 });
  expect(leases.acquire('a', 0)).toMatchObject({ remaining: 0, expiresAfterMs: 1_000 });
  expect(leases.acquire('a', 100)).toEqual({ kind: 'limited', retryAfterMs: 900 });
  expect(leases.acquire('b', 100).kind).toBe('admitted');
});

test('keys without leases take no memory, and a full table makes room among ended ones', () => {
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1_000, maxKeys: 100 });
  const first = leases.acquire('key', 0);
  if (first.kind === 'admitted') leases.release('key', first.leaseId);
  expect(leases.keyCount).toBe(0);
  for (let key = 0; key < 100; key += 1) leases.acquire(`key ${key}`, 0);
  expect(leases.acquire('one more', 500)).toEqual({ kind: 'limited', retryAfterMs: 1_000 });
  expect(leases.acquire('key 5', 500).kind).toBe('limited');
  expect(leases.acquire('one more', 1_000).kind).toBe('admitted');
  expect(leases.keyCount).toBeLessThanOrEqual(100);
});

test('a clock that steps back prolongs a lease by at most its own length', () => {
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1_000 });
  leases.acquire('k', 10_000_000);
  expect(leases.acquire('k', 0)).toEqual({ kind: 'limited', retryAfterMs: 1_000 });
  expect(leases.acquire('k', 1_000).kind).toBe('admitted');
});

test('agrees with a list of leases in which everything is looked at each time', () => {
  const step = fc.record({
    action: fc.constantFrom('acquire', 'acquire', 'renew', 'release'),
    elapsedMs: fc.integer({ min: 0, max: 60 }),
    which: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const leases = new ConcurrencyLeases({ limit: 3, leaseMs: 100 });
      const issued: string[] = [];
      let held: { readonly id: string; readonly endsMs: number }[] = [];
      let nowMs = 0;
      for (const { action, elapsedMs, which } of steps) {
        nowMs += elapsedMs;
        held = held.filter(({ endsMs }) => endsMs > nowMs);
        const id = issued[which] ?? 'none';
        if (action === 'acquire') {
          const decision = leases.acquire('k', nowMs);
          expect(decision.kind).toBe(held.length < 3 ? 'admitted' : 'limited');
          if (decision.kind === 'admitted') {
            expect(issued).not.toContain(decision.leaseId);
            issued.push(decision.leaseId);
            held.push({ id: decision.leaseId, endsMs: nowMs + 100 });
          } else {
            const soonestMs = Math.min(...held.map(({ endsMs }) => endsMs));
            expect(decision.retryAfterMs).toBe(soonestMs - nowMs);
          }
        } else if (action === 'renew') {
          const isHeld = held.some((lease) => lease.id === id);
          expect(leases.renew('k', id, nowMs)).toBe(isHeld ? 'renewed' : 'lost');
          held = held.map((lease) => (lease.id === id ? { id, endsMs: nowMs + 100 } : lease));
        } else {
          leases.release('k', id);
          held = held.filter((lease) => lease.id !== id);
        }
        expect(leases.heldCount('k', nowMs)).toBe(held.length);
      }
    }),
    { numRuns: 300 },
  );
});

test('options and input that are none are refused', () => {
  for (const limit of [0, -1, 0.5, Number.NaN, 100_001]) {
    expect(() => new ConcurrencyLeases({ limit, leaseMs: 1 })).toThrow(RangeError);
  }
  for (const leaseMs of [0, -1, Number.NaN, Infinity]) {
    expect(() => new ConcurrencyLeases({ limit: 1, leaseMs })).toThrow(RangeError);
  }
  const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 1 });
  expect(() => leases.acquire('k', Number.NaN)).toThrow(RangeError);
  expect(() => leases.acquire('x'.repeat(10_241), 0)).toThrow(RangeError);
  expect(leases.keyCount).toBe(0);
});
