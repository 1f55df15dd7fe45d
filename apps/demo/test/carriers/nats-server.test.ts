import { expect, test } from 'vitest';

import { natsServer } from '../../src/carriers/nats-server.ts';

test.each([
  ['nats://host', { servers: 'host:4222', isEncrypted: false, shown: 'nats://host:4222' }],
  ['tls://host:5', { servers: 'host:5', isEncrypted: true, shown: 'tls://host:5' }],
  ['nats://[::1]:5/', { servers: '[::1]:5', isEncrypted: false, shown: 'nats://[::1]:5' }],
  [
    'nats://t%40ken@host:5',
    { servers: 'host:5', token: 't@ken', isEncrypted: false, shown: 'nats://host:5' },
  ],
  [
    'nats://ann:s%3Aecret@host:5',
    { servers: 'host:5', user: 'ann', pass: 's:ecret', isEncrypted: false, shown: 'nats://host:5' },
  ],
])('reads %s', (url, server) => {
  expect(natsServer(url)).toEqual(server);
});

test.each(['', 'host:4222', 'http://host', 'nats://', 'nats://host/path', 'nats://host?tls=1'])(
  'refuses %j and does not repeat it',
  (url) => {
    expect(() => natsServer(url)).toThrow(
      new RangeError('NATS: expected a URL like nats://host:4222'),
    );
  },
);
