/**
 * Keeps replicas on many nodes equal, over any transport.
 *
 * @packageDocumentation
 */
export { ClosedError } from '../closed-error.ts';
export { Awareness, type AwarenessChange, type AwarenessStats } from './awareness.ts';
export type { AwarenessLimits, AwarenessOptions } from './awareness-options.ts';
export { jsonPresence } from './presence-codec.ts';
export { type CoverageOptions, Replicator } from './replicator.ts';
export type {
  Access,
  ReplicationProblem,
  ReplicatorLimits,
  ReplicatorOptions,
} from './replicator-options.ts';
export type { ReplicatorCounters, ReplicatorStats } from './replicator-statistics.ts';
export type { AttachOptions, WholeDocument } from './shared-document.ts';
