export type { HashId, KeyHasher } from './hasher.ts';
export { InvariantViolation } from './invariant.ts';
export { hashIdOf, keyHasher } from './key-hasher.ts';
export type { Key, Key64 } from './key.ts';
export type { HashSeed } from './seed.ts';
export { murmur3x86_128 } from './murmur3-x86-128.ts';
export { xxh64 } from './xxh64.ts';
export { md5 } from './md5.ts';
export { siphash13, siphash24 } from './siphash.ts';
