import { describe, expect, test } from 'vitest';

import { LeaseTable } from '../../src/cluster/lease-table.ts';
import type { LeaseGranted, LeaseLimited } from '../../src/cluster/messages.ts';
import { gcra } from '../../src/policy.ts';

const policy = gcra({ name: 'p', limit: 100, windowMs: 1_000 });
const state = { remaining: 20, resetAfterMs: 300 };
const granted = (leaseId: number, cost: number): LeaseGranted => ({
  kind: 'granted',
  leaseId,
  cost,
  leaseMs: 500,
  ...state,
});
const limited: LeaseLimited = {
  kind: 'limited',
  reason: 'limitReached',
  retryAfterMs: 200,
  remaining: 1,
  resetAfterMs: 900,
};
const of = (cost: number, headroom = 0) => ({ key: 'k', policy, cost, headroom });
const times = { askedAtMs: 90, nowMs: 100, keptMs: 1_000 };

describe('a lease', () => {
  test('is spent here until it is used up, and says what is left with the owner', () => {
    const table = new LeaseTable(10);
    expect(table.draw('k', of(1), 0)).toEqual({ kind: 'unknown' });
    table.granted('k', granted(7, 3), 90, 100);
    expect(table.draw('k', of(2), 150)).toEqual({
      kind: 'drawn',
      leaseId: 7,
      chargedAtMs: 90,
      decision: {
        kind: 'admitted',
        reason: 'withinLimit',
        policyName: 'p',
        limit: 100,
        remaining: 21,
        resetAfterMs: 250,
      },
    });
    expect(table.draw('k', of(2), 150).kind).toBe('unknown');
    expect(table.draw('k', of(1, 1), 150).kind).toBe('unknown');
    expect(table.draw('k', of(0), 150).kind).toBe('drawn');
    expect(table.draw('k', of(1), 150).kind).toBe('drawn');
  });

  test('ends by the time it was asked for, not by that of the answer', () => {
    const table = new LeaseTable(10);
    table.granted('k', granted(1, 3), 90, 400);
    expect(table.draw('k', of(1), 589.9).kind).toBe('drawn');
    expect(table.draw('k', of(1), 590).kind).toBe('unknown');
  });

  test('takes back what was drawn from it, as long as it lasts', () => {
    const table = new LeaseTable(10);
    table.granted('k', granted(1, 3), 0, 10);
    table.draw('k', of(3), 20);
    expect(table.putBack('k', 1, 2, 30)).toBe(true);
    expect(table.draw('k', of(2), 40).kind).toBe('drawn');
    expect(table.putBack('k', 1, 2, 500)).toBe(false);
    expect(table.putBack('k', 2, 2, 30)).toBe(false);
    expect(table.putBack('unknown', 1, 2, 30)).toBe(false);
  });
});

describe('the next lease', () => {
  test('begins with what is needed, doubles when one is used up, up to a bound', () => {
    const table = new LeaseTable(10);
    expect(table.renew('k', 1, 8, 0)).toEqual({ wanted: 1, returned: undefined });
    const sizes = [1, 2, 4, 8].map((cost, place) => {
      table.granted('k', granted(place, cost), 0, 0);
      table.draw('k', of(cost), 1);
      return table.renew('k', 1, 8, 2).wanted;
    });
    expect(sizes).toEqual([2, 4, 8, 8]);
  });

  test('is halved when one ends with something left, and never less than needed', () => {
    const table = new LeaseTable(10);
    table.granted('k', granted(1, 8), 0, 0);
    table.draw('k', of(1), 1);
    expect(table.renew('k', 1, 8, 500)).toEqual({ wanted: 4, returned: undefined });
    table.granted('k', granted(2, 1), 600, 600);
    expect(table.renew('k', 5, 8, 1_200).wanted).toBe(5);
  });

  test('returns what is left of the last one, which is spent no more', () => {
    const table = new LeaseTable(10);
    table.granted('k', granted(4, 3), 0, 0);
    expect(table.renew('k', 5, 8, 10)).toEqual({
      wanted: 6,
      returned: { leaseId: 4, cost: 3 },
    });
    expect(table.draw('k', of(1), 20).kind).toBe('unknown');
    expect(table.renew('k', 5, 8, 30).returned).toBeUndefined();
  });

  test('takes nothing from the last one for a look', () => {
    const table = new LeaseTable(10);
    table.granted('k', granted(4, 3), 0, 0);
    expect(table.renew('k', 0, 8, 10)).toEqual({ wanted: 0, returned: undefined });
    expect(table.draw('k', of(3), 20).kind).toBe('drawn');
  });
});

describe('a refusal', () => {
  test('is remembered for as much or more, as long as the owner would refuse', () => {
    const table = new LeaseTable(10);
    expect(table.refused('k', policy, 3, limited, times)).toMatchObject({ retryAfterMs: 200 });
    expect(table.draw('k', of(2), 110).kind).toBe('unknown');
    expect(table.draw('k', of(2, 1), 110).kind).toBe('refused');
    expect(table.draw('k', of(3), 150)).toMatchObject({
      kind: 'refused',
      decision: { kind: 'limited', reason: 'limitReached', retryAfterMs: 150, remaining: 1 },
    });
    // Asked at 90 and refused for 200: the owner may admit it from 290 on.
    expect(table.draw('k', of(3), 289).kind).toBe('refused');
    expect(table.draw('k', of(3), 290).kind).toBe('unknown');
  });

  test('is remembered no longer than it may be, so that a reset gets through', () => {
    const table = new LeaseTable(10);
    const never = { ...limited, retryAfterMs: Infinity };
    table.refused('k', policy, 3, never, times);
    expect(table.draw('k', of(3), 1_089)).toMatchObject({ decision: { retryAfterMs: Infinity } });
    expect(table.draw('k', of(3), 1_090).kind).toBe('unknown');
  });

  test('ends with a grant', () => {
    const table = new LeaseTable(10);
    table.refused('k', policy, 3, limited, times);
    table.granted('k', granted(1, 1), 110, 120);
    expect(table.draw('k', of(3), 130).kind).toBe('unknown');
  });
});

test('one who does not own a key is left alone for a while', () => {
  const table = new LeaseTable(10);
  table.sentAway('k', 100);
  expect([table.isAway('k', 99), table.isAway('k', 100), table.isAway('other', 0)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('the table is bounded, the oldest go, and what is dropped is gone', () => {
  const table = new LeaseTable(2);
  for (const id of ['a', 'b', 'a', 'c']) table.granted(id, granted(1, 1), 0, 0);
  expect(table.size).toBe(2);
  expect(['a', 'b', 'c'].map((id) => table.draw(id, of(1), 1).kind)).toEqual([
    'drawn',
    'unknown',
    'drawn',
  ]);
  table.drop('a');
  table.clear();
  expect(table.size).toBe(0);
});
