/*
 * A history is what the clients saw: for each operation when it was called, when it returned, what
 * was asked and what was answered. Nothing in it comes from the servers.
 *
 * What a client does not know matters as much as what it knows. An operation ends in one of three
 * ways: 'ok', its answer is known; 'fail', it certainly did not and will not happen; 'info', nobody
 * knows, for example after a time-out. The last kind may take effect at any time after its call,
 * even long after the client gave up, or never.
 *
 * Source: M. Herlihy and J. Wing, "Linearizability: a correctness condition for concurrent
 * objects", TOPLAS 1990; the three outcomes are Jepsen's.
 */

import { HistoryError } from './errors.ts';

/** One operation of one client. Times are of one clock; only their order matters. */
export interface Operation<Input, Output> {
  /** The client that called. One client has at most one operation open at a time. */
  readonly process: string | number;
  /** What was asked. */
  readonly input: Input;
  /** When it was called. Finite. */
  readonly callTime: number;
  /** How it ended. */
  readonly outcome: Outcome<Output>;
  /** For reports; the checker does not look at it. */
  readonly note?: string;
}

/** How an operation ended, as far as its client knows. */
export type Outcome<Output> =
  | { readonly kind: 'ok'; readonly output: Output; readonly returnTime: number }
  /** It certainly did not and will not happen. */
  | { readonly kind: 'fail'; readonly returnTime: number }
  /** Nobody knows: it may have happened, may still happen, or never will. */
  | { readonly kind: 'info' };

/** All that the clients saw. Any order. */
export type History<Input, Output> = readonly Operation<Input, Output>[];

/**
 * Checks that `history` is one that clients can have recorded.
 *
 * @throws HistoryError if a time is not finite, a return comes before its call, or one process has
 *   two operations open at once (also after an unknown outcome: such a process must retire).
 *
 * @remarks O(n log n). A process may call again at the very instant at which its last operation
 * returned.
 */
export function validateHistory<Input, Output>(history: History<Input, Output>): void {
  history.forEach((operation, index) => {
    const { callTime, outcome } = operation;
    if (!Number.isFinite(callTime)) {
      throw new HistoryError(`operation ${index}: expected a finite call time, got ${callTime}`);
    }
    if (outcome.kind === 'info') return;
    if (!Number.isFinite(outcome.returnTime)) {
      throw new HistoryError(
        `operation ${index}: expected a finite return time, got ${outcome.returnTime}`,
      );
    }
    if (outcome.returnTime < callTime) {
      throw new HistoryError(
        `operation ${index}: expected a return at or after its call at ${callTime}, ` +
          `got ${outcome.returnTime}`,
      );
    }
  });
  for (const [process, operations] of byProcess(history)) validateProcess(process, operations);
}

function byProcess<Input, Output>(
  history: History<Input, Output>,
): Map<string | number, Operation<Input, Output>[]> {
  const result = new Map<string | number, Operation<Input, Output>[]>();
  for (const operation of history) {
    const own = result.get(operation.process);
    if (own === undefined) result.set(operation.process, [operation]);
    else own.push(operation);
  }
  return result;
}

function validateProcess<Input, Output>(
  process: string | number,
  operations: Operation<Input, Output>[],
): void {
  operations.sort(
    (left, right) => left.callTime - right.callTime || returnTimeOf(left) - returnTimeOf(right),
  );
  let last: Operation<Input, Output> | undefined;
  for (const operation of operations) {
    if (last !== undefined && operation.callTime < returnTimeOf(last)) {
      throw new HistoryError(
        `process ${process}: expected one open operation at a time, got a call at ` +
          `${operation.callTime} ${whyOpen(last)}`,
      );
    }
    last = operation;
  }
}

function whyOpen<Input, Output>({ callTime, outcome }: Operation<Input, Output>): string {
  return outcome.kind === 'info'
    ? `after the outcome of its call at ${callTime} became unknown: it must go on under a new name`
    : `before its call at ${callTime} returned at ${outcome.returnTime}`;
}

/** When the operation was certainly over; `Infinity` while nobody knows. */
export function returnTimeOf<Input, Output>(operation: Operation<Input, Output>): number {
  return operation.outcome.kind === 'info'
    ? Number.POSITIVE_INFINITY
    : operation.outcome.returnTime;
}
