import { describe, expect, test } from 'vitest';

import { coarseClock } from '../src/coarse-clock.ts';
import { MemoryStore } from '../src/memory-store.ts';
import { gcra, slidingWindowLog } from '../src/policy.ts';
import { RateLimiter } from '../src/rate-limiter.ts';
import { ManualClock } from './support/manual-clock.ts';

const policy = gcra({ limit: 10, windowMs: 1_000 });
const at = { nowMs: 0 };

describe('a limiter for one key', () => {
  test('counts where the limiter counts', () => {
    const limiter = new RateLimiter({ policy });
    const stock = limiter.forKey('stock-api');
    expect(limiter.stats.keyCount).toBe(0);
    expect(stock.take(at).remaining).toBe(9);
    expect(limiter.take('stock-api', at).remaining).toBe(8);
    expect(stock.admitAt(0)).toBe(true);
    expect(stock.admit({ cost: 5, ...at })).toBe(true);
    expect(limiter.peek('stock-api', at).remaining).toBe(2);
    expect(stock.peek(at)).toEqual(limiter.peek('stock-api', at));
    expect(stock.take({ cost: 2, ...at }).remaining).toBe(0);
    expect(stock.admitAt(0)).toBe(false);
    expect(stock.take(at)).toMatchObject({ kind: 'limited', retryAfterMs: 100 });
    expect(limiter.forKey('stock-api').admitAt(100)).toBe(true);
    expect(limiter.take('other', at).remaining).toBe(9);
  });

  test('asks the clock of the limiter when a call does not say', async () => {
    const clock = new ManualClock();
    const make = () => new RateLimiter({ policy: gcra({ limit: 1, windowMs: 1_000 }), clock });
    const [taken, admitted] = [make().forKey('k'), make().forKey('k')];
    for (let count = 0; count < 3; count += 1) {
      expect(taken.take().kind).toBe('admitted');
      expect(admitted.admit()).toBe(true);
      await clock.advance(400);
      expect(taken.take()).toMatchObject({ retryAfterMs: 600 });
      expect(admitted.admit()).toBe(false);
      await clock.advance(600);
    }
    const coarse = new RateLimiter({ policy, clock: coarseClock() }).forKey('k');
    expect([coarse.admit(), coarse.admit()]).toEqual([true, true]);
  });

  test('in shadow mode says what it would do', () => {
    const one = gcra({ limit: 1, windowMs: 1_000 });
    const stock = new RateLimiter({ policy: one, mode: 'shadow' }).forKey('k');
    expect(stock.take(at).reason).toBe('withinLimit');
    expect(stock.take(at)).toMatchObject({ kind: 'admitted', reason: 'shadow' });
    expect(stock.admit(at)).toBe(true);
    expect(stock.admitAt(0)).toBe(true);
  });

  test('refuses bad input before anything has changed, found or not', () => {
    const limiter = new RateLimiter({ policy });
    expect(() => limiter.forKey('x'.repeat(10_241))).toThrow('key: expected at most 10240');
    // @ts-expect-error What JavaScript may pass.
    expect(() => limiter.forKey(7)).toThrow(TypeError);
    const stock = limiter.forKey('k');
    for (const used of [0, 1]) {
      for (const nowMs of [Number.NaN, -1, Infinity, 2 ** 53]) {
        expect(() => stock.admitAt(nowMs)).toThrow('nowMs: expected 0..');
        expect(() => stock.admit({ nowMs })).toThrow('nowMs: expected 0..');
        expect(() => stock.take({ nowMs })).toThrow('nowMs: expected 0..');
      }
      // @ts-expect-error What JavaScript may pass.
      expect(() => stock.admitAt()).toThrow('nowMs: expected a number, got undefined');
      // @ts-expect-error What JavaScript may pass.
      expect(() => stock.admitAt('5')).toThrow(TypeError);
      for (const cost of [Number.NaN, -1, 0.5, 2 ** 31]) {
        expect(() => stock.admit({ cost, ...at })).toThrow('cost: expected an integer');
        expect(() => stock.take({ cost, ...at })).toThrow('cost: expected an integer');
      }
      // @ts-expect-error What JavaScript may pass.
      expect(() => stock.admit({ priority: 'urgent', ...at })).toThrow('priority: expected');
      expect(limiter.stats.keyCount).toBe(used);
      expect(stock.peek(at).remaining).toBe(10 - used);
      stock.take(at);
    }
  });

  test('takes back and punishes as the limiter does', () => {
    const stock = new RateLimiter({ policy }).forKey('k');
    stock.admitAt(0);
    const taken = stock.take({ cost: 4, refundable: true, ...at });
    const chargeId = taken.kind === 'admitted' ? taken.chargeId : undefined;
    stock.refund(chargeId ?? '', at);
    expect(stock.peek(at).remaining).toBe(9);
    expect(stock.penalize(7, at).remaining).toBe(2);
    expect(stock.take(at).remaining).toBe(1);
  });
});

describe('what it remembers', () => {
  test('is given up with the key: the place of another is never counted in', () => {
    const limiter = new RateLimiter({ policy, memory: { maxKeys: 1 } });
    const stock = limiter.forKey('stock');
    stock.admitAt(0);
    expect(stock.take({ cost: 5, ...at }).remaining).toBe(4);
    // The table has one place, and now it is another's.
    expect(limiter.take('other', at).remaining).toBe(9);
    expect(limiter.stats.evictedCount).toBe(1);
    expect(stock.take(at).remaining).toBe(9);
    expect(limiter.peek('other', at).remaining).toBe(10);
    expect(limiter.stats.evictedCount).toBe(2);
  });

  test('shares a state when no key may go, and finds its own when one has gone', () => {
    const one = gcra({ limit: 1, windowMs: 1_000 });
    const limiter = new RateLimiter({ policy: one, memory: { maxKeys: 1 } });
    limiter.take('limited', at);
    const stock = limiter.forKey('stock');
    expect(stock.admitAt(0)).toBe(true);
    expect(limiter.admit('third', at)).toBe(false);
    expect(limiter.stats.sparedCount).toBe(2);
    limiter.reset('limited');
    expect([stock.admitAt(0), stock.admitAt(0)]).toEqual([true, false]);
    expect(limiter.stats).toMatchObject({ keyCount: 1, sparedCount: 2 });
  });

  test('is forgotten by a reset, a sweep, and who comes when it has rested', () => {
    const store = new MemoryStore();
    const limiter = new RateLimiter({ policy, store });
    const stock = limiter.forKey('stock');
    stock.admitAt(0);
    stock.take({ cost: 9, ...at });
    limiter.reset('stock');
    limiter.take('squatter', { cost: 10, ...at });
    expect(stock.take(at).remaining).toBe(9);
    expect(stock.take({ cost: 9, ...at }).remaining).toBe(0);
    stock.reset();
    expect(stock.admitAt(0)).toBe(true);
    expect(store.sweep(10, 5_000)).toBe(2);
    limiter.take('newcomer', { cost: 10, nowMs: 5_000 });
    expect(stock.take({ nowMs: 5_000 }).remaining).toBe(9);
  });

  test('does not hide a block, whoever sets it', () => {
    const limiter = new RateLimiter({ policy });
    const stock = limiter.forKey('stock');
    expect([stock.admitAt(0), stock.admitAt(0)]).toEqual([true, true]);
    limiter.block('stock', 500, at);
    expect(stock.admitAt(0)).toBe(false);
    expect(stock.admit(at)).toBe(false);
    expect(stock.take(at)).toMatchObject({ reason: 'blocked', retryAfterMs: 500 });
    expect(stock.take({ nowMs: 500 }).kind).toBe('admitted');
    stock.block(500, { nowMs: 500 });
    expect(limiter.take('stock', { nowMs: 500 }).reason).toBe('blocked');
    limiter.block('stock', 0, at);
    expect(stock.admitAt(500)).toBe(true);
  });

  test('counts by another policy from the call after its update on', () => {
    const limiter = new RateLimiter({ policy, reserved: { normal: 0.5 } });
    const stock = limiter.forKey('stock');
    stock.admitAt(0);
    expect(stock.take(at)).toMatchObject({ limit: 10, remaining: 8 });
    limiter.update(gcra({ limit: 20, windowMs: 1_000 }));
    expect(stock.take(at)).toMatchObject({ limit: 20, remaining: 15 });
    let admittedCount = 0;
    while (stock.admitAt(0)) admittedCount += 1;
    expect(admittedCount).toBe(5);
    limiter.update(policy);
    expect(stock.take({ priority: 'critical', ...at }).limit).toBe(10);
  });

  test('is found again after a log has moved to a table with more room', () => {
    const store = new MemoryStore();
    const short = slidingWindowLog({ limit: 3, windowMs: 1_000 });
    const limiter = new RateLimiter({ policy: short, store });
    const stock = limiter.forKey('stock');
    stock.admitAt(0);
    expect(stock.admitAt(0)).toBe(true);
    const long = new RateLimiter({ policy: { ...short, limit: 9 }, store });
    expect(stock.admitAt(0)).toBe(true);
    expect(stock.admitAt(0)).toBe(false);
    expect(long.take('stock', at).remaining).toBe(5);
    limiter.update({ ...short, limit: 40 });
    expect(stock.take(at).remaining).toBe(35);
    expect(long.take('stock', at).remaining).toBe(3);
  });

  test('is replaced by what is restored', () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ policy, clock });
    const stock = limiter.forKey('stock');
    stock.admitAt(0);
    stock.take({ cost: 6, ...at });
    const dump = limiter.dump(at);
    stock.take({ cost: 3, ...at });
    limiter.restore(dump, at);
    expect(stock.take(at).remaining).toBe(2);
    const next = new RateLimiter({ policy, clock });
    const there = next.forKey('stock');
    next.restore(dump, at);
    expect(there.take(at).remaining).toBe(2);
  });
});
