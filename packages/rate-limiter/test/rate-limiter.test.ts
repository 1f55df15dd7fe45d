import { seededRandom } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { MemoryStore } from '../src/memory-store.ts';
import { gcra } from '../src/policy.ts';
import { RateLimiter } from '../src/rate-limiter.ts';
import { ManualClock } from './support/manual-clock.ts';

const policy = gcra({ limit: 10, windowMs: 1_000 });
const at = { nowMs: 0 };

describe('a limiter', () => {
  test('asks its clock when a call does not say', async () => {
    const clock = new ManualClock();
    const limiter = new RateLimiter({ policy: gcra({ limit: 1, windowMs: 1_000 }), clock });
    expect(limiter.take('k').kind).toBe('admitted');
    expect(limiter.admit('other')).toBe(true);
    await clock.advance(400);
    expect(limiter.take('k')).toMatchObject({ kind: 'limited', retryAfterMs: 600 });
    expect(limiter.admit('other')).toBe(false);
  });

  test('peek says what take would, and takes nothing', () => {
    const limiter = new RateLimiter({ policy });
    for (let count = 0; count < 3; count += 1) {
      expect(limiter.peek('k', { cost: 10, ...at })).toMatchObject({
        kind: 'admitted',
        remaining: 10,
      });
    }
    expect(limiter.peek('k', { cost: 11, ...at })).toMatchObject({ reason: 'costAboveLimit' });
    expect(limiter.stats.keyCount).toBe(0);
    limiter.take('k', { cost: 9, ...at });
    expect(limiter.peek('k', { cost: 2, ...at })).toMatchObject({ retryAfterMs: 100 });
  });

  test.each(['enforce', 'shadow'] as const)(
    'admit answers and charges as take does, whatever is asked: %s',
    (mode) => {
      const random = seededRandom('admit');
      const make = () => new RateLimiter({ policy, mode, reserved: { low: 0.5, normal: 0.1 } });
      const [short, long] = [make(), make()];
      let nowMs = 10_000;
      for (let step = 0; step < 2_000; step += 1) {
        nowMs = Math.max(0, nowMs + random.int(400) - 100);
        const key = `client ${random.int(3)}`;
        if (random.int(50) === 0) for (const one of [short, long]) one.block(key, 300, { nowMs });
        const priority = (['low', 'normal', 'critical', undefined] as const)[random.int(4)];
        const cost = [undefined, 0, 1, 2, 10, 11][random.int(6)];
        const request = {
          nowMs,
          ...(cost === undefined ? {} : { cost }),
          ...(priority === undefined ? {} : { priority }),
        };
        const isAdmitted = long.take(key, request).kind === 'admitted';
        expect(short.admit(key, request)).toBe(isAdmitted);
        expect(short.peek(key, request)).toEqual(long.peek(key, request));
      }
      expect(short.stats).toEqual(long.stats);
    },
  );

  test('leaves headroom for what is more important', () => {
    const limiter = new RateLimiter({ policy, reserved: { low: 0.5, normal: 0.1 } });
    const admitted = (priority: 'low' | 'normal' | 'critical') => {
      let count = 0;
      while (limiter.take('k', { priority, ...at }).kind === 'admitted') count += 1;
      return count;
    };
    expect(admitted('low')).toBe(5);
    expect(admitted('normal')).toBe(4);
    expect(admitted('critical')).toBe(1);
    expect(limiter.take('k', at).kind).toBe('limited');
  });

  test('in shadow mode it says what it would do', () => {
    const limiter = new RateLimiter({
      policy: gcra({ limit: 1, windowMs: 1_000 }),
      mode: 'shadow',
    });
    expect(limiter.take('k', at).reason).toBe('withinLimit');
    expect(limiter.take('k', at)).toMatchObject({ kind: 'admitted', reason: 'shadow' });
    expect(limiter.peek('k', at)).toMatchObject({ kind: 'admitted', reason: 'shadow' });
    const store = new MemoryStore();
    const both = new RateLimiter({ policy, mode: 'shadow', store });
    both.take('k', { cost: 10, refundable: true, ...at });
    const over = both.take('k', { cost: 10, refundable: true, ...at });
    expect(over).toMatchObject({ reason: 'shadow' });
    expect(over).not.toHaveProperty('chargeId');
  });

  test('penalties take what is left at most, and need no admission', () => {
    const limiter = new RateLimiter({ policy });
    expect(limiter.penalize('k', 4, at)).toMatchObject({ remaining: 6 });
    expect(limiter.penalize('k', 100, at)).toMatchObject({ remaining: 0, resetAfterMs: 1_000 });
    expect(limiter.penalize('k', 100, at)).toMatchObject({ resetAfterMs: 1_000 });
    expect(limiter.take('k', at)).toMatchObject({ retryAfterMs: 100 });
  });

  test('a block holds whatever is left, and its wait suffices', () => {
    const limiter = new RateLimiter({ policy });
    limiter.take('k', { cost: 10, ...at });
    limiter.block('k', 50, at);
    expect(limiter.take('k', at)).toMatchObject({ reason: 'blocked', retryAfterMs: 100 });
    limiter.block('k', 500, at);
    expect(limiter.peek('k', at)).toMatchObject({ reason: 'blocked', retryAfterMs: 500 });
    expect(limiter.take('k', { nowMs: 500 }).kind).toBe('admitted');
  });

  test('reset begins anew', () => {
    const limiter = new RateLimiter({ policy });
    limiter.take('k', { cost: 10, ...at });
    limiter.block('k', 500, at);
    limiter.reset('k');
    limiter.reset('never there');
    expect(limiter.take('k', at)).toMatchObject({ kind: 'admitted', remaining: 9 });
  });

  test('limiters of one store and one policy name count together', () => {
    const store = new MemoryStore();
    const left = new RateLimiter({ policy, store });
    const right = new RateLimiter({ policy: gcra({ limit: 10, windowMs: 1_000 }), store });
    left.take('k', { cost: 6, ...at });
    expect(right.take('k', at).remaining).toBe(3);
  });

  test('a policy that is changed by its owner does not change the limiter', () => {
    const own = { ...policy };
    const limiter = new RateLimiter({ policy: own });
    own.limit = 1;
    expect(limiter.policy.limit).toBe(10);
  });

  test('bad options throw', () => {
    const store = new MemoryStore();
    expect(() => new RateLimiter({ policy, store, memory: {} })).toThrow(RangeError);
    for (const low of [-0.1, 1.1, Number.NaN]) {
      expect(() => new RateLimiter({ policy, reserved: { low } })).toThrow(RangeError);
    }
    const options = { policy };
    Object.assign(options, { mode: 'watch' });
    expect(() => new RateLimiter(options)).toThrow(RangeError);
    const limiter = new RateLimiter({ policy });
    const request = { nowMs: 0 };
    Object.assign(request, { priority: 'constructor' });
    expect(() => limiter.take('k', request)).toThrow(RangeError);
    expect(() => limiter.admit('k', request)).toThrow(RangeError);
    for (const durationMs of [-1, Number.NaN, Infinity]) {
      expect(() => limiter.block('k', durationMs, at)).toThrow(RangeError);
    }
    expect(() => limiter.take('x'.repeat(10_241), at)).toThrow(RangeError);
    expect(() => limiter.admit('x'.repeat(10_241), at)).toThrow(RangeError);
    expect(limiter.stats.keyCount).toBe(0);
  });
});
