import type { CallDoubt, CallOutcome, CallRejection } from '../sessions/call-outcome.ts';
import { parseKeyValueResult } from './codec.ts';
import type { KeyValueOperationResult, KeyValueRefusal, KeyValueResult } from './messages.ts';

/** Why a write certainly did not and will not take effect. */
export type KeyValueRejection = CallRejection | KeyValueRefusal;

/** What became of a write. 'committed' and 'rejected' are facts; 'unknown' is neither. */
export type KeyValueOutcome<Facts> =
  | ({ readonly kind: 'committed'; readonly revision: number } & Facts)
  | { readonly kind: 'rejected'; readonly reason: KeyValueRejection; readonly definite: true }
  | { readonly kind: 'unknown'; readonly reason: CallDoubt; readonly definite: false };

/** What a transaction that was committed has done. */
export interface TransactionFacts {
  /** Whether all comparisons held, and `then` was done. */
  readonly succeeded: boolean;
  /** Of the operations that were done, in their order. */
  readonly results: readonly KeyValueOperationResult[];
}

/** What became of a transaction, as its facts. */
export function transactionOutcome(outcome: CallOutcome): KeyValueOutcome<TransactionFacts> {
  const result = resultOf(outcome);
  if (result.kind === 'compacted') return rejected('malformed');
  if (result.kind !== 'transacted') return result;
  const { revision, succeeded, results } = result;
  return { kind: 'committed', revision, succeeded, results };
}

/** What became of a compaction. `revision` is the oldest at which a watch can begin. */
export function compactionOutcome(outcome: CallOutcome): KeyValueOutcome<object> {
  const result = resultOf(outcome);
  if (result.kind === 'transacted') return rejected('malformed');
  if (result.kind !== 'compacted') return result;
  return { kind: 'committed', revision: result.oldestRevision };
}

type Failure = Exclude<KeyValueOutcome<object>, { readonly kind: 'committed' }>;

function rejected(reason: KeyValueRejection): Failure {
  return { kind: 'rejected', reason, definite: true };
}

function resultOf(
  outcome: CallOutcome,
): Exclude<KeyValueResult, { readonly kind: 'refused' }> | Failure {
  if (outcome.kind !== 'committed') return outcome;
  const result = parseKeyValueResult(outcome.result);
  // Another program than this store has answered.
  if (result === undefined) return rejected('malformed');
  // The command was applied, and what it did is nothing.
  if (result.kind === 'refused') return rejected(result.reason);
  return result;
}
