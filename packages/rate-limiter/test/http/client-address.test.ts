import { describe, expect, test } from 'vitest';

import {
  addressKey,
  ClientAddressError,
  clientAddressKey,
  type ClientAddressOptions,
} from '../../src/http/client-address.ts';
import type { HttpRequest } from '../../src/http/http-request.ts';

function requestFrom(
  peerAddress: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  return { method: 'GET', url: '/', headers: new Headers(headers), peerAddress };
}

function keyOf(
  options: ClientAddressOptions,
  peerAddress: string | undefined,
  forwarded?: string,
): string | undefined {
  const name = options.header ?? 'x-forwarded-for';
  const headers = forwarded === undefined ? {} : { [name]: forwarded };
  return clientAddressKey(options)(requestFrom(peerAddress, headers));
}

describe('without proxies', () => {
  test('the connection is the client, whatever headers say', () => {
    expect(keyOf({ trust: 'none' }, '9.9.9.9', '1.2.3.4')).toBe('9.9.9.9');
  });
});

describe('behind a number of proxies', () => {
  test('the client is as many places from the end as there are proxies', () => {
    const chain = '6.6.6.6, 1.2.3.4, 10.0.0.2';
    expect(keyOf({ trust: { hops: 1 } }, '10.0.0.1', chain)).toBe('10.0.0.2');
    expect(keyOf({ trust: { hops: 2 } }, '10.0.0.1', chain)).toBe('1.2.3.4');
  });

  test('a connection without an address is a proxy like any other', () => {
    expect(keyOf({ trust: { hops: 1 } }, undefined, '1.2.3.4')).toBe('1.2.3.4');
  });

  test('a chain that is too short names nobody', () => {
    expect(() => keyOf({ trust: { hops: 2 } }, '10.0.0.1', '1.2.3.4')).toThrow(ClientAddressError);
    expect(() => keyOf({ trust: { hops: 1 } }, '10.0.0.1')).toThrow(ClientAddressError);
  });
});

describe('behind proxies of known networks', () => {
  const options: ClientAddressOptions = { trust: { networks: ['10.0.0.0/8', 'fd00::/8'] } };

  test('the client is the first from the end that is no proxy', () => {
    expect(keyOf(options, '10.0.0.1', '6.6.6.6, 1.2.3.4, fd00::2')).toBe('1.2.3.4');
    expect(keyOf(options, '::ffff:10.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
  });

  test('a stranger who connects directly is the client, whatever it sends', () => {
    expect(keyOf(options, '9.9.9.9', '10.0.0.7')).toBe('9.9.9.9');
    expect(keyOf({ ...options, header: 'forwarded' }, '9.9.9.9', '"')).toBe('9.9.9.9');
  });

  test('a proxy is no client', () => {
    expect(() => keyOf(options, '10.0.0.1')).toThrow(ClientAddressError);
    expect(() => keyOf(options, '10.0.0.1', '10.0.0.2')).toThrow(ClientAddressError);
    expect(() => keyOf(options, '10.0.0.1', 'unknown')).toThrow(ClientAddressError);
  });
});

describe('addresses that are not known', () => {
  const trust = { hops: 1 };

  test('are an error by default, whose code says so', () => {
    expect(() => keyOf({ trust }, undefined)).toThrow(
      expect.objectContaining({ code: 'RATE_LIMITER_NO_CLIENT_ADDRESS' }),
    );
  });

  test('are not limited, or limited together, where that is chosen', () => {
    expect(keyOf({ trust, unknown: 'exempt' }, undefined)).toBeUndefined();
    expect(keyOf({ trust, unknown: 'share' }, undefined)).toBe('unknown address');
  });
});

describe('prefixes', () => {
  test('name a network where they are shorter than an address', () => {
    expect(addressKey('1.2.3.4')).toBe('1.2.3.4');
    expect(addressKey('1.2.3.4', { ipv4PrefixBits: 24 })).toBe('1.2.3.0/24');
    expect(addressKey('2001:db8:1:2:3::4')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:db8:1:2:3::4', { ipv6PrefixBits: 48 })).toBe('2001:db8:1::/48');
    expect(addressKey('2001:db8::4', { ipv6PrefixBits: 128 })).toBe('2001:db8::4');
    expect(addressKey('nobody')).toBeUndefined();
  });

  test.each([-1, 33, 0.5, Number.NaN, Infinity])('%d bits of version 4 are refused', (bits) => {
    const expected = 'ipv4PrefixBits: expected an integer of 0..32';
    expect(() => addressKey('1.2.3.4', { ipv4PrefixBits: bits })).toThrow(expected);
  });

  test.each([-1, 129, 0.5, Number.NaN])('%d bits of version 6 are refused', (bits) => {
    const expected = 'ipv6PrefixBits: expected an integer of 0..128';
    expect(() => clientAddressKey({ trust: 'none', ipv6PrefixBits: bits })).toThrow(expected);
  });
});

test.each([
  [{ trust: { hops: 0 } }, 'trust.hops: expected an integer >= 1, got 0'],
  [{ trust: { hops: Number.NaN } }, 'trust.hops: expected an integer >= 1, got NaN'],
  [{ trust: { networks: [] } }, "trust.networks: expected at least one, or 'none', got []"],
  [{ trust: { networks: ['everyone'] } }, 'network: expected an address or address/bits'],
] as const)('options %j are refused', (options, message) => {
  expect(() => clientAddressKey(options)).toThrow(message);
});
