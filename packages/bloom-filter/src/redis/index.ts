/**
 * A Bloom filter that services share through Redis or Valkey.
 *
 * @packageDocumentation
 */
export { RedisBloomFilter, type RedisFilterStats } from './redis-bloom-filter.ts';
export type {
  IoredisClient,
  NodeRedisClient,
  NodeRedisScriptOptions,
  NodeRedisScripts,
  RedisClient,
} from './redis-client.ts';
export {
  FilterCallError,
  FilterDamagedError,
  FilterGoneError,
  FilterMismatchError,
  RedisFilterError,
  type RedisFilterErrorCode,
} from './redis-filter-errors.ts';
export type { RedisBloomFilterOptions, RedisFilterExpiry } from './redis-filter-options.ts';
