/**
 * The problem, why the obvious way fails, the idea, a sketch, the source: ten to sixty lines,
 * after which a reader may stop and have learnt the algorithm.
 */
import { invariant } from './invariant.ts';

/** What the algorithm knows. A value: `step` never changes the one it was given. */
export interface BloomFilterState {
  /** Inputs taken so far. A safe integer of at least 0. */
  readonly inputCount: number;
}

/** What can happen to it. */
export interface BloomFilterInput {
  readonly kind: 'observed';
  /** When, on the clock of the caller, in milliseconds. */
  readonly nowMs: number;
}

/** The state before any input. */
export const initialBloomFilterState: BloomFilterState = { inputCount: 0 };

/**
 * The state after `input`.
 *
 * @throws RangeError if `input.nowMs` is not finite.
 *
 * @remarks
 * Deterministic; O(1) time and memory.
 *
 * @example
 * ```ts
 * const input = { kind: 'observed', nowMs: 5 } as const;
 * step(initialBloomFilterState, input); // => { inputCount: 1 }
 * step(initialBloomFilterState, { ...input, nowMs: NaN }); // throws RangeError
 * ```
 */
export function step(state: BloomFilterState, input: BloomFilterInput): BloomFilterState {
  if (!Number.isFinite(input.nowMs)) {
    throw new RangeError(`nowMs: expected a finite number, got ${input.nowMs}`);
  }
  const inputCount = state.inputCount + 1;
  invariant(Number.isSafeInteger(inputCount), 'the count of inputs is a safe integer');
  return { inputCount };
}
