import { describe, expect, test } from 'vitest';

import {
  assertPolicy,
  fixedWindow,
  gcra,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
  WINDOW_MS_MAX,
} from '../src/policy.ts';

const good = { limit: 10, windowMs: 1_000 };
const makers = [gcra, tokenBucket, fixedWindow, slidingWindowLog, slidingWindowCounter];

describe('a policy', () => {
  test('is data, frozen, with defaults filled in', () => {
    expect(gcra(good)).toEqual({ kind: 'gcra', name: 'default', ...good, burst: 10 });
    expect(tokenBucket({ ...good, burst: 3 }).burst).toBe(3);
    expect(fixedWindow(good).anchor).toBe('aligned');
    for (const make of makers) expect(Object.isFrozen(make(good))).toBe(true);
  });

  test('survives JSON', () => {
    for (const make of makers) {
      const policy = make(good);
      const read: unknown = JSON.parse(JSON.stringify(policy));
      expect(read).toEqual(policy);
      expect(() => assertPolicy(policy)).not.toThrow();
    }
  });

  test('windows are whole microseconds', () => {
    expect(gcra({ ...good, windowMs: 0.001_4 }).windowMs).toBe(0.001);
    expect(gcra({ ...good, windowMs: WINDOW_MS_MAX }).windowMs).toBe(WINDOW_MS_MAX);
  });

  test('strict leaves limit for burst and rate together', () => {
    expect(gcra({ ...good, strict: true })).toMatchObject({ limit: 5, burst: 5 });
    expect(gcra({ ...good, limit: 3, strict: true })).toMatchObject({ limit: 2, burst: 1 });
    expect(gcra({ ...good, burst: 2, strict: true })).toMatchObject({ limit: 8, burst: 2 });
    expect(() => gcra({ ...good, limit: 1, strict: true })).toThrow(RangeError);
    expect(() => gcra({ ...good, burst: 10, strict: true })).toThrow(RangeError);
  });

  test.each(makers)('%o refuses numbers that are none, and names them', (make) => {
    for (const bad of [0, -1, 0.5, Number.NaN, Infinity, 2 ** 31, 2 ** 53]) {
      expect(() => make({ ...good, limit: bad })).toThrow(/^limit: expected/);
    }
    for (const bad of [0, -1, 0.000_9, Number.NaN, Infinity, WINDOW_MS_MAX + 1, 2 ** 53]) {
      expect(() => make({ ...good, windowMs: bad })).toThrow(/^windowMs: expected/);
    }
    for (const bad of ['', 'x'.repeat(65), 'ü', 'line\nbreak', '\0']) {
      expect(() => make({ ...good, name: bad })).toThrow(/^name: expected/);
    }
    const texts = [{ limit: '10' }, { windowMs: '5' }, { name: 5 }];
    for (const text of texts) {
      expect(() => make(Object.assign({ ...good }, text))).toThrow(TypeError);
    }
  });

  test('refuses bursts, anchors, logs and kinds that are none', () => {
    for (const burst of [0, -1, 0.5, Number.NaN, 2 ** 31]) {
      expect(() => gcra({ ...good, burst })).toThrow(/^burst: expected/);
    }
    expect(() => gcra({ limit: 1, windowMs: WINDOW_MS_MAX, burst: 11 })).toThrow(/^burst:/);
    expect(() => slidingWindowLog({ ...good, limit: 10_001 })).toThrow(/^limit:/);
    const anchor = { ...good };
    Object.assign(anchor, { anchor: 'somewhere' });
    expect(() => fixedWindow(anchor)).toThrow(/^anchor:/);
    expect(() => assertPolicy(Object.assign({ ...gcra(good) }, { kind: 'toString' }))).toThrow(
      /^kind:/,
    );
  });
});
