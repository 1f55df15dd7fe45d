import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  fixedWindow,
  gcra,
  type RatePolicy,
  slidingWindowCounter,
  slidingWindowLog,
  tokenBucket,
} from '../../src/policy.ts';
import {
  type ChargedLimit,
  chargeIdOf,
  describeLimit,
  describePolicy,
  readChargeId,
} from '../../src/redis/charge-id.ts';

const base = { limit: 5, windowMs: 333.333 };
const policies: readonly RatePolicy[] = [
  gcra({ ...base, name: '"],[' }),
  gcra({ ...base, burst: 11 }),
  tokenBucket({ ...base, burst: 11 }),
  fixedWindow(base),
  fixedWindow({ ...base, anchor: 'firstRequest' }),
  slidingWindowLog(base),
  slidingWindowCounter(base),
];

const limit: fc.Arbitrary<ChargedLimit> = fc.record({
  key: fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\ud800', ']', ',') }),
  policy: fc.constantFrom(...policies),
  cost: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  chargedAtUs: fc.integer({ min: 0, max: 2 ** 52 }),
});

const idOf = (nonce: string, limits: readonly ChargedLimit[]): string =>
  chargeIdOf(nonce, limits.map((one) => describeLimit(one, describePolicy(one.policy))).join(','));

test('a name tells what was charged', () => {
  fc.assert(
    fc.property(fc.array(limit, { minLength: 1, maxLength: 16 }), (limits) => {
      expect(readChargeId(idOf('a-b-1', limits))).toEqual({ nonce: 'a-b-1', limits });
    }),
  );
});

const good = idOf('a-b-1', [{ key: 'k', policy: policies[1]!, cost: 2, chargedAtUs: 7 }]);

test.each([
  '',
  'redis1:',
  'redis1:null',
  'redis1:[]',
  'redis1:["n"]',
  'redis1:["n",null]',
  `${good}x`,
  good.slice(1),
  good.slice(0, -1),
  good.replace('a-b-1', 'a b'),
  good.replace('a-b-1', 'x'.repeat(41)),
  good.replace(',2,7]', ',0,7]'),
  good.replace(',2,7]', ',-2,7]'),
  good.replace(',2,7]', ',0.5,7]'),
  good.replace(',2,7]', ',"2",7]'),
  good.replace(',2,7]', ',2,7.5]'),
  good.replace(',2,7]', ',2]'),
  good.replace('"k"', '1'),
  good.replace('gcra', '__proto__'),
  good.replace('333.333', '-1'),
  good.replace('333.333', '"1"'),
  idOf(
    'n',
    Array.from({ length: 17 }, () => ({ key: '', policy: policies[1]!, cost: 1, chargedAtUs: 1 })),
  ),
])('%j names no charge', (text) => {
  expect(readChargeId(text)).toBeUndefined();
});
