/**
 * A replicated key-value store: revisions, transactions, watches, and clients whose writes take
 * effect once.
 *
 * @packageDocumentation
 */
export { KeyValueNode, type KeyValueNodeOptions } from './node/key-value-node.ts';
export {
  connectKeyValueClient,
  type ConnectOptions,
  type Expected,
  KeyValueClient,
  type KeyValueClientOptions,
  type ListOptions,
} from './node/key-value-client.ts';
export { QueryServer } from './node/query-server.ts';
export { type QueryOutcome, type QueryPort, requesterQueryPort } from './node/query-client.ts';
export type { WatchBatch, WatchOptions } from './node/watch.ts';
export { defaultStoreLimits, KeyValueMachine, type StoreLimits } from './key-value-machine.ts';
export type { ChangeLogLimits, Changes } from './change-log.ts';
export type { KeyValueOutcome, KeyValueRejection, TransactionFacts } from './key-value-outcome.ts';
export { keyValueLimits } from './limits.ts';
export type {
  KeyValueChange,
  KeyValueCompare,
  KeyValueEntry,
  KeyValueOperation,
  KeyValueOperationResult,
  KeyValueQuery,
  KeyValueRefusal,
  KeyValueReply,
  KeyValueTransaction,
  QueryAttempt,
} from './messages.ts';
