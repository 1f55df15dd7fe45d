/**
 * A circuit breaker for each peer and method, around a `Requester`; and openings shared among
 * processes.
 *
 * @packageDocumentation
 */
export { classifyRequest } from './classify-request.ts';
export { guard, type GuardedRequester, type GuardOptions } from './guard.ts';
export {
  type OpeningCounters,
  type SharedOpenings,
  type SharedOpeningsOptions,
  shareOpenings,
} from './shared-openings.ts';
