/**
 * What the end of a call says about the service.
 *
 * There are three answers, and the third is the one that goes missing: success, failure, and
 * nothing. "No such user" proves that the service works: a success, although it is thrown. "Refused
 * to connect" is a failure. "The caller gave up" says nothing at all; taken for a failure it opens
 * circuits of services that are well, taken for a success it closes those of services that are not.
 */
import { checkChoice, checkRecord, show } from './bounds.ts';
import type { Outcome } from './outcome.ts';

/** How a call ended. */
export type CallResult =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

/**
 * A failure that names the time to come back: the circuit opens for it, whatever its window says.
 */
export interface OpenFor {
  readonly outcome: 'failure';
  /** At least 0 ms. More than `openForMsMax` is as much as that. */
  readonly openForMs: number;
}

/** What a call says about the service. Whether it was slow is the clock's to say. */
export type Classification = 'success' | 'failure' | 'ignored' | OpenFor;

/** Says what a call says about the service; `undefined` leaves it to the default. */
export type Classify = (result: CallResult) => Classification | undefined;

/** A classifier in parts. */
export interface ClassifyParts {
  /** Errors that say nothing about the service. Asked first. */
  readonly ignore?: (error: unknown) => boolean;
  /** Errors that are failures. All if left out; those that it leaves out are successes. */
  readonly record?: (error: unknown) => boolean;
  /** Results that are failures, such as an answer with status 503. None if left out. */
  readonly recordResult?: (value: unknown) => boolean;
}

/** A classifier that asks its parts: first `ignore`, then `record`; a result, `recordResult`. */
export function classifyBy(parts: ClassifyParts): Classify {
  const { ignore, record, recordResult } = parts;
  return (result) => {
    if (result.kind === 'returned') {
      return recordResult?.(result.value) === true ? 'failure' : 'success';
    }
    if (ignore?.(result.error) === true) return 'ignored';
    return record === undefined || record(result.error) ? 'failure' : 'success';
  };
}

/** Errors by which this process refuses a call: the service has not heard of it. */
const refusalCodes: ReadonlySet<unknown> = new Set([
  'CALL_REFUSED',
  'CIRCUIT_BREAKER_DISPOSED',
  'CIRCUIT_OPEN',
]);

/**
 * What a call says that nobody else classified: it returned, it threw, or a layer inside refused it
 * before it left.
 */
function classifyByKind(result: CallResult): 'success' | 'failure' | 'ignored' {
  if (result.kind === 'returned') return 'success';
  return refusalCodes.has(fieldOf(result.error, 'code')) ? 'ignored' : 'failure';
}

/**
 * What `result` says, by `classify` or else by its kind. What `classify` throws goes to `onError`:
 * the caller has asked for a result, not for a verdict, and gets its result.
 */
export function classificationOf(
  result: CallResult,
  classify: Classify | undefined,
  onError: (error: unknown) => void,
): Classification {
  try {
    const given = classify?.(result);
    if (given !== undefined) return checked(given);
  } catch (error) {
    onError(error);
  }
  return classifyByKind(result);
}

/** @throws RangeError if a classifier written without types answered something else. */
function checked(given: Classification): Classification {
  if (typeof given === 'string') {
    checkChoice('classify()', given, ['success', 'failure', 'ignored']);
    return given;
  }
  checkRecord('classify()', given);
  const { openForMs } = given;
  if (Number.isFinite(openForMs) && openForMs >= 0) return given;
  throw new RangeError(`openForMs: expected a finite number >= 0, got ${show(openForMs)}`);
}

/**
 * Whether `signal` says that the caller gave up, so that what the call threw says nothing about the
 * service. A signal that a timeout aborted says the opposite: the service was too slow.
 */
export function isCallersAbort(signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return !isTimeout(signal.reason);
}

/** Whether a call that was aborted for `reason` took too long, rather than lost its caller. */
export function isTimeout(reason: unknown): boolean {
  return fieldOf(reason, 'name') === 'TimeoutError' || fieldOf(reason, 'code') === 'CALL_TIMED_OUT';
}

function fieldOf(value: unknown, name: 'name' | 'code'): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: { readonly name?: unknown; readonly code?: unknown } = value;
  return found[name];
}

/**
 * `classification` as an outcome, given how long the call took; NaN if nobody looked at the clock.
 */
export function outcomeOfCall(
  classification: 'success' | 'failure' | 'ignored',
  durationMs: number,
  slowerThanMs: number | undefined,
): Outcome {
  if (classification === 'ignored') return 'ignored';
  // Exactly as long is not slow, and no comparison with NaN holds.
  const isSlow = slowerThanMs !== undefined && durationMs > slowerThanMs;
  if (classification === 'success') return isSlow ? 'slowSuccess' : 'success';
  return isSlow ? 'slowFailure' : 'failure';
}
