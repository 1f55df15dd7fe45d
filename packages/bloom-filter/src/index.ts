export { bloomPositions } from './probes.ts';
export { BloomFilter, type BloomOptions, type BloomSize } from './bloom.ts';
export { decodeBloom, encodeBloom } from './codec/bloom-codec.ts';
export { CollectedKeys, type CollectedKeysOptions } from './collected-keys.ts';
export { decodeGuava, encodeGuava } from './codec/guava-codec.ts';
export { parquetFilters, type ParquetColumnFilter } from './codec/parquet-file.ts';
export { decodeParquetFilter, encodeParquetFilter } from './codec/parquet-filter.ts';
export { filterKindOf } from './codec/filter-format.ts';
export {
  decodeRedisBloomHeader,
  encodeRedisBloomHeader,
  type RedisBloomHeader,
  type RedisBloomLayer,
} from './codec/redis-bloom-header.ts';
export { decodeCounting, encodeCounting } from './codec/counting-codec.ts';
export { decodeCuckoo, encodeCuckoo } from './codec/cuckoo-codec.ts';
export { decodeFuse, encodeFuse } from './codec/fuse-codec.ts';
export { decodeRolling, encodeRolling } from './codec/rolling-codec.ts';
export { decodeScalable, encodeScalable } from './codec/scalable-codec.ts';
export { decodeSharedSplitBlock } from './codec/shared-split-block-codec.ts';
export { decodeSplitBlock, encodeSplitBlock } from './codec/split-block-codec.ts';
export type { AddOutcome, Filter, FilterKind, FilterStats, GrowingFilter } from './filter.ts';
export {
  GuavaBloomFilter,
  guavaShape,
  type GuavaFunnel,
  type GuavaOptions,
  type GuavaStrategy,
} from './guava-bloom.ts';
export { InvariantViolation } from './invariant.ts';
export {
  bloomFalsePositiveRate,
  bloomShape,
  splitBlockCount,
  splitBlockFalsePositiveRate,
  type BloomShape,
  type FilterSizing,
} from './sizing.ts';
export {
  SplitBlockBloomFilter,
  type SplitBlockOptions,
  type SplitBlockSize,
} from './split-block-bloom.ts';
export { buildFuse, type FuseOptions, type FuseOutcome } from './fuse/build-fuse.ts';
export { FuseFilter, type FingerprintBits, type FuseParts } from './fuse/fuse-filter.ts';
export type { FuseShape } from './fuse/fuse-layout.ts';
export { CuckooFilter, type CuckooBits, type CuckooOptions, type CuckooSize } from './cuckoo.ts';
export {
  CountingFilter,
  type CountingOptions,
  type CountingSize,
  type CountingStats,
} from './counting.ts';
export { ScalableFilter, type ScalableOptions, type ScalableParts } from './scalable.ts';
export { RollingFilter, type RollingOptions, type RollingParts } from './rolling.ts';
export { SharedSplitBlockFilter, type SharedSplitBlockOptions } from './shared-split-block.ts';
