/**
 * Limits for requests of HTTP: one core without a framework, and a handler of the web. The adapters
 * for Hono, Fastify and Express have entry points of their own.
 *
 * @packageDocumentation
 */
export type { Admitted, Decision, Limited } from '../decision.ts';
export type { RatePolicy } from '../policy.ts';
export type { Check, RateLimitStore, Verdict } from '../store.ts';
export {
  addressKey,
  type AddressPrefixes,
  ClientAddressError,
  clientAddressKey,
  type ClientAddressOptions,
  type ProxyTrust,
} from './client-address.ts';
export {
  type FetchHandler,
  type FetchRateLimitOptions,
  limitFetch,
  refusedResponse,
} from './fetch-handler.ts';
export type { ForwardingHeader } from './forwarded.ts';
export {
  type AdmittedRequest,
  type HttpDecision,
  type HttpLimit,
  type HttpRateLimit,
  httpRateLimit,
  type HttpRateLimitOptions,
  type RefusedRequest,
  type ResponseOutcome,
} from './http-rate-limit.ts';
export { type HttpRequest, httpRequestOf } from './http-request.ts';
export { type DecidingLimiter, limiterLimit } from './limiter-limit.ts';
export { problemType, type RateLimitProblem } from './problem.ts';
export type { HeaderField } from './rate-limit-fields.ts';
export { type DecidingSharedLimiter, sharedLimit, storeLimit } from './store-limit.ts';
