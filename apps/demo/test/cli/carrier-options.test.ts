import { afterEach, expect, test, vi } from 'vitest';

import { clusterCarrierOf, nodeCarrierOf } from '../../src/cli/carrier-options.ts';
import { Misuse } from '../../src/cli/command-spec.ts';

const url = 'nats://host:4222';

afterEach(() => vi.unstubAllEnvs());

test('TCP and WebSockets need nothing else', () => {
  expect(nodeCarrierOf({ carrier: 'tcp', natsUrl: undefined })).toEqual({ kind: 'tcp' });
  const words = { carrier: 'websocket', natsUrl: undefined } as const;
  expect(clusterCarrierOf(words)).toEqual({ kind: 'websocket', natsUrl: undefined });
});

test('the option says where NATS is, else the environment', () => {
  vi.stubEnv('QUORATE_NATS_URL', url);
  const given = { carrier: 'nats', natsUrl: 'nats://other:1' } as const;
  expect(nodeCarrierOf(given)).toEqual({ kind: 'nats', url: 'nats://other:1' });
  expect(nodeCarrierOf({ ...given, natsUrl: undefined })).toEqual({ kind: 'nats', url });
  expect(clusterCarrierOf({ ...given, natsUrl: undefined }).natsUrl).toBe(url);
});

test('a cluster may start a NATS server of its own, a node may not', () => {
  vi.stubEnv('QUORATE_NATS_URL', undefined);
  const words = { carrier: 'nats', natsUrl: undefined } as const;
  expect(clusterCarrierOf(words)).toEqual({ kind: 'nats', natsUrl: undefined });
  expect(() => nodeCarrierOf(words)).toThrow(Misuse);
});

test('a place of NATS without NATS is a mistake', () => {
  expect(() => clusterCarrierOf({ carrier: 'tcp', natsUrl: url })).toThrow(
    '--nats-url: expected --carrier nats, got --carrier tcp',
  );
});
