/**
 * Rate limits that processes share through Redis or Valkey.
 *
 * @packageDocumentation
 */
export { LeasedStore, type LeasedStoreOptions } from './leased-store.ts';
export type {
  CorkableStream,
  IoredisClient,
  NodeRedisClient,
  NodeRedisScriptOptions,
  RedisClient,
} from './redis-client.ts';
export {
  type Lease,
  type LeaseDecision,
  RedisLeases,
  type RedisLeasesOptions,
} from './redis-leases.ts';
export { RedisStore, type RedisStoreOptions } from './redis-store.ts';
export { RedisStoreError } from './redis-store-error.ts';
