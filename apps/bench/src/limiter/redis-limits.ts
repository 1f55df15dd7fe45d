import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { RateLimitStore } from '@quorate/rate-limiter';
import { LeasedStore, RedisStore } from '@quorate/rate-limiter/redis';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';

import { CannotRun } from '../suite.ts';
import type { OpenLimitStore } from './limit-store.ts';

interface OpenRedis {
  readonly client: Redis;
  close(): Promise<void>;
}

/** One script for each decision. */
export const openRedisStore: OpenLimitStore = async (policy) => {
  const { client, close } = await openRedis();
  const { store, roundTrips } = counted(new RedisStore({ client }));
  return { decide: (key) => store.take([{ key, policy, cost: 1 }]), roundTrips, close };
};

/** Shares of Redis, ahead of time. */
export const openLeasedStore: OpenLimitStore = async (policy) => {
  const { client, close } = await openRedis();
  const { store, roundTrips } = counted(new RedisStore({ client }));
  const leased = new LeasedStore({ store, keyCountMax: 2_000_000 });
  return { decide: (key) => leased.take([{ key, policy, cost: 1 }]), roundTrips, close };
};

/** What services that use Redis for limits install most. */
export const openFlexible: OpenLimitStore = async ({ limit: points, windowMs }) => {
  const { client, close } = await openRedis();
  const limiter = new RateLimiterRedis({ storeClient: client, points, duration: windowMs / 1_000 });
  let count = 0;
  return {
    decide(key) {
      count += 1;
      return limiter.consume(key).catch((refusal: unknown) => refusal);
    },
    roundTrips: () => count,
    close,
  };
};

/** The store, which counts how often it is asked: once for each round trip. */
function counted(store: RateLimitStore): { store: RateLimitStore; roundTrips: () => number } {
  let count = 0;
  const counting: RateLimitStore = {
    take(checks, options) {
      count += 1;
      return store.take(checks, options);
    },
    refund: (chargeId, options) => store.refund(chargeId, options),
    block: (key, policy, durationMs, options) => store.block(key, policy, durationMs, options),
    reset: (key, policy, options) => store.reset(key, policy, options),
    close: () => store.close(),
  };
  return { store: counting, roundTrips: () => count };
}

async function openRedis(): Promise<OpenRedis> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    throw new CannotRun('redis-server is not installed: apt-get install redis-server');
  }
  const folder = await mkdtemp(join(tmpdir(), 'quorate-bench-redis-'));
  const port = await freePort();
  const where = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  const server = spawn('redis-server', [...where, '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(server.stdout)) {
    if (line.includes('Ready to accept connections')) break;
  }
  server.stdout.resume();
  const client = new Redis({
    host: '127.0.0.1',
    port,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
  await client.ping();
  return {
    client,
    async close() {
      const exited = once(server, 'exit');
      client.disconnect();
      server.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
