/**
 * An interceptor for undici's dispatchers, with a circuit breaker for each origin.
 *
 * @packageDocumentation
 */
import type { CircuitBreakerRegistry } from '../circuit-breaker-registry.ts';
import { type CallResult, isTimeout } from '../classify.ts';
import { RootContext } from '../policies/call-context.ts';
import {
  type HttpBreakersOptions,
  type HttpEnd,
  httpOriginOf,
  originBreakers,
} from './origin-breakers.ts';

export type { HttpBreakersOptions } from './origin-breakers.ts';

/** What is used of the options of a dispatch. */
export interface UndiciDispatchOptions {
  readonly origin?: string | URL;
  readonly path: string;
  readonly method: string;
}

/** What is used of undici's `DispatchController`. */
export interface UndiciController {
  readonly aborted: boolean;
  readonly reason: Error | null;
}

/** Headers as undici hands them on: names in lower case. */
export type UndiciHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** undici's `DispatchHandler`, as far as it is used here; the rest is handed through. */
export interface UndiciHandler {
  /** The request is about to be written. */
  onRequestStart?(controller: UndiciController, context: unknown): void;
  /** The connection is now something else than HTTP. */
  onRequestUpgrade?(
    controller: UndiciController,
    status: number,
    headers: UndiciHeaders,
    socket: unknown,
  ): void;
  /** The head of an answer; below 200 another follows. */
  onResponseStart?(
    controller: UndiciController,
    status: number,
    headers: UndiciHeaders,
    message?: string,
  ): void;
  /** A part of the body. */
  onResponseData?(controller: UndiciController, chunk: Uint8Array): void;
  /** The end of the body. */
  onResponseEnd?(controller: UndiciController, trailers: UndiciHeaders): void;
  /** There will be no answer, or no more of it. Without a controller nothing was begun. */
  onResponseError?(controller: UndiciController | null, error: Error): void;
  /** The first bytes of an answer are there. */
  onResponseStarted?(): void;
  /** A part of the request's body has left. */
  onBodySent?(chunk: Uint8Array): void;
  /** The request has left. */
  onRequestSent?(): void;
}

/** What is used of undici's `Dispatcher`. */
export interface UndiciDispatcher {
  /** Begins a request. */
  dispatch(options: UndiciDispatchOptions, handler: UndiciHandler): boolean;
}

/** An interceptor for `dispatcher.compose(…)`. */
export interface CircuitInterceptor extends Disposable {
  /** Puts breakers in front of `dispatch`. */
  (dispatch: UndiciDispatcher['dispatch']): UndiciDispatcher['dispatch'];

  /** The breakers by origin, to watch them or to set them by hand. */
  readonly breakers: CircuitBreakerRegistry;
}

/**
 * An interceptor with a circuit breaker for each origin, for `dispatcher.compose(…)`.
 *
 * @throws RangeError if an option is out of its range.
 *
 * @remarks
 * A refused request ends with a `CircuitOpenError`; nothing was dispatched. Put it inside undici's
 * retries, before `interceptors.retry()` in the arguments of `compose`, so that each try counts.
 */
export function circuitInterceptor(options: HttpBreakersOptions = {}): CircuitInterceptor {
  const breakers = originBreakers(options, endOf);
  const intercept =
    (dispatch: UndiciDispatcher['dispatch']): UndiciDispatcher['dispatch'] =>
    (given, handler) => {
      const origin = given.origin === undefined ? undefined : httpOriginOf(given.origin);
      if (origin === undefined) return dispatch(given, handler);
      return guarded(breakers, origin, handler, (watched) => dispatch(given, watched));
    };
  return Object.assign(intercept, {
    breakers,
    [Symbol.dispose]: () => breakers[Symbol.dispose](),
  });
}

function guarded(
  breakers: CircuitBreakerRegistry,
  origin: string,
  handler: UndiciHandler,
  dispatch: (handler: UndiciHandler) => boolean,
): boolean {
  // Without a dispatch there is nothing that could be full.
  const dispatched = { hasRoom: true };
  const exchange = (): Promise<HttpEnd> =>
    new Promise((resolve) => {
      dispatched.hasRoom = dispatch(new WatchedHandler(handler, resolve));
    });
  const call = breakers.get(origin).execute(exchange, new RootContext(undefined));
  call.catch((error: unknown) => {
    // Refused, or the dispatcher threw: nobody else tells the handler.
    const reason = error instanceof Error ? error : new Error(String(error), { cause: error });
    handler.onResponseError?.(null, reason);
  });
  return dispatched.hasRoom;
}

function endOf(result: CallResult): HttpEnd {
  // A dispatcher that throws was given what it cannot take.
  if (result.kind === 'threw') return { kind: 'callers' };
  return isHttpEnd(result.value) ? result.value : { kind: 'callers' };
}

function isHttpEnd(value: unknown): value is HttpEnd {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Hands everything on, and tells once how the exchange ended. */
class WatchedHandler implements UndiciHandler {
  readonly #handler: UndiciHandler;
  readonly #tell: (end: HttpEnd) => void;

  constructor(handler: UndiciHandler, tell: (end: HttpEnd) => void) {
    this.#handler = handler;
    this.#tell = tell;
  }

  onRequestStart(controller: UndiciController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(
    controller: UndiciController,
    status: number,
    headers: UndiciHeaders,
    socket: unknown,
  ): void {
    this.#tell({ kind: 'answer', status, retryAfter: undefined });
    this.#handler.onRequestUpgrade?.(controller, status, headers, socket);
  }

  onResponseStart(
    controller: UndiciController,
    status: number,
    headers: UndiciHeaders,
    message?: string,
  ): void {
    if (status >= 200) {
      const retryAfter = headers['retry-after'];
      this.#tell({ kind: 'answer', status, retryAfter: [retryAfter].flat()[0] });
    }
    this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: UndiciController, chunk: Uint8Array): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(controller: UndiciController, trailers: UndiciHeaders): void {
    this.#handler.onResponseEnd?.(controller, trailers);
  }

  onResponseError(controller: UndiciController | null, error: Error): void {
    this.#tell({ kind: isCallers(controller, error) ? 'callers' : 'failed' });
    this.#handler.onResponseError?.(controller, error);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onBodySent(chunk: Uint8Array): void {
    this.#handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.();
  }
}

/** Codes of errors that come before a server is asked, and of callers who gave up. */
const callersCodes: ReadonlySet<unknown> = new Set([
  'UND_ERR_ABORTED',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

function isCallers(controller: UndiciController | null, error: unknown): boolean {
  if (isTimeout(error)) return false;
  if (controller?.aborted === true) return !isTimeout(controller.reason);
  if (typeof error !== 'object' || error === null) return false;
  const { code, name }: { readonly code?: unknown; readonly name?: unknown } = error;
  return callersCodes.has(code) || name === 'AbortError';
}
