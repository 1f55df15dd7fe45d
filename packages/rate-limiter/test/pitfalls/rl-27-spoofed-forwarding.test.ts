/*
 * What goes wrong elsewhere: the leftmost entry of X-Forwarded-For, which the client itself wrote,
 * names it, so that each request comes from somebody else. Or nothing names it, the key is
 * `undefined`, and all the world shares one limit.
 *
 * Protection: src/http/client-address.ts reads only what our own proxies added, counted from the
 * end, and makes who is not known an error, or what was chosen for them.
 */
import { expect, test } from 'vitest';

import { ClientAddressError, clientAddressKey } from '../../src/http/client-address.ts';
import { httpRateLimit } from '../../src/http/http-rate-limit.ts';
import { httpRequestOf } from '../../src/http/http-request.ts';
import { CountingLimit } from '../support/counting-limit.ts';

function forwarded(value: string, header = 'x-forwarded-for'): Request {
  return new Request('https://example.com/', { headers: { [header]: value } });
}

test.each([
  ['a number of hops', { hops: 1 }],
  ['known networks', { networks: ['10.0.0.0/8'] }],
] as const)('what a client writes on the left changes nothing, with %s', (_name, trust) => {
  const keyOf = clientAddressKey({ trust });
  const keys = ['1.2.3.4', '6.6.6.6, 1.2.3.4', 'x, , 10.0.0.9, 1.2.3.4'].map((value) =>
    keyOf(httpRequestOf(forwarded(value), '10.0.0.1')),
  );
  expect(keys).toEqual(['1.2.3.4', '1.2.3.4', '1.2.3.4']);
});

test('a header that our proxies do not write is not read', () => {
  const keyOf = clientAddressKey({ trust: { hops: 1 }, header: 'forwarded' });
  const request = new Request('https://example.com/', {
    headers: { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6, for=1.2.3.4' },
  });
  expect(keyOf(httpRequestOf(request, '10.0.0.1'))).toBe('1.2.3.4');
});

test('nobody is limited together with all others who are not known', async () => {
  const limit = new CountingLimit(1);
  const errors: unknown[] = [];
  const key = clientAddressKey({ trust: { hops: 1 } });
  const options = { limit, key, onError: (error: unknown) => errors.push(error) };
  const request = httpRequestOf(new Request('https://example.com/'));
  const closed = httpRateLimit({ ...options, onLimiterFailure: 'closed' });
  expect(await closed.check(request, undefined)).toMatchObject({ status: 503 });
  const open = httpRateLimit({ ...options, onLimiterFailure: 'open' });
  expect(await open.check(request, undefined)).toMatchObject({ kind: 'admitted' });
  expect(errors).toEqual([expect.any(ClientAddressError), expect.any(ClientAddressError)]);
  expect(limit.taken).toEqual([]);
});
