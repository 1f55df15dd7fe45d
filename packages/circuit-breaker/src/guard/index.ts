/**
 * A circuit breaker for each peer and method, around a `Requester`.
 *
 * @packageDocumentation
 */
export { classifyRequest } from './classify-request.ts';
export { guard, type GuardedRequester, type GuardOptions } from './guard.ts';
