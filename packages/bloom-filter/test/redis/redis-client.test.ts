import { describe, expect, test } from 'vitest';

import { scriptCaller } from '../../src/redis/redis-client.ts';

/** Bytes in the middle of others. */
const piece = Uint8Array.of(1, 0xff, 2, 3).subarray(1, 3);

describe('ioredis', () => {
  const ioredis = () => {
    const calls: unknown[][] = [];
    return {
      calls,
      call: async (...args: unknown[]) => void calls.push(['call', ...args]),
      callBuffer: async (...args: unknown[]) => void calls.push(['callBuffer', ...args]),
    };
  };

  test('keys come before arguments, behind their number', async () => {
    const client = ioredis();
    await scriptCaller(client).evalSha('abc', ['k', 'l'], ['1'], 'text');
    await scriptCaller(client).eval('return 1', ['k'], [], 'text');
    expect(client.calls).toEqual([
      ['call', 'evalsha', 'abc', 2, 'k', 'l', '1'],
      ['call', 'eval', 'return 1', 1, 'k'],
    ]);
  });

  test('bytes go as they are, and come as they are where it is asked for', async () => {
    const client = ioredis();
    await scriptCaller(client).evalSha('abc', [], [piece], 'text');
    await scriptCaller(client).evalSha('abc', [], [], 'bytes');
    await scriptCaller(client).eval('return 1', [], [], 'bytes');
    expect(client.calls).toEqual([
      ['call', 'evalsha', 'abc', 0, Buffer.of(0xff, 2)],
      ['callBuffer', 'evalsha', 'abc', 0],
      ['callBuffer', 'eval', 'return 1', 0],
    ]);
  });
});

describe('node-redis', () => {
  const nodeRedis = () => {
    const calls: unknown[][] = [];
    const scripts = (form: string) => ({
      evalSha: async (...args: unknown[]) => void calls.push([form, 'evalSha', ...args]),
      eval: async (...args: unknown[]) => void calls.push([form, 'eval', ...args]),
    });
    return {
      calls,
      ...scripts('text'),
      withTypeMapping: (mapping: { 36: BufferConstructor }) =>
        scripts(mapping[36] === Buffer ? 'bytes' : 'unknown'),
    };
  };

  test('keys and arguments go in one object', async () => {
    const client = nodeRedis();
    await scriptCaller(client).evalSha('abc', ['k'], ['1'], 'text');
    await scriptCaller(client).eval('return 1', ['k'], [], 'text');
    expect(client.calls).toEqual([
      ['text', 'evalSha', 'abc', { keys: ['k'], arguments: ['1'] }],
      ['text', 'eval', 'return 1', { keys: ['k'], arguments: [] }],
    ]);
  });

  test('bytes go as they are, and come as they are where it is asked for', async () => {
    const client = nodeRedis();
    await scriptCaller(client).evalSha('abc', [], [piece], 'text');
    await scriptCaller(client).evalSha('abc', [], [], 'bytes');
    await scriptCaller(client).eval('return 1', [], [], 'bytes');
    expect(client.calls).toEqual([
      ['text', 'evalSha', 'abc', { keys: [], arguments: [Buffer.of(0xff, 2)] }],
      ['bytes', 'evalSha', 'abc', { keys: [], arguments: [] }],
      ['bytes', 'eval', 'return 1', { keys: [], arguments: [] }],
    ]);
  });
});
