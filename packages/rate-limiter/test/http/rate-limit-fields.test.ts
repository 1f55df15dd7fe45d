import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { Decision } from '../../src/decision.ts';
import {
  decisionMember,
  type FieldOptions,
  legacyFields,
  policyMember,
  quotedText,
  rateLimitFields,
  retryAfterField,
} from '../../src/http/rate-limit-fields.ts';
import type { RatePolicy } from '../../src/policy.ts';

const plain: FieldOptions = { spreadSeconds: 0 };

function window(name: string, limit: number, windowMs: number): RatePolicy {
  return { kind: 'fixedWindow', name, limit, windowMs, anchor: 'aligned' };
}

function admitted(policyName: string, remaining: number, resetAfterMs = 30_000): Decision {
  const reason = 'withinLimit' as const;
  return { kind: 'admitted', reason, policyName, limit: 100, remaining, resetAfterMs };
}

function limited(policyName: string, retryAfterMs: number): Decision {
  const state = { policyName, limit: 100, remaining: 0, resetAfterMs: 60_000 };
  return { kind: 'limited', reason: 'limitReached', ...state, retryAfterMs };
}

describe('RateLimit-Policy', () => {
  test.each([
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [60_000, 60],
    [0.001, 1],
    [400 * 86_400_000, 34_560_000],
  ])('a window of %d ms counts %i s', (windowMs, seconds) => {
    expect(policyMember(window('p', 7, windowMs))).toBe(`"p";q=7;w=${seconds}`);
  });

  test('names the unit, if it is not requests', () => {
    const policy = window('p', 7, 1_000);
    expect(policyMember(policy, 'content-bytes')).toBe('"p";q=7;qu="content-bytes";w=1');
  });
});

describe('RateLimit', () => {
  const bucket: RatePolicy = { kind: 'gcra', name: 'p', limit: 10, windowMs: 100_000, burst: 10 };

  test('a bucket tells when it gains something, not when it is full', () => {
    expect(decisionMember(admitted('p', 0, 90_000), bucket, 0)).toBe('"p";r=0;t=10');
    expect(decisionMember(admitted('p', 9, 4_000.5), bucket, 0)).toBe('"p";r=9;t=5');
  });

  test('a window tells when it ends', () => {
    const policy = window('p', 10, 60_000);
    expect(decisionMember(admitted('p', 3, 30_001), policy, 0)).toBe('"p";r=3;t=31');
  });

  test('what is full tells no time, and what never admits neither', () => {
    expect(decisionMember(admitted('p', 100, 0), bucket, 0)).toBe('"p";r=100');
    expect(decisionMember(limited('p', Infinity), bucket, 5)).toBe('"p";r=0');
  });

  test('never falls below nothing, nor names a part', () => {
    expect(decisionMember(admitted('p', -3), undefined, 0)).toBe('"p";r=0;t=30');
    expect(decisionMember(admitted('p', 2.9), undefined, 0)).toBe('"p";r=2;t=30');
  });
});

describe('the list', () => {
  const policies = [window('second', 5, 1_000), window('day', 1_000, 86_400_000)];

  test('holds every policy in one field, and what is left of each in another', () => {
    const decisions = [admitted('second', 4, 400), admitted('day', 900, 3_600_000)];
    expect(rateLimitFields(policies, decisions, plain)).toEqual([
      {
        name: 'RateLimit-Policy',
        value: '"second";q=5;w=1, "day";q=1000;w=86400',
        mode: 'append',
      },
      { name: 'RateLimit', value: '"second";r=4;t=1, "day";r=900;t=3600', mode: 'append' },
    ]);
  });

  test('tells nothing of what nobody could say, or only watches', () => {
    const state = { policyName: 'second', limit: 5, remaining: 0, resetAfterMs: 1_000 };
    const decisions: readonly Decision[] = [
      { kind: 'admitted', reason: 'storeFailed', ...state },
      { kind: 'admitted', reason: 'shadow', ...state },
      { kind: 'limited', reason: 'storeFailed', ...state, retryAfterMs: 1_000 },
    ];
    const names = rateLimitFields(policies, decisions, plain).map(({ name }) => name);
    expect(names).toEqual(['RateLimit-Policy']);
    expect(legacyFields(decisions, plain)).toEqual([]);
    expect(rateLimitFields([], [], plain)).toEqual([]);
  });
});

describe('Retry-After', () => {
  const valueOf = (decisions: readonly Decision[], spreadSeconds = 0): string | undefined =>
    retryAfterField(decisions, spreadSeconds)[0]?.value;

  test('is when all that refused would admit, rounded up', () => {
    expect(valueOf([limited('a', 0.1)])).toBe('1');
    expect(valueOf([limited('a', 1_000)])).toBe('1');
    expect(valueOf([limited('a', 1_000.001)])).toBe('2');
    expect(valueOf([limited('a', 9_000), admitted('b', 0, 60_000), limited('c', 2_000)])).toBe('9');
  });

  test('is left out where waiting does not help', () => {
    expect(valueOf([limited('a', 5_000), limited('b', Infinity)])).toBeUndefined();
    expect(valueOf([admitted('a', 1)])).toBeUndefined();
    expect(valueOf([])).toBeUndefined();
  });

  test('never falls before t, and never before the time to wait', () => {
    const waitsMs = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(waitsMs, { minLength: 1 }), fc.nat(3_600), (each, spreadSeconds) => {
        const decisions = each.map((waitMs, place) => limited(`p${place}`, waitMs));
        const retryAfter = Number(valueOf(decisions, spreadSeconds));
        for (const decision of decisions) {
          const member = decisionMember(decision, undefined, spreadSeconds);
          expect(retryAfter).toBeGreaterThanOrEqual(Number(/;t=(\d+)$/.exec(member)?.[1]));
        }
        expect(retryAfter * 1_000).toBeGreaterThanOrEqual(Math.max(...each));
      }),
    );
  });
});

describe('X-RateLimit', () => {
  const valuesOf = (decisions: readonly Decision[], options: FieldOptions): readonly string[] =>
    legacyFields(decisions, options).map(({ name, value }) => `${name}: ${value}`);

  test('tells of the limit that binds most, in seconds from now', () => {
    const decisions = [limited('a', 2_000), limited('b', 9_000), admitted('c', 0)];
    expect(valuesOf(decisions, plain)).toEqual([
      'X-RateLimit-Limit: 100',
      'X-RateLimit-Remaining: 0',
      'X-RateLimit-Reset: 60',
    ]);
    const least = valuesOf([admitted('a', 50), admitted('b', 7), admitted('c', 9)], plain);
    expect(least[1]).toBe('X-RateLimit-Remaining: 7');
  });

  test('or in seconds since 1970', () => {
    const options = { ...plain, wallTimeMs: 1_700_000_000_500 };
    expect(valuesOf([limited('a', 1)], options)[2]).toBe('X-RateLimit-Reset: 1700000061');
  });
});

describe('quotedText', () => {
  test('escapes what would end a string', () => {
    expect(quotedText('name', String.raw`a"b\c`)).toBe(String.raw`"a\"b\\c"`);
  });

  test.each(['a\nb', 'a\r\nSet-Cookie: x', 'ü', '\u0000', '\u007f', '\ud800'])(
    'refuses %j',
    (text) => {
      expect(() => quotedText('policy.name', text)).toThrow(
        'policy.name: expected printable ASCII',
      );
    },
  );
});
