/**
 * Publishes to a group over a transport, and delivers in causal order.
 *
 * @packageDocumentation
 */
export type {
  BroadcastLimits,
  CausalBroadcastOptions,
  TransferredState,
} from './broadcast-options.ts';
export type { BroadcastCounters, BroadcastStats } from './broadcast-statistics.ts';
export { CausalBroadcast } from './causal-broadcast.ts';
export { CausalDelivery } from './causal-delivery.ts';
export { BroadcastClosedError } from './errors.ts';
export { type Member, memberId } from './member.ts';
export type { Membership, PublishOutcome } from './publish-outcome.ts';
