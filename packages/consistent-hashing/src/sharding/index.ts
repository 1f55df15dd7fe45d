/**
 * Requests that go to the owners of their keys.
 *
 * @packageDocumentation
 */
export { NoOwnerAnsweredError, type Refusal } from './errors.ts';
export { type LoadBound, OwnerLoads, type WeighedOwner } from './owner-loads.ts';
export {
  type ShardedAnswer,
  type ShardedAsk,
  type ShardedContext,
  type ShardedHandler,
  type ShardedOutcome,
  ShardedRequester,
  type ShardedRequesterOptions,
  type ShardedRequestOptions,
} from './sharded-requester.ts';
