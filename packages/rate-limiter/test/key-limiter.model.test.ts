/**
 * Goal: a limiter for one key answers as the limiter does with that key, whatever is called between
 * and whatever the clock does. Method: two limiters are asked the same, one of them always by the
 * key and the other now by the key and now through the one that remembers its place; tables are so
 * small that keys come and go all the time.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { KeyLimiter } from '../src/key-limiter.ts';
import { MemoryStore } from '../src/memory-store.ts';
import { RateLimiter } from '../src/rate-limiter.ts';
import { ManualClock } from './support/manual-clock.ts';
import { makers } from './support/policies.ts';

const KEYS = ['a', 'b', 'c', 'd'];

const call = fc.record({
  key: fc.constantFrom(...KEYS),
  stepMs: fc.constantFrom(0, 0, 0, 10, 150, 700, -5, -300, -10_000, 2_000),
  cost: fc.constantFrom(undefined, undefined, 0, 1, 2, 4, 5),
  priority: fc.constantFrom(undefined, undefined, 'low', 'normal', 'critical'),
  isThroughPlace: fc.boolean(),
  action: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('take', 'admit', 'admitAt') },
    {
      weight: 4,
      arbitrary: fc.constantFrom('peek', 'penalize', 'refundable', 'refund', 'reset', 'block'),
    },
    { weight: 2, arbitrary: fc.constantFrom('update', 'dump', 'restore', 'sweep') },
  ),
});

type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

interface Subject {
  readonly store: MemoryStore;
  readonly limiter: RateLimiter;
  readonly places: ReadonlyMap<string, KeyLimiter>;
  lastCharge: string;
  dump: unknown;
}

type MakePolicy = (typeof makers)[number][1];

function subjectOf(make: MakePolicy, mode: 'enforce' | 'shadow', maxKeys: number): Subject {
  const store = new MemoryStore({ maxKeys });
  const reserved = { low: 0.5, normal: 0.2 };
  const clock = new ManualClock();
  const limiter = new RateLimiter({ policy: make(4, 1_000, 5), store, mode, reserved, clock });
  const places = new Map(KEYS.map((key) => [key, limiter.forKey(key)]));
  return { store, limiter, places, lastCharge: '', dump: limiter.dump({ nowMs: 0 }) };
}

/** What `subject` answers, by the key. */
function ask(subject: Subject, one: Call, nowMs: number, make: MakePolicy): unknown {
  const { limiter, store } = subject;
  const { key, action, cost, priority } = one;
  const at = { nowMs };
  const request = {
    ...at,
    ...(cost === undefined ? {} : { cost }),
    ...(priority === undefined ? {} : { priority }),
  };
  switch (action) {
    case 'take':
      return limiter.take(key, request);
    case 'admit':
      return limiter.admit(key, request);
    case 'admitAt':
      return limiter.admit(key, at);
    case 'peek':
      return limiter.peek(key, request);
    case 'penalize':
      return limiter.penalize(key, cost ?? 1, at);
    case 'refundable':
      return limiter.take(key, { ...request, refundable: true });
    case 'refund': {
      limiter.refund(subject.lastCharge, at);
      return;
    }
    case 'reset': {
      limiter.reset(key);
      return;
    }
    case 'block': {
      limiter.block(key, 100 * (cost ?? 1), at);
      return;
    }
    case 'update': {
      limiter.update(make((cost ?? 4) + 1, 900, 6));
      return;
    }
    case 'dump':
      return (subject.dump = limiter.dump(at));
    case 'restore': {
      limiter.restore(subject.dump, at);
      return;
    }
    case 'sweep':
      return store.sweep(3, nowMs);
  }
}

/** The same, through what remembers the place where that has a say. */
function askThroughPlace(subject: Subject, one: Call, nowMs: number, make: MakePolicy): unknown {
  const place = subject.places.get(one.key)!;
  const { action, cost, priority } = one;
  const request = {
    nowMs,
    ...(cost === undefined ? {} : { cost }),
    ...(priority === undefined ? {} : { priority }),
  };
  switch (action) {
    case 'take':
      return place.take(request);
    case 'admit':
      return place.admit(request);
    case 'admitAt':
      return place.admitAt(nowMs);
    case 'peek':
      return place.peek(request);
    case 'penalize':
      return place.penalize(cost ?? 1, { nowMs });
    case 'refundable':
      return place.take({ ...request, refundable: true });
    case 'refund': {
      place.refund(subject.lastCharge, { nowMs });
      return;
    }
    case 'reset': {
      place.reset();
      return;
    }
    case 'block': {
      place.block(100 * (cost ?? 1), { nowMs });
      return;
    }
    default:
      return ask(subject, one, nowMs, make);
  }
}

/** What is said, be it by throwing; and the charge that may be refunded next. */
function answerOf(subject: Subject, answer: () => unknown): unknown {
  try {
    const said = answer();
    if (typeof said === 'object' && said !== null && 'chargeId' in said) {
      subject.lastCharge = String(said.chargeId);
    }
    return said;
  } catch (error) {
    return String(error);
  }
}

const cases = makers.flatMap(([title, make]) =>
  (['enforce', 'shadow'] as const).map((mode) => [title, mode, make] as const),
);

test.each(cases)('a key answers the same by itself as by its name: %s, %s', (_, mode, make) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(call, { maxLength: 80 }),
      (maxKeys, calls) => {
        const plain = subjectOf(make, mode, maxKeys);
        const mixed = subjectOf(make, mode, maxKeys);
        let nowMs = 20_000;
        for (const one of calls) {
          nowMs = Math.max(0, nowMs + one.stepMs);
          const way = one.isThroughPlace ? askThroughPlace : ask;
          const expected = answerOf(plain, () => ask(plain, one, nowMs, make));
          expect(answerOf(mixed, () => way(mixed, one, nowMs, make))).toEqual(expected);
          expect(mixed.limiter.stats).toEqual(plain.limiter.stats);
        }
        expect(mixed.limiter.dump({ nowMs })).toEqual(plain.limiter.dump({ nowMs }));
      },
    ),
    { numRuns: 150 },
  );
});
