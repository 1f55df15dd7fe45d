export {
  ConsistentHashingError,
  type ConsistentHashingErrorCode,
  NoNodesError,
  TooFewZonesError,
} from './errors.ts';
export { restorePlacement } from './codec/restore.ts';
export type { PlacementKind } from './codec/snapshot-format.ts';
export {
  type BoundedLoad,
  boundedLoad,
  type BoundedLoadOptions,
  type Lease,
} from './bounded-load.ts';
export { anchor, type AnchorOptions } from './history/anchor.ts';
export { memento } from './history/memento.ts';
export { jumpHash } from './jump/jump-index.ts';
export { jump } from './jump/jump.ts';
export { maglev, type MaglevDialect, type MaglevOptions } from './maglev/maglev.ts';
export { rendezvous, weightedRendezvous } from './rendezvous/rendezvous.ts';
export { skeletonRendezvous } from './rendezvous/skeleton.ts';
export type { KetamaDialect } from './ketama/dialects.ts';
export { ketama, type KetamaOptions } from './ketama/ketama.ts';
export { InvariantViolation } from './invariant.ts';
export { goMultiProbe, multiProbe, type MultiProbeOptions } from './multi-probe/multi-probe.ts';
export type { NodeSpec, PlacementChange, PlacementNode } from './node-set.ts';
export type {
  HashedOptions,
  KeyBits,
  Placement,
  PlacementLayout,
  PlacementOptions,
  PlacementTraits,
  ReplicaOptions,
} from './placement.ts';
export { pickReplicas, rankedByRehash } from './replicas.ts';
export { ring, type RingOptions } from './ring/ring.ts';
export { diff, type DiffOptions } from './plan/diff.ts';
export type { Move, MovementPlan, NodeMovement, StepOptions } from './plan/movement-plan.ts';
export { redisSlot } from './slots/redis-slot.ts';
export {
  redisSlots,
  slots,
  type Slots,
  type SlotsOptions,
  type SlotTableOptions,
} from './slots/slots.ts';
export { type Balance, balance, type NodeShare } from './plan/shares.ts';
export { planText, type PlanTextOptions } from './plan/plan-text.ts';
export { placementPicture } from './picture/placement-picture.ts';
