import { describe, expect, test } from 'vitest';

import { createMemoryRateLimitStore } from '../src/local-store.ts';
import { gcra } from '../src/policy.ts';
import { SharedRateLimiter, type SharedRateLimiterOptions } from '../src/shared-rate-limiter.ts';
import type { Check, RateLimitStore, StoreCallOptions, Verdict } from '../src/store.ts';
import { ManualClock, settle } from './support/manual-clock.ts';

const policy = gcra({ name: 'p', limit: 8, windowMs: 1_000 });
const check: Check = { key: 'k', policy, cost: 1 };

/** A store that does what a test says. */
class ScriptedStore implements RateLimitStore {
  readonly signals: AbortSignal[] = [];
  answer: () => Promise<Verdict>;
  closedCount = 0;

  constructor(answer: () => Promise<Verdict>) {
    this.answer = answer;
  }

  take(_checks: readonly Check[], { signal }: StoreCallOptions = {}): Promise<Verdict> {
    if (signal !== undefined) this.signals.push(signal);
    return this.answer();
  }

  refund(): Promise<void> {
    return this.answer().then(() => undefined);
  }

  block(): Promise<void> {
    return Promise.resolve();
  }

  reset(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closedCount += 1;
    return Promise.resolve();
  }
}

const down = (): Promise<Verdict> => Promise.reject(new Error('connection refused'));
const hangs = (): Promise<Verdict> => new Promise(() => undefined);

function limiterOver(
  answer: () => Promise<Verdict>,
  options: Partial<SharedRateLimiterOptions> = {},
) {
  const store = new ScriptedStore(answer);
  const clock = new ManualClock();
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const limiter = new SharedRateLimiter({ store, clock, onError, ...options });
  return { store, clock, errors, limiter };
}

describe('a store that answers', () => {
  test('decides, and holds no timer afterwards', async () => {
    const clock = new ManualClock();
    const store = createMemoryRateLimitStore(clock);
    const limiter = new SharedRateLimiter({ store, clock });
    for (let left = 7; left >= 0; left -= 1) {
      expect(await limiter.take(check)).toMatchObject({ kind: 'admitted', remaining: left });
    }
    expect(await limiter.take(check)).toMatchObject({ kind: 'limited', retryAfterMs: 125 });
    expect(clock.timerCount).toBe(0);
  });

  test('gives back what was charged', async () => {
    const clock = new ManualClock();
    const limiter = new SharedRateLimiter({ store: createMemoryRateLimitStore(clock), clock });
    const { chargeId = '' } = await limiter.takeAll([{ ...check, cost: 8 }]);
    await limiter.refund(chargeId);
    await limiter.refund(chargeId);
    expect((await limiter.take({ ...check, cost: 8 })).kind).toBe('admitted');
  });
});

describe('a store that fails', () => {
  test.each([
    ['rejects', down],
    [
      'throws',
      () => {
        throw new Error('not connected');
      },
    ],
  ])('%s: is open, closed or local as it was told', async (_title, answer) => {
    const open = limiterOver(answer);
    const admitted = await open.limiter.take(check);
    expect(admitted).toMatchObject({ kind: 'admitted', reason: 'storeFailed', policyName: 'p' });
    expect(open.errors).toHaveLength(1);

    const closed = limiterOver(answer, { onStoreFailure: 'closed' });
    const limited = await closed.limiter.take(check);
    expect(limited).toMatchObject({ kind: 'limited', reason: 'storeFailed', retryAfterMs: 1_000 });
    const shadow = await closed.limiter.take({ ...check, mode: 'shadow' });
    expect(shadow.kind).toBe('admitted');

    const local = limiterOver(answer, { onStoreFailure: 'local', localShare: 0.25 });
    const kinds: string[] = [];
    for (let count = 0; count < 3; count += 1) kinds.push((await local.limiter.take(check)).kind);
    expect(kinds).toEqual(['admitted', 'admitted', 'limited']);
    expect(await local.limiter.take(check)).toMatchObject({ reason: 'localShare' });
  });

  test('four processes with their shares admit the limit, not four times as much', async () => {
    const processes = [0.25, 0.25, 0.25, 0.25].map((localShare) =>
      limiterOver(down, { onStoreFailure: 'local', localShare }),
    );
    let admittedCount = 0;
    for (let count = 0; count < 50; count += 1) {
      for (const { limiter } of processes) {
        if ((await limiter.take(check)).kind === 'admitted') admittedCount += 1;
      }
    }
    expect(admittedCount).toBe(8);
  });

  test('a local share of less than one is one in a longer window', async () => {
    const small = gcra({ name: 's', limit: 1, windowMs: 1_000 });
    const local = limiterOver(down, { onStoreFailure: 'local', localShare: 0.25 });
    const one = { key: 'k', policy: small, cost: 1 };
    expect((await local.limiter.take(one)).kind).toBe('admitted');
    expect(await local.limiter.take(one)).toMatchObject({ kind: 'limited', retryAfterMs: 4_000 });
  });

  test('what is above the local share waits, what never fits is told so', async () => {
    const local = limiterOver(down, { onStoreFailure: 'local', localShare: 0.25 });
    const large = await local.limiter.take({ ...check, cost: 5 });
    expect(large).toMatchObject({ kind: 'limited', reason: 'localShare', retryAfterMs: 1_000 });
    const never = await local.limiter.take({ ...check, cost: 9 });
    expect(never).toMatchObject({ reason: 'costAboveLimit', retryAfterMs: Infinity });
  });

  test('a charge of the local share is refunded there', async () => {
    const local = limiterOver(down, { onStoreFailure: 'local', localShare: 0.5 });
    const { chargeId = '' } = await local.limiter.takeAll([{ ...check, cost: 4 }]);
    expect((await local.limiter.take(check)).kind).toBe('limited');
    await local.limiter.refund(chargeId);
    expect((await local.limiter.take({ ...check, cost: 4 })).kind).toBe('admitted');
  });

  test('a listener that throws harms nobody', async () => {
    const { limiter } = limiterOver(down, {
      onError: () => {
        throw new Error('listener');
      },
    });
    expect((await limiter.take(check)).kind).toBe('admitted');
  });
});

describe('a store that hangs', () => {
  test('is down after the deadline; what comes late is dropped', async () => {
    const late: ((error: Error) => void)[] = [];
    const { store, clock, errors, limiter } = limiterOver(
      () => new Promise((_resolve, reject) => late.push(reject)),
      { deadlineMs: 50 },
    );
    const deciding = Promise.all([limiter.take(check), limiter.take(check)]);
    await settle();
    expect(clock.timerCount).toBe(1);
    await clock.advance(50);
    for (const decision of await deciding) expect(decision.reason).toBe('storeFailed');
    expect(errors).toMatchObject([
      { code: 'RATE_LIMIT_STORE_LATE' },
      { code: 'RATE_LIMIT_STORE_LATE' },
    ]);
    expect(store.signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    for (const reject of late) reject(new Error('late'));
    await settle();
    expect(clock.timerCount).toBe(0);
  });

  test('later calls have their own deadlines', async () => {
    const { clock, limiter } = limiterOver(hangs, { deadlineMs: 50 });
    const ended: string[] = [];
    void limiter.take(check).then(() => ended.push('first'));
    await clock.advance(30);
    void limiter.take(check).then(() => ended.push('second'));
    await clock.advance(20);
    await settle();
    expect(ended).toEqual(['first']);
    await clock.advance(29);
    expect(ended).toEqual(['first']);
    await clock.advance(1);
    await settle();
    expect(ended).toEqual(['first', 'second']);
  });

  test('a caller that gives up rejects with its reason', async () => {
    const { store, clock, errors, limiter } = limiterOver(hangs);
    const controller = new AbortController();
    const taking = limiter.take(check, { signal: controller.signal });
    await settle();
    controller.abort('no Error at all');
    await expect(taking).rejects.toBe('no Error at all');
    await expect(limiter.take(check, { signal: controller.signal })).rejects.toBe(
      'no Error at all',
    );
    expect(store.signals[0]?.aborted).toBe(true);
    expect([errors.length, clock.timerCount]).toEqual([0, 0]);
  });
});

describe('a guard', () => {
  test('keeps a store from being asked, and is told how each call ended', async () => {
    const outcomes: string[] = [];
    let isOpen = false;
    const guard = {
      tryAcquire: () => (isOpen ? undefined : { settle: (how: string) => outcomes.push(how) }),
    };
    let askedCount = 0;
    const { store, limiter } = limiterOver(
      () => {
        askedCount += 1;
        return down();
      },
      { guard },
    );
    await limiter.take(check);
    isOpen = true;
    expect((await limiter.take(check)).reason).toBe('storeFailed');
    isOpen = false;
    store.answer = () => Promise.resolve({ decisions: [] });
    await limiter.refund('x');
    expect([askedCount, outcomes]).toEqual([1, ['failure', 'success']]);
  });
});

describe('misuse', () => {
  test('bad checks reject, and the store is not asked', async () => {
    const { store, errors, limiter } = limiterOver(down);
    await expect(limiter.take({ ...check, cost: -1 })).rejects.toThrow(RangeError);
    await expect(limiter.takeAll([])).rejects.toThrow(RangeError);
    expect([store.signals.length, errors.length]).toEqual([0, 0]);
  });

  test('bad options throw', () => {
    const store = new ScriptedStore(down);
    for (const deadlineMs of [0, -1, Number.NaN, Infinity]) {
      expect(() => new SharedRateLimiter({ store, deadlineMs })).toThrow(RangeError);
    }
    expect(() => new SharedRateLimiter({ store, onStoreFailure: 'local' })).toThrow(RangeError);
    for (const localShare of [0, -1, 1.5, Number.NaN]) {
      const options = { store, onStoreFailure: 'local', localShare } as const;
      expect(() => new SharedRateLimiter(options)).toThrow(RangeError);
    }
  });

  test('nothing works after close, which closes the store', async () => {
    const { store, limiter } = limiterOver(down);
    await limiter.close();
    const closed = { code: 'RATE_LIMITER_CLOSED' };
    await expect(limiter.take(check)).rejects.toMatchObject(closed);
    await expect(limiter.refund('x')).rejects.toMatchObject(closed);
    await expect(limiter.block('k', policy, 1)).rejects.toMatchObject(closed);
    await expect(limiter.reset('k', policy)).rejects.toMatchObject(closed);
    expect(store.closedCount).toBe(1);
  });
});
