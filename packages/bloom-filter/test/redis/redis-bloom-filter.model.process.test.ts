/*
 * Goal: a filter in Redis answers every question as the `BloomFilter` of the same shape does,
 * members, strangers and false positives alike.
 *
 * Method: the same random walk through both, in tables so small that most questions about
 * strangers find bits of others. Batches of every length, equal keys in one batch, loads of other
 * tables, snapshots that go on as the model, and clears.
 */
import { keyHasher } from '@quorate/hash';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BloomFilter } from '../../src/bloom.ts';
import { RedisBloomFilter } from '../../src/redis/redis-bloom-filter.ts';
import { redisScene } from '../support/redis-scene.ts';
import { redisIsMissing } from '../support/redis-server.ts';

const key = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 40 }) },
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom('{}', '__proto__', '\ud800', '\udfff', '\ufffd', ''),
  fc.uint8Array({ maxLength: 12 }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const keys = fc.array(key, { maxLength: 60 });

const step = fc.oneof(
  fc.record({ act: fc.constant('add' as const), keys }),
  fc.record({ act: fc.constant('has' as const), keys }),
  fc.record({ act: fc.constant('load' as const), keys }),
  fc.record({ act: fc.constantFrom('snapshot' as const, 'clear' as const, 'stats' as const) }),
);

const shapes = fc.constantFrom(
  { bitCount: 32, hashCount: 3 },
  { bitCount: 96, hashCount: 1 },
  { bitCount: 416, hashCount: 255 },
  // 273 and 15 keys a script, two chunks.
  { bitCount: 8 * 65_540, hashCount: 15 },
);

describe.skipIf(redisIsMissing)('over a real Redis', () => {
  const scene = redisScene();

  test.each(['ioredis', 'node-redis'] as const)(
    'a walk is answered as in one process, through %s',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          shapes,
          fc.constantFrom('murmur3-x86-128', 'xxh64'),
          fc.array(step, { maxLength: 12 }),
          async (shape, hashId, walk) => {
            await scene.redis.flushall();
            const client = scene.clients[kind];
            const empty = () => new BloomFilter({ ...shape, hasher: keyHasher(hashId) });
            const shared = new RedisBloomFilter({
              ...{ client, name: 'a', hasher: keyHasher(hashId) },
              ...shape,
            });
            let model = empty();
            for (const { act, ...rest } of walk) {
              const batch = 'keys' in rest ? rest.keys : [];
              if (act === 'add') {
                const outcomes = batch.map((each) => model.add(each));
                expect(await shared.addAll(batch)).toEqual(outcomes);
              }
              if (act === 'has') {
                expect(await shared.hasAll(batch)).toEqual(batch.map((each) => model.has(each)));
              }
              if (act === 'load') {
                const other = empty();
                for (const each of batch) other.add(each);
                model.addAll(other);
                await shared.load(other);
              }
              if (act === 'snapshot') {
                const copy = await shared.snapshot();
                expect(copy.words).toEqual(model.words);
                model = copy;
              }
              if (act === 'stats') expect(await shared.stats()).toMatchObject(model.stats());
              if (act === 'clear') {
                await shared.clear();
                model = empty();
              }
            }
            const copy = await shared.snapshot();
            expect(copy.words).toEqual(model.words);
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});
