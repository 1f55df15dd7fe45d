import { once } from 'node:events';
import { createServer } from 'node:net';

import { expect, test } from 'vitest';

import { freePorts, isFree } from '../../src/supervisor/free-ports.ts';

test('finds different ports on which one can listen', async () => {
  const ports = await freePorts(7, '127.0.0.1');
  expect(new Set(ports).size).toBe(7);
  for (const port of ports) {
    expect(port).toBeLessThan(32_000);
    expect(await isFree(port, '127.0.0.1')).toBe(true);
  }
});

test('knows a port that is taken', async () => {
  const [port = 0] = await freePorts(1, '127.0.0.1');
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isFree(port, '127.0.0.1')).toBe(false);
  server.close();
});
