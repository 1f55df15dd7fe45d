/*
 * What goes wrong elsewhere: a policy's name ends its string and forges members of the list, or a
 * header; the second limit on the way overwrites the first one's headers; headers are set on a
 * response that has left, which throws; what is left is reported as less than nothing; a window of
 * half a second lasts 0 seconds.
 *
 * Protection: src/http/rate-limit-fields.ts and `putFields` of src/http/node-message.ts. Another's
 * parser of structured fields reads what they write.
 */
import express, { type Request } from 'express';
import { parseList } from 'structured-headers';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { Decision } from '../../src/decision.ts';
import { expressRateLimit } from '../../src/http/express.ts';
import { rateLimitFields } from '../../src/http/rate-limit-fields.ts';
import type { RatePolicy } from '../../src/policy.ts';
import { CountingLimit } from '../support/counting-limit.ts';
import { gate, serve } from '../support/http-server.ts';

const printable = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 64,
});
const policies: fc.Arbitrary<RatePolicy> = fc.record({
  kind: fc.constant('fixedWindow' as const),
  anchor: fc.constant('aligned' as const),
  name: printable,
  limit: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  windowMs: fc.double({ min: 0.001, max: 400 * 86_400_000, noNaN: true }),
});

function membersOf(value: string | undefined): readonly (readonly [unknown, unknown])[] {
  return parseList(value ?? '').map(([name, parameters]) => [name, Object.fromEntries(parameters)]);
}

test('any name, any limit and any window can be read by others', () => {
  const remaining = fc.integer({ min: -5, max: 2 ** 31 });
  fc.assert(
    fc.property(fc.array(policies, { minLength: 1, maxLength: 4 }), remaining, (each, left) => {
      const decisions = each.map(({ name, limit }): Decision => {
        const state = { policyName: name, limit, remaining: left, resetAfterMs: 1.5 };
        return { kind: 'limited', reason: 'limitReached', ...state, retryAfterMs: 1_000.5 };
      });
      const [policy, list] = rateLimitFields(each, decisions, { spreadSeconds: 0 });
      expect(membersOf(policy?.value)).toEqual(
        each.map(({ name, limit, windowMs }) => {
          const w = Math.max(1, Math.ceil(windowMs / 1_000));
          return [name, { q: limit, w }];
        }),
      );
      expect(membersOf(list?.value)).toEqual(
        each.map(({ name }) => [name, { r: Math.max(0, left), t: 2 }]),
      );
    }),
  );
});

test('a limit behind another appends, and one behind a sent answer says nothing', async () => {
  const finished = gate<string>();
  const app = express();
  const options = { key: () => 'someone', onLimiterFailure: 'closed' } as const;
  app.use(expressRateLimit<Request>({ ...options, limit: new CountingLimit(2, 'first') }));
  app.use((_request, response, next) => {
    response.send('early');
    next();
  });
  app.use(expressRateLimit<Request>({ ...options, limit: new CountingLimit(5, 'second') }));
  app.use(() => finished.open('passed on'));
  await using server = await serve(app);
  const response = await fetch(server.url);
  expect(await response.text()).toBe('early');
  expect(response.headers.get('RateLimit')).toBe('"first";r=1;t=60');
  expect(await finished.opened).toBe('passed on');
});
