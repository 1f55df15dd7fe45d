/**
 * `fetch` with a circuit breaker for each origin.
 *
 * @packageDocumentation
 */
import type { CircuitBreakerRegistry } from '../circuit-breaker-registry.ts';
import type { CallResult } from '../classify.ts';
import { checkFunction } from '../function-checks.ts';
import { RootContext } from '../policies/call-context.ts';
import {
  httpOriginOf,
  type HttpBreakersOptions,
  type HttpEnd,
  originBreakers,
} from './origin-breakers.ts';

export type { HttpBreakersOptions } from './origin-breakers.ts';

/** `fetch`, or what has its form. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** `fetch` that asks no server that does not answer. */
export interface GuardedFetch extends Disposable {
  /**
   * As `fetch`. Rejects with a `CircuitOpenError` as well, before anything has left. Answers are
   * handed on as they are, those that count as failures too.
   */
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;

  /** The breakers by origin, to watch them or to set them by hand. */
  readonly breakers: CircuitBreakerRegistry;
}

/** What an error of the caller's own making is wrapped in while the breaker looks at it. */
class CallersError {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

/**
 * `fetch` with a circuit breaker for each origin.
 *
 * @param perform - What fetches: the platform's `fetch`, or what has its form.
 * @throws RangeError if an option is out of its range.
 *
 * @remarks
 * An answer counts once its head is there; bodies are not touched, and how they end counts nowhere.
 * A redirect counts for the origin that was asked. What is not HTTP (`data:`, `blob:`) passes.
 *
 * @example
 * ```ts
 * import { guardFetch } from '@quorate/circuit-breaker/fetch';
 *
 * const guarded = guardFetch(async () => new Response('hello'));
 * const response = await guarded('https://example.com/greeting');
 * await response.text(); // => 'hello'
 * ```
 */
export function guardFetch(perform: Fetch, options: HttpBreakersOptions = {}): GuardedFetch {
  checkFunction('perform', perform);
  const breakers = originBreakers(options, endOf);
  const guarded = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const origin = originOf(input);
    if (origin === undefined) return await perform(input, init);
    const context = new RootContext(signalOf(input, init));
    try {
      return await breakers.get(origin).execute(() => fetched(perform, input, init), context);
    } catch (error) {
      throw error instanceof CallersError ? error.error : error;
    }
  };
  return Object.assign(guarded, {
    breakers,
    [Symbol.dispose]: () => breakers[Symbol.dispose](),
  });
}

async function fetched(
  perform: Fetch,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  try {
    return await perform(input, init);
  } catch (error) {
    throw isCallersMistake(error, input, init) ? new CallersError(error) : error;
  }
}

function endOf(result: CallResult): HttpEnd {
  if (result.kind === 'threw') {
    return { kind: result.error instanceof CallersError ? 'callers' : 'failed' };
  }
  const { value } = result;
  if (!(value instanceof Response)) return { kind: 'callers' };
  // Opaque: a page may not know how the other origin answered.
  if (value.status === 0) return { kind: 'callers' };
  return { kind: 'answer', status: value.status, retryAfter: value.headers.get('retry-after') };
}

/**
 * Whether `fetch` threw because of what it was given. It throws a `TypeError` for that and for
 * networks that fail alike; so the arguments are tried again, without the body, which may be used.
 */
function isCallersMistake(
  error: unknown,
  input: string | URL | Request,
  init: RequestInit | undefined,
): boolean {
  if (!(error instanceof TypeError) || error.cause !== undefined) return false;
  const { body, method = 'GET', headers, redirect, mode, credentials } = init ?? {};
  const mayHaveBody = !/^(?:get|head)$/i.test(method);
  if (body !== undefined && body !== null && !mayHaveBody) return true;
  if (input instanceof Request && input.bodyUsed) return true;
  const given = { method, headers, redirect, mode, credentials };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  try {
    return new Request(urlOf(input), Object.fromEntries(present)).url === '';
  } catch {
    return true;
  }
}

function urlOf(input: string | URL | Request): string | URL {
  return input instanceof Request ? input.url : input;
}

/** The signal that `fetch` would listen to: null takes away that of a request. */
function signalOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): AbortSignal | undefined {
  const signal = init?.signal;
  if (signal !== undefined) return signal ?? undefined;
  return input instanceof Request ? input.signal : undefined;
}

function originOf(input: string | URL | Request): string | undefined {
  const page: unknown = Reflect.get(globalThis, 'location');
  const isPage = typeof page === 'object' && page !== null && 'href' in page;
  return httpOriginOf(urlOf(input), isPage ? String(page.href) : undefined);
}
