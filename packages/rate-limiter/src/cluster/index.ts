/**
 * Limits that a cluster keeps by itself, over any transport: an owner for each key, leases for the
 * others, and a share for whoever is cut off.
 *
 * @packageDocumentation
 */
export type { Decision } from '../decision.ts';
export { RateLimiterClosedError } from '../errors.ts';
export type { RatePolicy } from '../policy.ts';
export type { Check, RateLimitStore, StoreCallOptions, Verdict } from '../store.ts';
export type { ClusterStoreOptions } from './cluster-options.ts';
export type { ClusterCounters } from './cluster-counters.ts';
export { ClusterStore } from './cluster-store.ts';
export { OwnerUnreachableError } from './errors.ts';
export { admittedMax, type OvershootCase } from './overshoot.ts';
export { type Placement, type RendezvousOptions, rendezvousPlacement } from './placement.ts';
