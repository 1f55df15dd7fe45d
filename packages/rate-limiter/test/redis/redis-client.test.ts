import { describe, expect, test } from 'vitest';

import { type IoredisClient, scriptCaller } from '../../src/redis/redis-client.ts';

interface Calls {
  readonly calls: unknown[][];
}

function ioredis(overrides: Partial<IoredisClient> = {}): IoredisClient & Calls {
  const calls: unknown[][] = [];
  return {
    calls,
    status: 'ready',
    options: { autoResendUnfulfilledCommands: false },
    evalsha: async (...args) => void calls.push(['evalsha', ...args]),
    eval: async (...args) => void calls.push(['eval', ...args]),
    ...overrides,
  };
}

describe('ioredis', () => {
  test('keys come before arguments, behind their number', async () => {
    const client = ioredis();
    const caller = scriptCaller(client);
    await caller.evalSha('abc', ['k', 'l'], ['1'], false);
    await caller.eval('return 1', ['k'], []);
    expect(client.calls).toEqual([
      ['evalsha', 'abc', 2, 'k', 'l', '1'],
      ['eval', 'return 1', 1, 'k'],
    ]);
  });

  test('what is asked for at once is written at once, to the connection of that time', async () => {
    const log: string[] = [];
    const streamOf = (name: string) => ({
      cork: () => void log.push(`${name} holds`),
      uncork: () => void log.push(`${name} sends`),
    });
    let stream: ReturnType<typeof streamOf> | null = streamOf('first');
    const client = ioredis({ evalsha: async (sha1) => void log.push(sha1) });
    Object.defineProperty(client, 'stream', { get: () => stream });
    const caller = scriptCaller(client);
    await Promise.all([caller.evalSha('a', [], [], false), caller.evalSha('b', [], [], false)]);
    expect(log.splice(0)).toEqual(['first holds', 'a', 'b', 'first sends']);
    const late = caller.evalSha('c', [], [], false);
    stream = streamOf('second');
    await late;
    expect(log.splice(0)).toEqual(['first holds', 'c', 'first sends']);
    await caller.evalSha('d', [], [], false);
    expect(log.splice(0)).toEqual(['second holds', 'd', 'second sends']);
    await caller.evalSha('e', [], [], true);
    expect(log.splice(0)).toEqual(['e']);
    stream = null;
    await caller.evalSha('f', [], [], false);
    expect(log).toEqual(['f']);
  });

  test('a client that fails at once leaves nothing held back', async () => {
    const log: string[] = [];
    const stream = { cork: () => void log.push('holds'), uncork: () => void log.push('sends') };
    const evalsha = () => {
      throw new Error('closed');
    };
    const caller = scriptCaller(ioredis({ stream, evalsha }));
    expect(() => caller.evalSha('a', [], [], false)).toThrow('closed');
    await Promise.resolve();
    expect(log).toEqual(['holds', 'sends']);
  });

  test('a client that resends what was unanswered is refused', () => {
    const message = 'client.options.autoResendUnfulfilledCommands: expected false';
    for (const autoResendUnfulfilledCommands of [true, undefined]) {
      const client = ioredis({ options: { autoResendUnfulfilledCommands } });
      expect(() => scriptCaller(client)).toThrow(message);
    }
  });

  test('a cluster that asks another node after a broken connection is refused', () => {
    const message = 'client.options.retryDelayOnFailover: expected 0';
    for (const retryDelayOnFailover of [100, undefined]) {
      const client = ioredis({ isCluster: true, options: { retryDelayOnFailover } });
      expect(() => scriptCaller(client)).toThrow(message);
    }
    const careful = ioredis({ isCluster: true, options: { retryDelayOnFailover: 0 } });
    expect(scriptCaller(careful).isReady()).toBe(true);
  });

  test('a connecting client may keep commands before it was ready, and never again', () => {
    let status = 'connecting';
    const client = ioredis();
    Object.defineProperty(client, 'status', { get: () => status });
    const caller = scriptCaller(client);
    const readiness = ['wait', 'connecting', 'connect', 'ready', 'reconnecting', 'connecting'].map(
      (next) => {
        status = next;
        return caller.isReady();
      },
    );
    expect(readiness).toEqual([true, true, true, true, false, false]);
  });
});

describe('node-redis', () => {
  const nodeRedis = (state: { isOpen: boolean; isReady?: boolean }) => {
    const calls: unknown[][] = [];
    return {
      calls,
      ...state,
      evalSha: async (...args: unknown[]) => void calls.push(['evalSha', ...args]),
      eval: async (...args: unknown[]) => void calls.push(['eval', ...args]),
    };
  };

  test('keys and arguments go in one object', async () => {
    const client = nodeRedis({ isOpen: true, isReady: true });
    const caller = scriptCaller(client);
    await caller.evalSha('abc', ['k'], ['1'], false);
    await caller.eval('return 1', ['k'], []);
    expect(client.calls).toEqual([
      ['evalSha', 'abc', { keys: ['k'], arguments: ['1'] }],
      ['eval', 'return 1', { keys: ['k'], arguments: [] }],
    ]);
  });

  test('an open client may keep commands before it was ready, and never again', () => {
    const client = nodeRedis({ isOpen: true, isReady: false });
    const caller = scriptCaller(client);
    expect(caller.isReady()).toBe(true);
    client.isReady = true;
    expect(caller.isReady()).toBe(true);
    client.isReady = false;
    expect(caller.isReady()).toBe(false);
  });

  test('a cluster, which tells no readiness, is ready while it is open', () => {
    expect(scriptCaller(nodeRedis({ isOpen: true })).isReady()).toBe(true);
    expect(scriptCaller(nodeRedis({ isOpen: false })).isReady()).toBe(false);
  });
});
