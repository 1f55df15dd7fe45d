export type { ReplicaId } from './replica-id.ts';
export {
  BeforeHistoryError,
  CorruptBytesError,
  CrdtsError,
  type CrdtsErrorCode,
  ForkedReplicaError,
  PendingFullError,
  RefusedUpdateError,
} from './errors.ts';
export { difference, type Lattice } from './lattice.ts';
export type { ApplyOutcome, Replica } from './replica.ts';
export {
  type ChangeOrigin,
  type CompactableLattice,
  ReplicatedValue,
  type ReplicatedValueOptions,
} from './delivery/replicated-value.ts';
export { type FinalCount, type GCounter, gCounter, type Pruning } from './plain/g-counter.ts';
export { type Combine, emptyMap, SortedMap } from './plain/sorted-map.ts';
export {
  type BoundedCounter,
  boundedCounter,
  type EscrowOutcome,
  type EscrowRow,
} from './plain/bounded-counter.ts';
export { type GSet, gSet } from './plain/g-set.ts';
export { type PnCounter, pnCounter, type PnPruning } from './plain/pn-counter.ts';
export { type Phase, type TwoPhaseSet, twoPhaseSet } from './plain/two-phase-set.ts';
export { type AwMap, awMap, type AwMapType } from './causal/aw-map.ts';
export { type AwSet, awSet } from './causal/aw-set.ts';
export { type Causal, type CausalType, type DotStore, forgetReplicas } from './causal/causal.ts';
export type { CausalContext, CounterRanges, Dot, DotRange } from './causal/causal-context.ts';
export { type CausalCounter, causalCounter, type Tally } from './causal/causal-counter.ts';
export { contextOf, hasDot, includes, joinContexts } from './causal/causal-context.ts';
export type { DotFun, dotFun, DotSet, DottedValue } from './causal/dot-fun.ts';
export type { DotMap, DotMapStore } from './causal/dot-map.ts';
export { type DwFlag, dwFlag } from './causal/dw-flag.ts';
export { type EwFlag, ewFlag } from './causal/ew-flag.ts';
export { type MvRegister, mvRegister } from './causal/mv-register.ts';
export type { Key, OrderedEntry, OrderedMap } from './ordered-map.ts';
export { type RwSet, rwSet } from './causal/rw-set.ts';
export {
  aheadMs,
  compareStamps,
  laterStamp,
  nextStamp,
  NO_STAMP,
  type Stamp,
  TIME_MS_MAX,
} from './plain/hybrid-time.ts';
export { type LwwEntry, type LwwMap, lwwMap } from './plain/lww-map.ts';
export { type LwwRegister, lwwRegister } from './plain/lww-register.ts';
export { type LwwSet, lwwSet } from './plain/lww-set.ts';
export { type ElementId } from './sequence/element-id.ts';
export type { TreePlace } from './sequence/fugue-tree.ts';
export type { LazyOrder, ListNodes, ListOrder } from './sequence/list-order.ts';
export { type ListNode, type OrderedList, orderedList } from './sequence/ordered-list.ts';
export {
  type MovableElement,
  type MovableList,
  movableList,
  type PlaceNode,
  type Placing,
  type Writing,
} from './sequence/movable-list.ts';
export {
  type CreatedNode,
  type MovableTree,
  movableTree,
  type MoveOutcome,
  type NodeId,
  type NodePlace,
  type TreeMove,
} from './sequence/movable-tree.ts';
export { CausalStability, type Version } from './delivery/causal-stability.ts';
export {
  DeltaBuffer,
  type DeltaBufferOptions,
  type DeltaInterval,
  DeltaReceipts,
  type IntervalVerdict,
} from './delivery/delta-buffer.ts';
