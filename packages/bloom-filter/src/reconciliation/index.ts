/**
 * Two nodes make their sets equal, for about as many bytes as they differ by.
 *
 * @packageDocumentation
 */
export type { ReconcileCounts } from './comparison.ts';
export type { ReconcilerLimits, SetReconcilerOptions } from './reconciler-options.ts';
export { type ReconcileOutcome, SetReconciler } from './set-reconciler.ts';
export type { ReconcilableSet } from './snapshot.ts';
