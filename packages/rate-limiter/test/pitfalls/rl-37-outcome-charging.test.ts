/*
 * What goes wrong elsewhere: a limit of failures counts in the answer's 'finish', which never comes
 * for a client that hangs up; or counts twice, at 'finish' and at 'close'; or gives back into a
 * window that has begun since, which then holds less than nothing and admits more than its limit.
 *
 * Protection: `responseEnd` of src/http/node-message.ts watches from the start and tells once; the
 * charge is named by an id, and given back to the window it was taken from or to none.
 */
import express, { type Request } from 'express';
import { expect, test } from 'vitest';

import { expressRateLimit } from '../../src/http/express.ts';
import { httpRateLimit, type ResponseOutcome } from '../../src/http/http-rate-limit.ts';
import type { Verdict } from '../../src/store.ts';
import { CountingLimit } from '../support/counting-limit.ts';
import { gate, hangUp, serve } from '../support/http-server.ts';

const counts = (): boolean => false;

test('a client that hangs up while the limiter thinks is settled once', async () => {
  const [asked, settled] = [gate(), gate()];
  const answer = gate<Verdict>();
  const counting = new CountingLimit(5);
  const limit = {
    policies: counting.policies,
    take: () => {
      asked.open();
      return answer.opened;
    },
    refund: (chargeId: string) => counting.refund(chargeId),
  };
  const outcomes: ResponseOutcome[] = [];
  const app = express();
  app.use(
    expressRateLimit<Request>({
      limit,
      key: () => 'someone',
      onLimiterFailure: 'closed',
      counts: (outcome) => {
        outcomes.push(outcome);
        settled.open();
        return false;
      },
    }),
  );
  app.get('/', (_request, response) => void response.send('to nobody'));
  const closed = gate();
  await using server = await serve((request, response) => {
    response.once('close', () => closed.open());
    app(request, response);
  });
  await hangUp(server, '/', asked.opened);
  await closed.opened;
  answer.open(counting.take('someone', 1));
  await settled.opened;
  expect(outcomes).toEqual([{ kind: 'aborted' }]);
  expect(counting.refunded).toEqual(['charge 0']);
  expect(counting.used('someone')).toBe(0);
});

test('however often the end is told, a charge is given back once', async () => {
  const limit = new CountingLimit(5);
  const made = httpRateLimit({ limit, key: () => 'someone', onLimiterFailure: 'closed', counts });
  const request = { method: 'GET', url: '/', headers: new Headers() };
  await made.check(request, undefined);
  const decision = await made.check(request, undefined);
  if (decision.kind !== 'admitted') throw new Error('expected an admission');
  decision.settle({ kind: 'answered', status: 200 });
  decision.settle({ kind: 'aborted' });
  expect(limit.refunded).toEqual(['charge 1']);
  expect(limit.used('someone')).toBe(1);
});

test('a window that began since holds what it holds, and r says so', async () => {
  const limit = new CountingLimit(1);
  const made = httpRateLimit({ limit, key: () => 'someone', onLimiterFailure: 'closed', counts });
  const request = { method: 'GET', url: '/', headers: new Headers() };
  const decision = await made.check(request, undefined);
  limit.nowMs = 60_000;
  if (decision.kind === 'admitted') decision.settle({ kind: 'answered', status: 200 });
  expect(limit.used('someone')).toBe(0);
  const next = await made.check(request, undefined);
  expect(next.fields.find(({ name }) => name === 'RateLimit')?.value).toBe('"perMinute";r=0;t=60');
  expect((await made.check(request, undefined)).kind).toBe('limited');
});
