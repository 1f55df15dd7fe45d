export { HybridBoundDamagedError, HybridClockClosedError } from '../errors.ts';
export { commitWait, type CommitWaitOptions, type CommitWaitOutcome } from './commit-wait.ts';
export { DurableHybridClock, type DurableHybridClockOptions } from './durable-hybrid-clock.ts';
