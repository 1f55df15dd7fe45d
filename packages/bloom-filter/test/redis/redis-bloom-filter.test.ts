import { keyHasher } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { bloomPositions } from '../../src/probes.ts';
import {
  addScript,
  clearScript,
  countScript,
  hasScript,
  mergeScript,
  openScript,
} from '../../src/redis/bitmap-scripts.ts';
import { RedisBloomFilter } from '../../src/redis/redis-bloom-filter.ts';
import type { IoredisClient } from '../../src/redis/redis-client.ts';

const sizing = { itemCount: 1_000, falsePositiveRate: 0.01 };

interface Call {
  readonly sha1: unknown;
  readonly keys: unknown[];
  readonly args: unknown[];
}

/** A client that notes its calls and answers by `answer`, all as expected without it. */
function fakeClient(answer: (call: Call) => unknown = allOnes) {
  const calls: Call[] = [];
  const run = async (_command: string, sha1: unknown, ...rest: unknown[]): Promise<unknown> => {
    const keyCount = Number(rest[0]);
    const call = { sha1, keys: rest.slice(1, 1 + keyCount), args: rest.slice(1 + keyCount) };
    calls.push(call);
    return answer(call);
  };
  const client: IoredisClient = { call: run, callBuffer: run };
  return { calls, client };
}

/** What the scripts return of a filter in which every bit is 1. */
function allOnes({ sha1, args }: Call): string {
  if (sha1 === addScript.sha1) return `k${'0'.repeat((args.length - 6) / Number(args[5]))}`;
  if (sha1 === hasScript.sha1) return `k${'1'.repeat((args.length - 3) / Number(args[2]))}`;
  if (sha1 === countScript.sha1) return 'k8 -1';
  return 'k0123456789abcdef';
}

describe('a batch', () => {
  test('is one call, with the positions of all its keys', async () => {
    const { calls, client } = fakeClient();
    const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
    await expect(filter.addAll(['x', 'y', 7])).resolves.toEqual(['present', 'present', 'present']);
    await expect(filter.hasAll(['x', 'y', 7])).resolves.toEqual([true, true, true]);
    const hasher = keyHasher();
    const positions = ['x', 'y', 7].flatMap((key) => {
      hasher.hash(key);
      return bloomPositions(hasher.high, hasher.low, filter).map(String);
    });
    expect(calls.map(({ sha1 }) => sha1)).toEqual([addScript.sha1, hasScript.sha1]);
    expect(calls[0]?.args.slice(5)).toEqual(['7', ...positions]);
    expect(calls[1]?.args.slice(2)).toEqual(['7', ...positions]);
    expect(calls[0]?.keys).toEqual(['quorate:bloom1:{a}:head', 'quorate:bloom1:{a}:bits']);
  });

  test('of no keys is no call', async () => {
    const { calls, client } = fakeClient();
    const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
    await expect(filter.addAll([])).resolves.toEqual([]);
    await expect(filter.hasAll([])).resolves.toEqual([]);
    expect(calls).toEqual([]);
  });

  test.each([
    [7, 585],
    [1, 4_096],
    [255, 16],
  ])('of more than 4,096 bits is several calls: %d bits a key', async (hashCount, most) => {
    const { calls, client } = fakeClient();
    const filter = new RedisBloomFilter({ client, name: 'a', bitCount: 9_600, hashCount });
    const keys = Array.from({ length: 2 * most + 1 }, (_, index) => index);
    await expect(filter.hasAll(keys)).resolves.toHaveLength(keys.length);
    await expect(filter.addAll(keys)).resolves.toHaveLength(keys.length);
    const bits = [most * hashCount, most * hashCount, hashCount];
    expect(calls.map(({ args }) => args.length)).toEqual([
      ...bits.map((count) => 3 + count),
      ...bits.map((count) => 6 + count),
    ]);
  });

  test('is sent when the one before was answered', async () => {
    let underWay = 0;
    const { client } = fakeClient(async (call) => {
      underWay += 1;
      expect(underWay).toBe(1);
      await Promise.resolve();
      underWay -= 1;
      return allOnes(call);
    });
    const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
    await filter.addAll(Array.from({ length: 3_000 }, (_, index) => index));
  });

  test('with a key out of range is refused before anything is sent', async () => {
    const { calls, client } = fakeClient();
    const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
    const keys = [...Array.from({ length: 3_000 }, (_, index) => index), -1];
    await expect(filter.addAll(keys)).rejects.toThrow(RangeError);
    await expect(filter.hasAll(keys)).rejects.toThrow(RangeError);
    await expect(filter.add(1.5)).rejects.toThrow(RangeError);
    expect(calls).toEqual([]);
  });

  test('has the positions of a table of 2^32 bits as they are', async () => {
    const { calls, client } = fakeClient();
    const filter = new RedisBloomFilter({ client, name: 'a', bitCount: 2 ** 32, hashCount: 200 });
    await filter.add('x');
    const positions = (calls[0]?.args ?? []).slice(6).map(Number);
    expect(positions.every((at) => Number.isSafeInteger(at) && at >= 0 && at < 2 ** 32)).toBe(true);
    expect(positions.filter((at) => at >= 2 ** 31).length).toBeGreaterThan(60);
  });
});

test('a table that is not alike is refused, and nothing is sent', async () => {
  const { calls, client } = fakeClient();
  const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
  const { bitCount, hashCount } = filter;
  for (const other of [
    new BloomFilter({ bitCount: bitCount + 32, hashCount }),
    new BloomFilter({ bitCount, hashCount: hashCount + 1 }),
    new BloomFilter({ bitCount, hashCount, hasher: keyHasher('xxh64') }),
    new BloomFilter({ bitCount, hashCount, hasher: keyHasher('murmur3-x86-128', 1) }),
  ]) {
    await expect(filter.load(other)).rejects.toThrow(RangeError);
  }
  expect(calls).toEqual([]);
});

describe('a load', () => {
  test('sends 64 KiB at a time, and none without a bit', async () => {
    const { calls, client } = fakeClient();
    const shape = { bitCount: 8 * (3 * 65_536 + 4), hashCount: 1 };
    const filter = new RedisBloomFilter({ client, name: 'a', ...shape });
    const table = new BloomFilter(shape);
    table.words[0] = 1;
    table.words[3 * 16_384 - 1] = 1 << 31;
    table.words[3 * 16_384] = 2;
    await filter.load(table);
    const merges = calls.filter(({ sha1 }) => sha1 === mergeScript.sha1);
    expect(calls[0]?.sha1).toBe(openScript.sha1);
    expect(merges.map(({ args }) => args.slice(2, 4))).toEqual([
      ['0123456789abcdef', '0'],
      ['0123456789abcdef', '131072'],
      ['0123456789abcdef', '196608'],
    ]);
    const chunks = merges.map(({ args }) => args[4]);
    expect(chunks.map((chunk) => chunk instanceof Uint8Array && chunk.length)).toEqual([
      65_536, 65_536, 4,
    ]);
    expect(chunks[2]).toEqual(Buffer.of(0x40, 0, 0, 0));
    expect(merges.every(({ keys }) => keys.length === 4)).toBe(true);
  });
});

describe('an answer', () => {
  const answering = (answer: unknown) => {
    const { client } = fakeClient(() => answer);
    return new RedisBloomFilter({ client, name: 'a', ...sizing });
  };

  test.each([undefined, null, 7, [], '', 'x1', 'k', 'k11', Buffer.from('k1')])(
    'that no script gives is an error: %j',
    async (answer) => {
      const failure = { code: 'BLOOM_FILTER_CALL_FAILED', definite: false };
      await expect(answering(answer).has('x')).rejects.toMatchObject(failure);
    },
  );

  test.each(['k', Buffer.from('k0123456789abcdef1'), Buffer.from('k'), Buffer.from('')])(
    'of a chunk that no script gives is an error: %j',
    async (answer) => {
      await expect(answering(answer).snapshot()).rejects.toMatchObject({
        code: 'BLOOM_FILTER_CALL_FAILED',
      });
    },
  );
});

test('what fails says whether anything happened', async () => {
  const { client } = fakeClient(() => Promise.reject(new Error('LOADING not yet')));
  const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
  const refused = { code: 'BLOOM_FILTER_CALL_FAILED', definite: true };
  await expect(filter.add('x')).rejects.toMatchObject(refused);
  await expect(filter.clear()).rejects.toMatchObject(refused);
});

test('clearing names the filter, and no parameters', async () => {
  const { calls, client } = fakeClient();
  await new RedisBloomFilter({ client, name: 'a', prefix: 'p', ...sizing }).clear();
  expect(calls).toEqual([
    { sha1: clearScript.sha1, keys: ['p:bloom1:{a}:head', 'p:bloom1:{a}:bits'], args: [] },
  ]);
});

test('a megabyte is counted at a time', async () => {
  const { calls, client } = fakeClient();
  const bitCount = 8 * (2 * 1_048_576 + 4);
  const filter = new RedisBloomFilter({ client, name: 'a', bitCount, hashCount: 1 });
  const { fillRatio, exists } = await filter.stats();
  expect({ fillRatio, exists }).toEqual({ fillRatio: 24 / bitCount, exists: true });
  expect(calls.map(({ args }) => args.slice(2))).toEqual([
    ['0', '1048575'],
    ['1048576', '2097151'],
    ['2097152', '2097155'],
  ]);
});
