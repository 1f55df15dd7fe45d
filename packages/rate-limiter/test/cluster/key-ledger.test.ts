import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { KeyLedger } from '../../src/cluster/key-ledger.ts';
import { fixedWindow, gcra, slidingWindowLog } from '../../src/policy.ts';

const policy = gcra({ name: 'p', limit: 10, windowMs: 1_000 });
const limits = { keysMax: 100, stateBytesMax: 1_000_000 };

function check(key: string, cost: number, headroom = 0) {
  return { key, policy, cost, headroom };
}

describe('a ledger', () => {
  test('charges what it admits, and nothing that it does not', () => {
    const ledger = new KeyLedger(limits);
    expect(ledger.take(check('a', 7), 0)).toMatchObject({ kind: 'admitted', remaining: 3 });
    expect(ledger.take(check('a', 4), 0)).toEqual({
      kind: 'limited',
      reason: 'limitReached',
      policyName: 'p',
      limit: 10,
      remaining: 3,
      resetAfterMs: 700,
      retryAfterMs: 100,
    });
    expect(ledger.take(check('a', 4), 99.999).kind).toBe('limited');
    expect(ledger.take(check('a', 4), 100)).toMatchObject({ kind: 'admitted', remaining: 0 });
  });

  test('says never of what is never admitted, and looks for a cost of nothing', () => {
    const ledger = new KeyLedger(limits);
    const never = { kind: 'limited', reason: 'costAboveLimit', retryAfterMs: Infinity };
    expect(ledger.take(check('a', 11), 0)).toMatchObject(never);
    expect(ledger.take(check('a', 5, 6), 0)).toMatchObject(never);
    ledger.take(check('a', 10), 0);
    expect(ledger.take(check('a', 0), 0)).toMatchObject({ kind: 'admitted', remaining: 0 });
  });

  test('leaves headroom behind a request', () => {
    const ledger = new KeyLedger(limits);
    expect(ledger.take(check('a', 5, 5), 0)).toMatchObject({ kind: 'admitted', remaining: 5 });
    expect(ledger.take(check('a', 1, 5), 0)).toMatchObject({ kind: 'limited', remaining: 5 });
    expect(ledger.take(check('a', 0, 6), 0).kind).toBe('limited');
  });

  test('blocks a key whatever it has left, ends that, and forgets', () => {
    const ledger = new KeyLedger(limits);
    ledger.block('a', policy, 500, 0);
    const blocked = { kind: 'limited', reason: 'blocked', remaining: 0, retryAfterMs: 400 };
    expect(ledger.take(check('a', 1), 100)).toMatchObject(blocked);
    expect(ledger.take(check('a', 0), 100)).toMatchObject(blocked);
    expect(ledger.take(check('b', 1), 100).kind).toBe('admitted');
    ledger.block('a', policy, 0, 100);
    expect(ledger.take(check('a', 10), 100).kind).toBe('admitted');
    ledger.block('a', policy, 500, 100);
    ledger.reset('a', policy, 100);
    expect(ledger.take(check('a', 10), 100).kind).toBe('admitted');
  });

  test('gives back what time has not', () => {
    const ledger = new KeyLedger(limits);
    ledger.take(check('a', 10), 0);
    const charge = { key: 'a', policy, cost: 4, chargedAtMs: 0 };
    ledger.giveBack(charge, 100);
    // One of the four was regained in the meantime, and is not given back again.
    expect(ledger.take(check('a', 0), 100)).toMatchObject({ remaining: 4 });
    ledger.giveBack({ ...charge, key: 'unknown' }, 100);
    expect(ledger.knows('unknown', policy, 0)).toBe(false);
    expect([ledger.knows('a', policy, 100), ledger.knows('a', policy, 101)]).toEqual([true, false]);
  });

  test('counts policies of one name and another kind apart, and bears any key', () => {
    const ledger = new KeyLedger(limits);
    const window = fixedWindow({ name: 'p', limit: 10, windowMs: 1_000 });
    ledger.take(check('__proto__', 10), 0);
    expect(ledger.take({ key: '__proto__', policy: window, cost: 10 }, 0).kind).toBe('admitted');
    for (const key of ['constructor', 'toString', '', '\ud800', 'a\nb']) {
      expect(ledger.take(check(key, 10), 0).kind).toBe('admitted');
    }
  });

  test('goes on with what was counted when a limit is raised, or lowered', () => {
    const ledger = new KeyLedger(limits);
    const log = (limit: number) => slidingWindowLog({ name: 'log', limit, windowMs: 1_000 });
    ledger.take({ key: 'a', policy: log(5), cost: 5 }, 0);
    const raised = ledger.take({ key: 'a', policy: log(8), cost: 0 }, 0);
    expect(raised).toMatchObject({ remaining: 3 });
    expect(ledger.take({ key: 'a', policy: log(4), cost: 0 }, 0)).toMatchObject({ remaining: 0 });
  });
});

describe('memory', () => {
  test('forgets keys that have rested, a few with each decision', () => {
    const ledger = new KeyLedger(limits);
    for (let index = 0; index < 90; index += 1) ledger.take(check(`old ${index}`, 1), 0);
    for (let index = 0; index < 90; index += 1) ledger.take(check('new', 0), 200);
    expect(ledger.size).toBe(1);
  });

  test('never exceeds its bounds, and never forgets who is limited for a newcomer', () => {
    const keys = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 500, maxLength: 3_000 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 10 }), (each, cost) => {
        const ledger = new KeyLedger({ keysMax: 50, stateBytesMax: 1_024 });
        ledger.take(check('attacker', 10), 0);
        for (const index of each) ledger.take(check(`flood ${index}`, cost), 0);
        expect(ledger.size).toBeLessThanOrEqual(50);
        expect(ledger.take(check('attacker', 1), 0).kind).toBe('limited');
      }),
      { numRuns: 20 },
    );
  });

  test('refuses a newcomer where all are used up, and says when to come again', () => {
    const ledger = new KeyLedger({ keysMax: 2, stateBytesMax: 1_024 });
    ledger.take(check('a', 10), 0);
    ledger.take(check('b', 10), 0);
    const refused = ledger.take(check('c', 1), 500);
    expect(refused.kind).toBe('admitted');
    ledger.take(check('a', 10), 500);
    const full = new KeyLedger({ keysMax: 1, stateBytesMax: 1_024 });
    full.take(check('a', 10), 0);
    const decision = full.take(check('b', 1), 0);
    expect(decision).toMatchObject({ kind: 'limited', retryAfterMs: 1_000 });
    expect(full.take(check('b', 1), 1_000).kind).toBe('admitted');
  });

  test('bounds the bytes of large states, not only their number', () => {
    const ledger = new KeyLedger({ keysMax: 1_000, stateBytesMax: 100_000 });
    const log = slidingWindowLog({ limit: 1_000, windowMs: 1_000 });
    for (let index = 0; index < 100; index += 1) {
      ledger.take({ key: `k${index}`, policy: log, cost: 1 }, 0);
    }
    expect(ledger.size).toBeLessThanOrEqual(6);
  });
});
