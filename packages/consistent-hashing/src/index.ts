export {
  ConsistentHashingError,
  type ConsistentHashingErrorCode,
  NoNodesError,
  TooFewZonesError,
} from './errors.ts';
export type { Key } from './key.ts';
export { InvariantViolation } from './invariant.ts';
export type { NodeSpec, PlacementChange, PlacementNode } from './node-set.ts';
export type {
  KeyBits,
  Placement,
  PlacementLayout,
  PlacementOptions,
  PlacementTraits,
  ReplicaOptions,
} from './placement.ts';
export { pickReplicas, rankedByRehash } from './replicas.ts';
