/**
 * A breaker for each origin, and what answers of HTTP say about a server.
 *
 * Any answer proves that the server is reached; whether it is well its status says. 500 to 599 and
 * 429 are failures: it cannot, or not now. A 404 is an answer. An answer that is a failure and says
 * when to come back opens the circuit for as long, whatever its window says: to ask again sooner
 * is of no use to anyone. Everything that ends without an answer is a failure, whatever its code,
 * but for callers who give up and arguments that are wrong: a list of codes that count would leave
 * a trial call without a verdict once an unknown code appears.
 */
import type { Clock, Random } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { checkRecord } from '../bounds.ts';
import type { CircuitBreakerOptions } from '../circuit-breaker-options.ts';
import { CircuitBreakerRegistry } from '../circuit-breaker-registry.ts';
import type { CallResult, Classification } from '../classify.ts';
import { checkClock, checkFunction, checkRandom } from '../function-checks.ts';
import { retryAfterMsIn } from './retry-after.ts';

/** What breakers in front of HTTP may be told. Everything has a default. */
export interface HttpBreakersOptions {
  /** Breakers that are kept: 1..1,000,000. 1,024 if left out. No open one is ever forgotten. */
  readonly capacity?: number;
  /** The share of them that may be open at the same time: above 0 and at most 1. 1 if left out. */
  readonly maxOpenShare?: number;
  /** What the breaker of an origin, such as `https://example.com`, is told. */
  readonly optionsFor?: (origin: string) => Omit<CircuitBreakerOptions, 'classify'>;
  /** Whether a final status is a failure. 429 and 500 to 599 if left out. */
  readonly isFailure?: (status: number) => boolean;
  /** The machine's if left out. Its wall clock measures dates. */
  readonly clock?: Clock;
  /** The machine's if left out. */
  readonly random?: Random;
}

/** How an exchange ended. */
export type HttpEnd =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: string | null | undefined;
    }
  /** Without an answer. */
  | { readonly kind: 'failed' }
  /** The caller gave up or asked for what cannot be: says nothing about the server. */
  | { readonly kind: 'callers' };

/**
 * A registry of breakers for origins.
 *
 * @param endOf - How a call ended, as HTTP.
 * @throws RangeError if an option is out of its range, TypeError if one is no function.
 */
export function originBreakers(
  options: HttpBreakersOptions,
  endOf: (result: CallResult) => HttpEnd,
): CircuitBreakerRegistry {
  checkRecord('options', options);
  const { optionsFor = () => ({}), isFailure = isFailureStatus } = options;
  const { clock = systemClock, random, ...limits } = options;
  checkFunction('optionsFor', optionsFor);
  checkFunction('isFailure', isFailure);
  checkClock(clock);
  if (random !== undefined) checkRandom(random);
  const classify = (result: CallResult): Classification => {
    const end = endOf(result);
    if (end.kind !== 'answer') return end.kind === 'failed' ? 'failure' : 'ignored';
    if (!isFailure(end.status)) return 'success';
    const openForMs = retryAfterMsIn(end.retryAfter, clock.wallTimeMs());
    return openForMs === undefined || openForMs === 0
      ? 'failure'
      : { outcome: 'failure', openForMs };
  };
  const { capacity, maxOpenShare } = limits;
  return new CircuitBreakerRegistry({
    ...(capacity === undefined ? {} : { capacity }),
    ...(maxOpenShare === undefined ? {} : { maxOpenShare }),
    optionsFor: (origin) => ({
      clock,
      ...(random === undefined ? {} : { random }),
      ...optionsFor(origin),
      classify,
    }),
  });
}

function isFailureStatus(status: number): boolean {
  return status === 429 || (status >= 500 && status <= 599);
}

/** The origin of `url` if it is one of HTTP. Everything else has no server to protect. */
export function httpOriginOf(url: string | URL, base?: string): string | undefined {
  if (typeof url !== 'string' && !(url instanceof URL)) return undefined;
  const parsed = typeof url === 'string' ? parsedUrl(url, base) : url;
  const isHttp = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  return isHttp ? parsed.origin : undefined;
}

function parsedUrl(url: string, base: string | undefined): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
