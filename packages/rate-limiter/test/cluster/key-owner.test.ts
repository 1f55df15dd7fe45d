import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { KeyLedger } from '../../src/cluster/key-ledger.ts';
import { KeyOwner } from '../../src/cluster/key-owner.ts';
import type { LeaseRequest } from '../../src/cluster/messages.ts';
import { Ownership } from '../../src/cluster/ownership.ts';
import type { Placement } from '../../src/cluster/placement.ts';
import { fixedWindow, gcra } from '../../src/policy.ts';

const policy = gcra({ name: 'p', limit: 100, windowMs: 1_000 });
const [us, holder, other] = [nodeId('us'), nodeId('holder'), nodeId('other')];
const ours: Placement = { memberCount: 4, ownerOf: () => us };
const limits = { keysMax: 100, stateBytesMax: 100_000 };

function ownerOf(startingShare: number | undefined, startedMs = -10_000) {
  const ownership = new Ownership(us, ours, startedMs);
  const ledger = new KeyLedger(limits);
  const options = { ledger, ownership, leaseMs: 500, startingShare, leasesMax: 10 };
  return { owner: new KeyOwner(options), ownership };
}

function ask(needed: number, wanted = needed, more: Partial<LeaseRequest> = {}): LeaseRequest {
  const base = { kind: 'lease', key: 'k', policy, headroom: 0, returned: undefined } as const;
  return { ...base, needed, wanted, ...more };
}

describe('a lease', () => {
  test('is charged as a whole when it is granted', () => {
    const { owner } = ownerOf(undefined);
    expect(owner.lease(ask(1, 10), holder, 0)).toEqual({
      kind: 'granted',
      leaseId: 1,
      cost: 10,
      leaseMs: 500,
      remaining: 90,
      resetAfterMs: 100,
    });
    expect(owner.take({ key: 'k', policy, cost: 91 }, 0).kind).toBe('limited');
    expect(owner.take({ key: 'k', policy, cost: 90 }, 0).kind).toBe('admitted');
  });

  test('holds no more than all members could have, but what is needed', () => {
    const { owner } = ownerOf(undefined);
    expect(owner.lease(ask(1, 1_000), holder, 0)).toMatchObject({ cost: 1 + 24 });
    expect(owner.lease(ask(60, 60), other, 0)).toMatchObject({ cost: 60, remaining: 15 });
    expect(owner.lease(ask(1, 50, { headroom: 10 }), other, 0)).toMatchObject({ cost: 2 });
  });

  test('is refused where what is needed is not there', () => {
    const { owner } = ownerOf(undefined);
    owner.lease(ask(95), holder, 0);
    expect(owner.lease(ask(6, 50), holder, 0)).toEqual({
      kind: 'limited',
      reason: 'limitReached',
      remaining: 5,
      resetAfterMs: 950,
      retryAfterMs: 10,
    });
    const never = { kind: 'limited', reason: 'costAboveLimit', retryAfterMs: Infinity };
    expect(owner.lease(ask(101), holder, 0)).toMatchObject(never);
    owner.block('k', policy, 300, 0);
    expect(owner.lease(ask(1), holder, 0)).toMatchObject({ reason: 'blocked', retryAfterMs: 300 });
    owner.reset('k', policy, 0);
    expect(owner.lease(ask(100), holder, 0)).toMatchObject({ kind: 'granted' });
  });

  test('of nothing is a look', () => {
    const { owner } = ownerOf(undefined);
    expect(owner.lease(ask(0), holder, 0)).toMatchObject({ cost: 0, remaining: 100 });
  });
});

describe('what is returned', () => {
  const returned = (leaseId: number, cost: number) => ({ returned: { leaseId, cost } });

  test('is there again, once', () => {
    const { owner } = ownerOf(undefined);
    owner.lease(ask(80), holder, 0);
    expect(owner.lease(ask(1, 1, returned(1, 50)), holder, 0)).toMatchObject({ remaining: 69 });
    expect(owner.lease(ask(1, 1, returned(1, 50)), holder, 0)).toMatchObject({ remaining: 68 });
  });

  test.each([
    ['more than was leased', holder, returned(1, 81), 0],
    ['an unknown lease', holder, returned(2, 50), 0],
    ['what another one leased', other, returned(1, 50), 0],
  ])('is nothing for %s', (_name, from, more, nowMs) => {
    const { owner } = ownerOf(undefined);
    owner.lease(ask(80), holder, 0);
    expect(owner.lease(ask(1, 1, more), from, nowMs)).toMatchObject({ remaining: 19 });
  });

  test('is nothing once the lease has ended', () => {
    const { owner } = ownerOf(undefined);
    owner.lease(ask(100), holder, 0);
    const late = owner.lease(ask(1, 1, returned(1, 100)), holder, 500);
    expect(late).toMatchObject({ remaining: 49 });
  });

  test('of a request that does not count is given back as far as time has not', () => {
    const { owner } = ownerOf(undefined);
    owner.lease(ask(100), holder, 0);
    owner.giveBack({ key: 'k', policy, cost: 50, chargedAtMs: 0 }, 100);
    expect(owner.take({ key: 'k', policy, cost: 0 }, 100)).toMatchObject({ remaining: 50 });
  });

  test('is remembered for a bounded number of leases', () => {
    const { owner } = ownerOf(undefined);
    owner.lease(ask(50), holder, 0);
    for (let index = 0; index < 10; index += 1) owner.lease(ask(1), nodeId(`n${index}`), 0);
    expect(owner.lease(ask(1, 1, returned(1, 50)), holder, 0)).toMatchObject({ remaining: 39 });
  });
});

describe('an owner that has just begun', () => {
  test('lets unknown keys begin with a part, and then goes on at their rate', () => {
    const { owner } = ownerOf(0.25, 0);
    expect(owner.take({ key: 'k', policy, cost: 26 }, 0).kind).toBe('limited');
    expect(owner.take({ key: 'k', policy, cost: 25 }, 0).kind).toBe('admitted');
    expect(owner.take({ key: 'k', policy, cost: 10 }, 100).kind).toBe('admitted');
    expect(owner.take({ key: 'k', policy, cost: 1 }, 100).kind).toBe('limited');
  });

  test('lets them begin with all once so much has passed that nothing can matter', () => {
    const { owner } = ownerOf(0, 0);
    expect(owner.take({ key: 'k', policy, cost: 100 }, 999).kind).toBe('limited');
    expect(owner.take({ key: 'late', policy, cost: 100 }, 1_000).kind).toBe('admitted');
  });

  test('lets them begin with all where a restart may be worth a burst', () => {
    expect(ownerOf(1, 0).owner.take({ key: 'k', policy, cost: 100 }, 0).kind).toBe('admitted');
  });

  test('takes one member of many for the part, if none is said', () => {
    const { owner } = ownerOf(undefined, 0);
    expect(owner.take({ key: 'k', policy, cost: 0 }, 0)).toMatchObject({ remaining: 25 });
  });

  test('does so for windows as well', () => {
    const { owner } = ownerOf(0.5, 0);
    const window = fixedWindow({ limit: 10, windowMs: 1_000, anchor: 'firstRequest' });
    expect(owner.take({ key: 'k', policy: window, cost: 6 }, 0).kind).toBe('limited');
    expect(owner.take({ key: 'k', policy: window, cost: 5 }, 0).kind).toBe('admitted');
  });

  test('forgets what it counted in an earlier reign, for others have counted since', () => {
    const { owner, ownership } = ownerOf(0.25, -10_000);
    expect(owner.take({ key: 'k', policy, cost: 1 }, 0).kind).toBe('admitted');
    ownership.change({ ...ours, ownerOf: () => other }, 0);
    ownership.change(ours, 5_000);
    expect(owner.take({ key: 'k', policy, cost: 26 }, 5_000).kind).toBe('limited');
    expect(owner.take({ key: 'k', policy, cost: 25 }, 5_000).kind).toBe('admitted');
  });

  test('keeps what it knows when the members change and the key stays its own', () => {
    const { owner, ownership } = ownerOf(0, -10_000);
    ownership.change({ ...ours, memberCount: 5 }, 0);
    expect(owner.take({ key: 'k', policy, cost: 100 }, 0).kind).toBe('admitted');
  });
});
