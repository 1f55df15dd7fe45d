/**
 * The filter over a real Redis, through both clients.
 */
import { keyHasher, type Key } from '@quorate/hash';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { RedisBloomFilter } from '../../src/redis/redis-bloom-filter.ts';
import type { RedisBloomFilterOptions } from '../../src/redis/redis-filter-options.ts';
import { redisScene, watched } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const shape = { bitCount: 9_600, hashCount: 7 };
const head = 'quorate:bloom1:{a}:head';
const bits = 'quorate:bloom1:{a}:bits';
const kinds = ['ioredis', 'node-redis'] as const;

type Others = Partial<Pick<RedisBloomFilterOptions, 'expiry' | 'hasher' | 'whenMissing' | 'name'>>;

function filterOf(client: RedisClient, others: Others = {}): RedisBloomFilter {
  return new RedisBloomFilter({ client, name: 'a', ...shape, ...others });
}

/** The keys from `first` to `last`, excluded. */
function keysOf(first: number, last: number): string[] {
  return Array.from({ length: last - first }, (_, index) => `key ${first + index}`);
}

describe.skipIf(redisIsMissing)('over a real Redis', () => {
  const scene = redisScene();

  describe.each(kinds)('through %s', (kind) => {
    test('what was added is found, and only the first of equal keys is new', async () => {
      const filter = filterOf(scene.clients[kind]);
      await expect(filter.has('x')).resolves.toBe(false);
      await expect(filter.addAll(['x', 'y', 'x'])).resolves.toEqual(['added', 'added', 'present']);
      await expect(filter.add('y')).resolves.toBe('present');
      await expect(filter.add('z')).resolves.toBe('added');
      await expect(filter.hasAll(['x', 'y', 'z', 'w'])).resolves.toEqual([true, true, true, false]);
    });

    test('nothing is lost among 20,000 keys, and one stranger in a hundred is found', async () => {
      const client = scene.clients[kind];
      const sizing = { itemCount: 20_000, falsePositiveRate: 0.01 };
      const filter = new RedisBloomFilter({ client, name: 'a', ...sizing });
      await filter.addAll(keysOf(0, 20_000));
      const found = await filter.hasAll(keysOf(0, 20_000));
      expect(found.every(Boolean)).toBe(true);
      const strangers = await filter.hasAll(keysOf(20_000, 120_000));
      expect(strangers.filter(Boolean).length).toBeLessThanOrEqual(1.1 * 1_000);
      const { itemCount, falsePositiveRate, fillRatio } = await filter.stats();
      expect(Math.abs(itemCount - 20_000)).toBeLessThan(400);
      expect(Math.abs(falsePositiveRate - 0.01)).toBeLessThan(0.001);
      expect(Math.abs(fillRatio - 0.5)).toBeLessThan(0.02);
    });

    test('a table moves there and back, every bit in its place', async () => {
      const client = scene.clients[kind];
      // Three whole chunks and four bytes.
      const large = { bitCount: 8 * (3 * 65_536 + 4), hashCount: 3 };
      const filter = new RedisBloomFilter({ client, name: 'a', ...large });
      const table = new BloomFilter(large);
      for (const key of keysOf(0, 100_000)) table.add(key);
      await filter.load(table);
      const copy = await filter.snapshot();
      expect(copy.words).toEqual(table.words);
      expect(copy.has('key 7')).toBe(true);
      await expect(filter.stats()).resolves.toEqual({ exists: true, ...table.stats() });
      const found = await filter.hasAll(keysOf(0, 1_000));
      expect(found.every(Boolean)).toBe(true);
    });

    test('a server that has forgotten the scripts learns them again', async () => {
      const filter = filterOf(scene.clients[kind]);
      await filter.add('x');
      await scene.redis.script('FLUSH');
      await expect(filter.hasAll(['x', 'y'])).resolves.toEqual([true, false]);
      await scene.redis.script('FLUSH');
      const copy = await filter.snapshot();
      expect(copy.has('x')).toBe(true);
      await scene.redis.script('FLUSH');
      copy.add('y');
      await filter.load(copy);
      await scene.redis.script('FLUSH');
      await expect(filter.add('y')).resolves.toBe('present');
    });

    test('a name that is taken by something else is a mismatch, and nothing changes', async () => {
      const filter = filterOf(scene.clients[kind]);
      const mismatch = { code: 'BLOOM_FILTER_MISMATCH', found: 'a key of another type' };
      for (const key of [head, bits]) {
        await scene.redis.flushall();
        await scene.redis.rpush(key, 'one');
        await expect(filter.add('x')).rejects.toMatchObject(mismatch);
        await expect(filter.has('x')).rejects.toMatchObject(mismatch);
        await expect(filter.load(new BloomFilter(shape))).rejects.toMatchObject(mismatch);
        await expect(filter.snapshot()).rejects.toMatchObject(mismatch);
        await expect(scene.redis.keys('*')).resolves.toEqual([key]);
      }
    });
  });

  describe('services', () => {
    test('share one filter, whatever clients they have', async () => {
      const [one, other] = kinds.map((kind) => filterOf(scene.clients[kind]));
      await one?.addAll(['x', 'y']);
      await expect(other?.hasAll(['x', 'y', 'z'])).resolves.toEqual([true, true, false]);
      await expect(other?.addAll(['y', 'z'])).resolves.toEqual(['present', 'added']);
      await expect(one?.has('z')).resolves.toBe(true);
    });

    test('that make it at once have one, and lose no key', async () => {
      const clients = Array.from(
        { length: 20 },
        (_, place) => scene.clients[kinds[place % 2] ?? 'ioredis'],
      );
      await Promise.all(
        clients.map(async (client, place) => {
          const outcomes = await filterOf(client).addAll(keysOf(10 * place, 10 * place + 10));
          expect(outcomes).toHaveLength(10);
        }),
      );
      const found = await filterOf(scene.redis).hasAll(keysOf(0, 200));
      expect(found.every(Boolean)).toBe(true);
      expect((await scene.redis.keys('*')).sort()).toEqual([bits, head]);
    });

    test('add while others load, and lose no key', async () => {
      const large = { bitCount: 8 * 4 * 65_536, hashCount: 7 };
      const tables = [0, 1].map((place) => {
        const table = new BloomFilter(large);
        for (const key of keysOf(20_000 * place, 20_000 * (place + 1))) table.add(key);
        return table;
      });
      const filters = kinds.map(
        (kind) => new RedisBloomFilter({ client: scene.clients[kind], name: 'a', ...large }),
      );
      await Promise.all([
        ...filters.map((filter, place) => filter.load(tables[place] ?? new BloomFilter(large))),
        ...filters.map((filter, place) =>
          filter.addAll(keysOf(40_000 + 9_000 * place, 49_000 + 9_000 * place)),
        ),
      ]);
      const found = await filters[0]?.hasAll(keysOf(0, 58_000));
      expect(found?.every(Boolean)).toBe(true);
      // What loads needed meanwhile is gone.
      expect((await scene.redis.keys('*')).sort()).toEqual([bits, head]);
    });

    test.each<readonly [string, Partial<RedisBloomFilterOptions>]>([
      ['m', { bitCount: 9_632 }],
      ['k', { hashCount: 8 }],
      ['the hash function', { hasher: keyHasher('xxh64') }],
      ['the seed', { hasher: keyHasher('murmur3-x86-128', 1) }],
    ])('of another %s are told, and change nothing', async (_what, change) => {
      await filterOf(scene.redis).add('x');
      const before = [await scene.redis.get(head), await scene.redis.getBuffer(bits)];
      const other = new RedisBloomFilter({ client: scene.redis, name: 'a', ...shape, ...change });
      const { bitCount, hashCount, hasher } = other;
      const table = new BloomFilter({ bitCount, hashCount, hasher });
      table.add('y');
      for (const call of [
        () => other.add('y'),
        () => other.has('x'),
        () => other.stats(),
        () => other.snapshot(),
        () => other.load(table),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: 'BLOOM_FILTER_MISMATCH',
          found: expect.stringMatching(
            /^"bloom1 bits=9600 hashes=7 hash=murmur3-x86-128 /,
          ) as unknown,
        });
      }
      expect([await scene.redis.get(head), await scene.redis.getBuffer(bits)]).toEqual(before);
    });

    test('that find a text of somebody else leave it alone', async () => {
      await filterOf(scene.redis).add('x');
      const header = (await scene.redis.get(head)) ?? '';
      for (const text of ['', 'mine', '\0'.repeat(1_000), `${header}0`, header.slice(0, -1)]) {
        await scene.redis.set(head, text);
        const failure = { code: 'BLOOM_FILTER_MISMATCH' };
        await expect(filterOf(scene.redis).add('x')).rejects.toMatchObject(failure);
        await expect(scene.redis.get(head)).resolves.toBe(text);
      }
    });
  });

  describe('the layout', () => {
    /** Written from the head of `bitmap-layout.ts`, without our code and in other arithmetic. */
    function positionsByTheBook(high: number, low: number, [m, k]: readonly [number, number]) {
      const low32 = (value: bigint): bigint => BigInt.asUintN(32, value);
      const [h, l] = [low32(BigInt(high)), low32(BigInt(low))];
      return Array.from({ length: k }, (_, i) => {
        let x = low32(h + BigInt(i) * 0x9e3779b9n);
        x = low32((x ^ (x >> 16n)) * 0x85ebca6bn) ^ l;
        x = low32((x ^ (x >> 13n)) * 0xc2b2ae35n);
        x ^= x >> 16n;
        const word = (x * (BigInt(m) / 32n)) >> 32n;
        return Number(32n * word + ((x + (low32(l * 0x2c1b3c6dn) >> 27n)) & 31n));
      });
    }

    function hashOf(key: Key): readonly [number, number] {
      const hasher = keyHasher();
      hasher.hash(key);
      return [hasher.high, hasher.low];
    }

    test('is what another program reads with GETBIT, and writes with SETBIT', async () => {
      const filter = filterOf(scene.redis);
      await filter.addAll(keysOf(0, 50));
      const header = /^bloom1 bits=(\d+) hashes=(\d+) hash=([\w-]+) check=(\w{16}) made=\w{16}$/;
      const [, m, k, hash, check] = header.exec((await scene.redis.get(head)) ?? '') ?? [];
      expect({ m, k, hash }).toEqual({ m: '9600', k: '7', hash: 'murmur3-x86-128' });
      const [high, low] = hashOf('bloom1').map((half) =>
        (half >>> 0).toString(16).padStart(8, '0'),
      );
      expect(check).toBe(`${high}${low}`);
      for (const key of keysOf(0, 50)) {
        for (const position of positionsByTheBook(...hashOf(key), [9_600, 7])) {
          await expect(scene.redis.getbit(bits, position)).resolves.toBe(1);
        }
      }
      const bytes = await scene.redis.getBuffer(bits);
      expect(bytes).toHaveLength(1_200);
      const all = new Set(
        keysOf(0, 50).flatMap((key) => positionsByTheBook(...hashOf(key), [9_600, 7])),
      );
      await expect(scene.redis.bitcount(bits)).resolves.toBe(all.size);
      for (const position of positionsByTheBook(...hashOf('theirs'), [9_600, 7])) {
        await scene.redis.setbit(bits, position, 1);
      }
      await expect(filter.has('theirs')).resolves.toBe(true);
      const copy = await filter.snapshot();
      expect(copy.has('theirs')).toBe(true);
    });

    test('has room for 2^32 bits, and they are all used', async () => {
      const client = scene.redis;
      const filter = new RedisBloomFilter({ client, name: 'a', bitCount: 2 ** 32, hashCount: 8 });
      await expect(filter.addAll(keysOf(0, 2_000))).resolves.not.toContain('present');
      const found = await filter.hasAll(keysOf(0, 4_000));
      expect(found.slice(0, 2_000).every(Boolean)).toBe(true);
      expect(found.slice(2_000).some(Boolean)).toBe(false);
      for (const quarter of [0, 1, 2, 3]) {
        const [first, last] = [quarter * 2 ** 27, (quarter + 1) * 2 ** 27 - 1];
        const count = await scene.redis.bitcount(bits, first, last);
        expect(Math.abs(count - 4_000)).toBeLessThan(300);
      }
    });
  });

  describe('keys of strangers', () => {
    const strange = [
      '',
      '{}',
      '{a}:bits',
      '}{',
      '__proto__',
      'constructor',
      '\0',
      'line\nline\r\n$3',
      'x'.repeat(10_240),
      'é',
      '漢字',
      '😀',
      Uint8Array.of(0xff, 0xfe, 0),
      0,
      4_294_967_295,
      18_446_744_073_709_551_615n,
    ];

    test('are keys like any others', async () => {
      const filter = filterOf(scene.redis);
      await expect(filter.hasAll(strange)).resolves.toEqual(strange.map(() => false));
      await expect(filter.addAll(strange)).resolves.toEqual(strange.map(() => 'added'));
      await expect(filter.hasAll(strange)).resolves.toEqual(strange.map(() => true));
      expect((await scene.redis.keys('*')).sort()).toEqual([bits, head]);
    });

    test('that are half a surrogate pair are the key of the replacement character', async () => {
      const filter = filterOf(scene.redis);
      await filter.add('\ud800');
      await expect(filter.hasAll(['\udfff', '\ufffd'])).resolves.toEqual([true, true]);
    });

    test('may be the name of a filter, and each is one of its own', async () => {
      const names = [
        'a',
        '{a}',
        '}a{',
        '%7ba%7d',
        '__proto__',
        '漢字',
        'a b',
        '\0',
        "'",
        'x'.repeat(512),
      ];
      const filters = names.map((name) => filterOf(scene.redis, { name }));
      for (const [place, filter] of filters.entries()) await filter.add(`of ${place}`);
      for (const [place, filter] of filters.entries()) {
        const found = await filter.hasAll(names.map((_, other) => `of ${other}`));
        expect(found).toEqual(names.map((_, other) => other === place));
      }
    });
  });

  describe('half a filter', () => {
    test.each<readonly [string, () => Promise<unknown>]>([
      ['without bits', () => scene.redis.del(bits)],
      ['without a header', () => scene.redis.del(head)],
      ['cut off', () => scene.redis.set(bits, Buffer.alloc(1_199))],
      ['with bits too many', () => scene.redis.setbit(bits, 9_600, 1)],
    ])('%s is an error until it is cleared', async (_what, damage) => {
      const filter = filterOf(scene.redis);
      await filter.add('x');
      await damage();
      const before = await scene.redis.getBuffer(bits);
      for (const call of [
        () => filter.add('y'),
        () => filter.has('x'),
        () => filter.stats(),
        () => filter.snapshot(),
        () => filter.load(new BloomFilter(shape)),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'BLOOM_FILTER_DAMAGED' });
      }
      await expect(scene.redis.getBuffer(bits)).resolves.toEqual(before);
      await filter.clear();
      await expect(filter.addAll(['x'])).resolves.toEqual(['added']);
    });

    test('is damaged also for a load that was under way', async () => {
      const table = new BloomFilter({ bitCount: 8 * 2 * 65_536, hashCount: 7 });
      table.words.fill(1);
      const client = watched(scene.redis, async (number, call) => {
        if (number === 2) await scene.redis.del(bits);
        return call();
      });
      const filter = new RedisBloomFilter({
        client,
        name: 'a',
        bitCount: 8 * 131_072,
        hashCount: 7,
      });
      await expect(filter.load(table)).rejects.toMatchObject({ code: 'BLOOM_FILTER_DAMAGED' });
      await expect(scene.redis.exists(bits)).resolves.toBe(0);
    });
  });

  describe('a filter that is not there', () => {
    test('is empty, and asking does not make it', async () => {
      const filter = filterOf(scene.redis);
      await expect(filter.hasAll(['x'])).resolves.toEqual([false]);
      const copy = await filter.snapshot();
      expect(copy.stats().itemCount).toBe(0);
      await expect(filter.stats()).resolves.toEqual({
        exists: false,
        sizeBits: 9_600,
        fillRatio: 0,
        itemCount: 0,
        falsePositiveRate: 0,
      });
      await expect(scene.redis.keys('*')).resolves.toEqual([]);
    });

    test('is an error where it has to be there, and only a load makes it', async () => {
      const filter = filterOf(scene.redis, { whenMissing: 'refuse' });
      const gone = { code: 'BLOOM_FILTER_GONE' };
      await expect(filter.add('x')).rejects.toMatchObject(gone);
      await expect(filter.has('x')).rejects.toMatchObject(gone);
      await expect(filter.snapshot()).rejects.toMatchObject(gone);
      await expect(filter.stats()).resolves.toMatchObject({ exists: false });
      await expect(scene.redis.keys('*')).resolves.toEqual([]);
      await filter.load(new BloomFilter(shape));
      await expect(filter.add('x')).resolves.toBe('added');
      await expect(filter.has('x')).resolves.toBe(true);
    });

    test('is another one when it is made anew', async () => {
      const filter = filterOf(scene.redis);
      await filter.add('x');
      const first = await scene.redis.get(head);
      await filter.add('y');
      await expect(scene.redis.get(head)).resolves.toBe(first);
      await filter.clear();
      await expect(scene.redis.keys('*')).resolves.toEqual([]);
      await expect(filter.has('x')).resolves.toBe(false);
      await filter.add('x');
      await expect(scene.redis.get(head)).resolves.not.toBe(first);
    });

    test.each(['cleared', 'made anew'])('ends a load or snapshot: %s meanwhile', async (what) => {
      const large = { bitCount: 8 * 3 * 65_536, hashCount: 7 };
      const quiet = new RedisBloomFilter({ client: scene.redis, name: 'a', ...large });
      const client = watched(scene.redis, async (number, call) => {
        if (number === 2) {
          await quiet.clear();
          if (what === 'made anew') await quiet.add('new');
        }
        return call();
      });
      const table = new BloomFilter(large);
      table.words.fill(-1);
      const loading = new RedisBloomFilter({ client, name: 'a', ...large }).load(table);
      await expect(loading).rejects.toMatchObject({ code: 'BLOOM_FILTER_GONE' });
      const { itemCount } = await quiet.stats();
      expect(itemCount).toBe(what === 'cleared' ? 0 : 1);
      await quiet.add('x');
      const second = watched(scene.redis, async (number, call) => {
        if (number === 2) {
          await quiet.clear();
          if (what === 'made anew') await quiet.add('new');
        }
        return call();
      });
      const reading = new RedisBloomFilter({ client: second, name: 'a', ...large }).snapshot();
      await expect(reading).rejects.toMatchObject({ code: 'BLOOM_FILTER_GONE' });
    });
  });

  describe('expiry', () => {
    const ends = async () => [
      await scene.redis.pexpiretime(head),
      await scene.redis.pexpiretime(bits),
    ];
    const hourMs = 3_600_000;

    test('never comes without being asked for', async () => {
      const filter = filterOf(scene.redis);
      await filter.add('x');
      await expect(ends()).resolves.toEqual([-1, -1]);
      expect(await filter.stats()).not.toHaveProperty('expiresInMs');
    });

    test.each(['creation', 'last-add'] as const)(
      'comes for both values at once: %s',
      async (since) => {
        const filter = filterOf(scene.redis, { expiry: { afterMs: hourMs, since } });
        await filter.add('x');
        const [ofHead = 0, ofBits] = await ends();
        expect(ofHead).toBe(ofBits);
        expect(ofHead).toBeGreaterThan(Date.now());
        expect(ofHead).toBeLessThanOrEqual(Date.now() + hourMs);
        const { expiresInMs = 0 } = await filter.stats();
        expect(expiresInMs).toBeGreaterThan(0);
        expect(expiresInMs).toBeLessThanOrEqual(hourMs);
      },
    );

    test('counts from the creation, whatever comes later', async () => {
      const filter = filterOf(scene.redis, { expiry: { afterMs: hourMs, since: 'creation' } });
      await filter.add('x');
      const soon = Date.now() + 60_000;
      for (const key of [head, bits]) await scene.redis.pexpireat(key, soon);
      await filter.add('y');
      await filter.load(new BloomFilter(shape));
      await expect(ends()).resolves.toEqual([soon, soon]);
    });

    test('counts from the last addition or load, not from a question', async () => {
      const filter = filterOf(scene.redis, { expiry: { afterMs: hourMs, since: 'last-add' } });
      await filter.add('x');
      for (const renew of [() => filter.add('x'), () => filter.load(new BloomFilter(shape))]) {
        const soon = Date.now() + 60_000;
        for (const key of [head, bits]) await scene.redis.pexpireat(key, soon);
        await filter.has('x');
        await expect(ends()).resolves.toEqual([soon, soon]);
        await renew();
        const [ofHead = 0, ofBits] = await ends();
        expect(ofHead).toBe(ofBits);
        expect(ofHead).toBeGreaterThan(soon);
      }
    });

    test('leaves nothing, and the next addition makes a new filter that expires', async () => {
      const filter = filterOf(scene.redis, { expiry: { afterMs: hourMs, since: 'creation' } });
      await filter.add('x');
      for (const key of [head, bits]) await scene.redis.pexpireat(key, 1);
      await expect(filter.has('x')).resolves.toBe(false);
      await expect(filter.add('x')).resolves.toBe('added');
      const [ofHead = 0] = await ends();
      expect(ofHead).toBeGreaterThan(Date.now());
    });

    test('of 139 years is told to the millisecond', async () => {
      const filter = filterOf(scene.redis, { expiry: { afterMs: 2 ** 42, since: 'creation' } });
      const before = Date.now();
      await filter.add('x');
      const [ofHead = 0, ofBits] = await ends();
      expect(ofHead).toBe(ofBits);
      expect(ofHead).toBeGreaterThanOrEqual(before + 2 ** 42);
      expect(ofHead).toBeLessThanOrEqual(Date.now() + 2 ** 42);
    });
  });

  describe('what fails', () => {
    test('without an answer may be asked again: what was new is present then', async () => {
      const quiet = filterOf(scene.redis);
      // Both scripts are known, so that each call is one.
      await quiet.has('x');
      await quiet.add('known');
      const client = watched(scene.redis, async (number, call) => {
        await call();
        if (number === 0) throw new Error('Connection is closed.');
        return call();
      });
      const filter = filterOf(client);
      const unknown = { code: 'BLOOM_FILTER_CALL_FAILED', definite: false };
      await expect(filter.add('x')).rejects.toMatchObject(unknown);
      await expect(quiet.has('x')).resolves.toBe(true);
      await expect(filter.add('x')).resolves.toBe('present');
      const { itemCount } = await quiet.stats();
      expect(itemCount).toBe(2);
    });

    test('for want of memory has made nothing', async () => {
      const client = scene.redis;
      const filter = new RedisBloomFilter({ client, name: 'a', bitCount: 2 ** 28, hashCount: 7 });
      await client.config('SET', 'maxmemory', '1');
      const refused = { code: 'BLOOM_FILTER_CALL_FAILED', definite: true };
      await expect(filter.add('x')).rejects.toMatchObject(refused);
      await client.config('SET', 'maxmemory', '0');
      await expect(client.keys('*')).resolves.toEqual([]);
    });

    test('for want of room in a string has made nothing', async () => {
      const client = scene.redis;
      const filter = new RedisBloomFilter({ client, name: 'a', bitCount: 2 ** 28, hashCount: 7 });
      await client.config('SET', 'proto-max-bulk-len', '1mb');
      await expect(filter.add('x')).rejects.toMatchObject({ code: 'BLOOM_FILTER_CALL_FAILED' });
      await client.config('SET', 'proto-max-bulk-len', '512mb');
      await expect(client.keys('*')).resolves.toEqual([]);
    });
  });
});
