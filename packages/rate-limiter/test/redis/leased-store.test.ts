import type { Clock } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { Decision } from '../../src/decision.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { LeasedStore, type LeasedStoreOptions } from '../../src/redis/leased-store.ts';
import type { Check, RateLimitStore, Verdict } from '../../src/store.ts';

const policy: RatePolicy = {
  kind: 'fixedWindow',
  name: 'api',
  limit: 1_000,
  windowMs: 60_000,
  anchor: 'firstRequest',
};

/** A store with so much for each key, for ever; it notes what it is asked for. */
class Budget implements RateLimitStore {
  readonly asked: number[] = [];
  readonly refunds: string[] = [];
  readonly left = new Map<string, number>();
  readonly total: number;
  blocked = false;
  failure: Error | undefined;
  /** What holds its answers back, while it does. */
  gate: Promise<void> = Promise.resolve();

  constructor(total: number) {
    this.total = total;
  }

  async take(checks: readonly Check[]): Promise<Verdict> {
    this.asked.push(checks.reduce((sum, { cost }) => sum + cost, 0));
    const lefts = checks.map(({ key }) => this.left.get(key) ?? this.total);
    const isAdmitted = !this.blocked && checks.every(({ cost }, index) => cost <= lefts[index]!);
    if (isAdmitted) {
      checks.forEach(({ key, cost }, index) => this.left.set(key, lefts[index]! - cost));
    }
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const decisions = checks.map(({ key, cost }, index): Decision => {
      const remaining = this.left.get(key) ?? this.total;
      const base = { policyName: policy.name, limit: this.total, remaining, resetAfterMs: 5_000 };
      return !this.blocked && cost <= lefts[index]!
        ? { ...base, kind: 'admitted', reason: 'withinLimit' }
        : {
            ...base,
            kind: 'limited',
            reason: this.blocked ? 'blocked' : 'limitReached',
            retryAfterMs: 5_000,
          };
    });
    return isAdmitted ? { decisions, chargeId: 'of the store' } : { decisions };
  }

  async refund(chargeId: string): Promise<void> {
    this.refunds.push(chargeId);
  }

  async block(): Promise<void> {
    this.blocked = true;
  }

  async reset(key: string): Promise<void> {
    this.blocked = false;
    this.left.delete(key);
  }

  async close(): Promise<void> {}
}

class HandClock implements Clock {
  timeMs = 0;
  nowMs(): number {
    return this.timeMs;
  }
  wallTimeMs(): number {
    return this.timeMs;
  }
  setTimer(): never {
    throw new Error('nobody needs a timer');
  }
}

function leased(total = 1_000, options: Partial<LeasedStoreOptions> = {}) {
  const [budget, clock] = [new Budget(total), new HandClock()];
  const store = new LeasedStore({ store: budget, clock, ...options });
  const take = (cost = 1, key = 'a'): Promise<Verdict> => store.take([{ key, policy, cost }]);
  return { budget, clock, store, take };
}

const kindOf = (verdict: Verdict | undefined): string | undefined => verdict?.decisions[0]?.kind;

describe('shares', () => {
  test('grow while they are used up, so that most decisions ask nobody', async () => {
    const { budget, take } = leased(1_000_000_000);
    for (let count = 0; count < 10_000; count += 1) expect(kindOf(await take())).toBe('admitted');
    expect(budget.asked.length).toBeLessThan(200);
    expect(Math.max(...budget.asked)).toBeLessThanOrEqual(100);
  });

  test('hand out no more than the store charged', async () => {
    const { budget, take } = leased(500);
    let admittedCount = 0;
    for (let count = 0; count < 1_000; count += 1) {
      if (kindOf(await take()) === 'admitted') admittedCount += 1;
      expect(admittedCount).toBeLessThanOrEqual(500 - (budget.left.get('a') ?? 500));
    }
    expect(admittedCount).toBe(500);
  });

  test('never hold more than shareMax', async () => {
    const { budget, take } = leased(1_000_000, { shareMax: 10 });
    let usedCount = 0;
    for (let count = 0; count < 1_000; count += 1) {
      await take();
      usedCount += 1;
      const charged = 1_000_000 - (budget.left.get('a') ?? 0);
      expect(charged - usedCount).toBeLessThanOrEqual(10);
    }
  });

  test('never hold more than a tenth of what the policy admits at once', async () => {
    const { budget, store } = leased(1_000_000);
    const small = { ...policy, limit: 50 };
    for (let count = 0; count < 100; count += 1) {
      await store.take([{ key: 'a', policy: small, cost: 1 }]);
    }
    expect(Math.max(...budget.asked)).toBe(5);
  });

  test('lapse: what was not used in time is used no more', async () => {
    const { budget, clock, take } = leased();
    for (let count = 0; count < 4; count += 1) await take();
    const askedCount = budget.asked.length;
    clock.timeMs += 999;
    const held = 1_000 - (budget.left.get('a') ?? 0) - 4;
    expect(held).toBeGreaterThan(0);
    await take();
    expect(budget.asked).toHaveLength(askedCount);
    clock.timeMs += 1_001;
    await take();
    expect(budget.asked).toHaveLength(askedCount + 1);
  });

  test('shrink when they lapse unused, so that a quiet key holds little', async () => {
    const { budget, clock, take } = leased(1_000_000);
    for (let count = 0; count < 500; count += 1) await take();
    for (let count = 0; count < 20; count += 1) {
      clock.timeMs += 10_000;
      await take();
    }
    expect(budget.asked.at(-1)).toBe(1);
  });

  test('a cost that no share may hold goes to the store, and so does a look', async () => {
    const { budget, take } = leased();
    expect((await take(101)).chargeId).toBe('of the store');
    expect((await take(0)).chargeId).toBe('of the store');
    expect(budget.asked).toEqual([101, 0]);
  });

  test('headroom and shadow mode go to the store: a share knows nothing of them', async () => {
    const { store, take } = leased();
    for (let count = 0; count < 20; count += 1) await take();
    const check = { key: 'a', policy, cost: 1 };
    expect((await store.take([{ ...check, headroom: 1 }])).chargeId).toBe('of the store');
    expect((await store.take([{ ...check, mode: 'shadow' }])).chargeId).toBe('of the store');
    expect((await store.take([{ ...check, headroom: 0 }])).chargeId).not.toBe('of the store');
  });
});

describe('callers at once', () => {
  test('share one question, and who would wait in vain asks for itself', async () => {
    const { budget, take } = leased();
    const verdicts = await Promise.all(Array.from({ length: 64 }, () => take()));
    expect(verdicts.every((verdict) => kindOf(verdict) === 'admitted')).toBe(true);
    expect(1_000 - (budget.left.get('a') ?? 0)).toBe(64);
  });

  test('at the end of a limit exactly as many are admitted as there are places', async () => {
    const { budget, take } = leased(10);
    const verdicts = await Promise.all(Array.from({ length: 64 }, () => take()));
    const admitted = verdicts.filter((verdict) => kindOf(verdict) === 'admitted');
    expect(admitted).toHaveLength(10);
    expect(budget.left.get('a')).toBe(0);
  });

  test('one that gives up does not take the question from the others', async () => {
    const { budget, store, take } = leased();
    let open = (): void => {};
    budget.gate = new Promise((resolve) => (open = resolve));
    const controller = new AbortController();
    const check = { key: 'a', policy, cost: 1 };
    const impatient = store.take([check], { signal: controller.signal });
    const patient = take();
    controller.abort();
    await expect(impatient).rejects.toThrow('aborted');
    open();
    expect(kindOf(await patient)).toBe('admitted');
  });

  test('all learn of a failure, and the next one asks again', async () => {
    const { budget, take } = leased();
    budget.failure = new Error('down');
    const results = await Promise.allSettled([take(), take(), take()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    budget.failure = undefined;
    expect(kindOf(await take())).toBe('admitted');
  });
});

describe('refusals', () => {
  test('are believed without asking, and retryAfterMs counts down', async () => {
    const { budget, clock, take } = leased(1);
    await take();
    expect(kindOf(await take())).toBe('limited');
    const askedCount = budget.asked.length;
    clock.timeMs += 400;
    expect((await take()).decisions[0]).toMatchObject({ kind: 'limited', retryAfterMs: 4_600 });
    expect(budget.asked).toHaveLength(askedCount);
  });

  test('are believed for shareForMs at most', async () => {
    const { budget, clock, take } = leased(1);
    await take();
    await take();
    budget.left.set('a', 10);
    clock.timeMs += 999;
    expect(kindOf(await take())).toBe('limited');
    clock.timeMs += 1;
    expect(kindOf(await take())).toBe('admitted');
  });

  test('of a large cost say nothing about a small one', async () => {
    const { take } = leased(50);
    await take(30);
    expect(kindOf(await take(30))).toBe('limited');
    expect(kindOf(await take(20))).toBe('admitted');
  });
});

describe('several checks', () => {
  const both = (costB = 1): readonly Check[] => [
    { key: 'a', policy, cost: 1 },
    { key: 'b', policy, cost: costB },
  ];

  test('are decided from memory once both are held', async () => {
    const { budget, store } = leased(1_000_000);
    for (let count = 0; count < 100; count += 1) {
      expect(kindOf(await store.take(both()))).toBe('admitted');
    }
    expect(budget.asked.length).toBeLessThan(50);
  });

  test('charge none if one of them is limited', async () => {
    const { budget, store, take } = leased(1_000);
    budget.left.set('b', 0);
    const before = await store.take(both());
    expect(before.decisions.map(({ kind }) => kind)).toContain('limited');
    expect(before.chargeId).toBeUndefined();
    for (let count = 0; count < 10; count += 1) await store.take(both());
    // What was taken ahead of `a` is still there.
    const charged = 1_000 - (budget.left.get('a') ?? 1_000);
    for (let count = 0; count < charged; count += 1) await take(1, 'a');
    expect(1_000 - (budget.left.get('a') ?? 1_000)).toBe(charged);
  });
});

describe('a refund', () => {
  test('comes back to this process, once', async () => {
    const { budget, store, take } = leased(1_000);
    for (let count = 0; count < 8; count += 1) await take();
    const { chargeId } = await take();
    const charged = 1_000 - (budget.left.get('a') ?? 0);
    const held = charged - 9;
    await store.refund(chargeId ?? '');
    await store.refund(chargeId ?? '');
    for (let count = 0; count < held + 1; count += 1) {
      expect(kindOf(store.takeHeld([{ key: 'a', policy, cost: 1 }]))).toBe('admitted');
    }
  });

  test('of what the store itself charged goes to the store', async () => {
    const { budget, store, take } = leased();
    await store.refund((await take(101)).chargeId ?? '');
    expect(budget.refunds).toEqual(['of the store']);
  });

  test('ends a refusal that is remembered', async () => {
    const { store, take } = leased(1);
    const { chargeId } = await take();
    expect(kindOf(await take())).toBe('limited');
    await store.refund(chargeId ?? '');
    expect(kindOf(await take())).toBe('admitted');
  });

  test.each(['', 'x', '9.1.1', '1.9.1', '1.1.1x', 'NaN.NaN.NaN', '1.1.1e9'])(
    'of %j does nothing',
    async (text) => {
      const { budget, store, take } = leased();
      const own = (await take()).chargeId ?? '';
      const origin = own.slice(0, own.indexOf(':') + 1);
      const before = budget.left.get('a');
      await store.refund(`${origin}${text}`);
      expect(budget.left.get('a')).toBe(before);
      expect(store.takeHeld([{ key: 'a', policy, cost: 1 }])).toBeUndefined();
    },
  );
});

describe('block and reset', () => {
  test('a blocked key is refused in this process at once', async () => {
    const { store, take } = leased();
    for (let count = 0; count < 10; count += 1) await take();
    await store.block('a', policy, 60_000);
    expect((await take()).decisions[0]).toMatchObject({ kind: 'limited', reason: 'blocked' });
  });

  test('a share that was asked for before the block is not used after it', async () => {
    const { budget, store, take } = leased();
    let open = (): void => {};
    budget.gate = new Promise((resolve) => (open = resolve));
    const early = take();
    await store.block('a', policy, 60_000);
    open();
    expect(kindOf(await early)).toBe('limited');
  });

  test('a key that was reset is admitted in this process at once', async () => {
    const { store, take } = leased(1);
    await take();
    expect(kindOf(await take())).toBe('limited');
    await store.reset('a', policy);
    expect(kindOf(await take())).toBe('admitted');
  });
});

test('bad options and bad checks are refused before anything is asked', async () => {
  const { budget, store } = leased();
  for (const cost of [Number.NaN, -1, 0.5, Infinity, 2 ** 53]) {
    await expect(store.take([{ key: 'a', policy, cost }])).rejects.toThrow(RangeError);
  }
  expect(budget.asked).toEqual([]);
  for (const value of [0, -1, 0.5, Number.NaN, Infinity]) {
    expect(() => new LeasedStore({ store: budget, shareMax: value })).toThrow('shareMax: expected');
    expect(() => new LeasedStore({ store: budget, shareForMs: value })).toThrow('shareForMs:');
    expect(() => new LeasedStore({ store: budget, keyCountMax: value })).toThrow('keyCountMax:');
  }
});

test('the number of keys of which something is held is bounded', async () => {
  const { store, take } = leased(1_000, { keyCountMax: 50 });
  for (let index = 0; index < 500; index += 1) await take(1, `key-${index}`);
  expect(store.keyCount).toBe(50);
});
