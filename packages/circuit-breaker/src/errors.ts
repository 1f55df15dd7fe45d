import type { RefusalReason } from './refusal.ts';

/** What went wrong, as a literal that survives bundling and duplicate installs. */
export type CircuitBreakerErrorCode =
  | 'CIRCUIT_OPEN'
  | 'CIRCUIT_BREAKER_DISPOSED'
  | 'CALL_REFUSED'
  | 'CALL_TIMED_OUT'
  | 'CALL_OVERTAKEN';

/** In the registry of all realms, so that two copies of this package know each other's errors. */
const brand = Symbol.for('@quorate/circuit-breaker/error');

/**
 * The root of the errors this package throws on purpose. Match on `code`.
 *
 * @remarks
 * `instanceof` holds for errors of another copy of this package too.
 */
export abstract class CircuitBreakerError extends Error {
  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  abstract readonly code: CircuitBreakerErrorCode;

  /** Asked of the root, it holds for errors of another copy of this package too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === CircuitBreakerError
      ? isBranded(value)
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

function isBranded(value: unknown): boolean {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * Makes errors without a stack of what has `prototype`: refusals, which are thrown the most when
 * there is the least time for it. Not by `extends`: the constructor of `Error` captures a stack,
 * whatever is derived from it.
 */
export function makeRefusal(prototype: object, name: string, code: CircuitBreakerErrorCode): void {
  Object.setPrototypeOf(prototype, CircuitBreakerError.prototype);
  Object.defineProperties(prototype, {
    name: { value: name },
    code: { value: code },
    definite: { value: true },
    stack: {
      get(this: Error): string {
        return String(this);
      },
    },
  });
}

/**
 * The call was refused: it certainly did not happen.
 *
 * @remarks
 * Made to be thrown a million times a second by services that are down, so it takes no stack:
 * capturing one costs more than all that a circuit breaker does besides. It is an `Error` to
 * `instanceof`, and `stack` is its message. Where even this is too much, `tryAcquire` answers with
 * a value.
 */
export class CircuitOpenError implements CircuitBreakerError {
  static {
    makeRefusal(this.prototype, 'CircuitOpenError', 'CIRCUIT_OPEN');
  }

  declare readonly name: 'CircuitOpenError';
  declare readonly code: 'CIRCUIT_OPEN';
  /** The message, without a trace. */
  declare readonly stack: string;
  /** The call certainly did not happen: a retry does no harm. */
  declare readonly definite: true;
  /** The name of the breaker that refused. */
  readonly breakerName: string;
  /** In which state it refused. */
  readonly reason: RefusalReason;
  /** Milliseconds until it takes trial calls; `undefined` when something else than time decides. */
  readonly retryAfterMs: number | undefined;

  constructor(breakerName: string, reason: RefusalReason, retryAfterMs: number | undefined) {
    this.breakerName = breakerName;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  /** Holds for refusals of another copy of this package too. */
  static [Symbol.hasInstance](value: unknown): value is CircuitOpenError {
    if (!(value instanceof CircuitBreakerError)) return false;
    return value.code === 'CIRCUIT_OPEN';
  }

  /** Who refused, why, and what to do. */
  get message(): string {
    const who = `circuit breaker ${JSON.stringify(this.breakerName)}`;
    switch (this.reason) {
      case 'open':
        return `${who} is open; try again in ${this.retryAfterMs ?? 0} ms`;
      case 'halfOpen':
        return `${who} is half open, and its trial calls are on their way; try again later`;
      case 'forcedOpen':
        return `${who} is held open by hand; try again once it is released`;
      case 'warmUp':
        return `${who} has just closed and lets in a share of the calls; try again soon`;
    }
  }
}

/** The breaker was disposed of: its owner has shut down. The call did not happen. */
export class CircuitBreakerDisposedError extends CircuitBreakerError {
  override readonly name = 'CircuitBreakerDisposedError';
  readonly code = 'CIRCUIT_BREAKER_DISPOSED';
  readonly definite = true;
  /** The name of the breaker. */
  readonly breakerName: string;

  constructor(breakerName: string) {
    super(`circuit breaker ${JSON.stringify(breakerName)} was disposed of; stop its callers first`);
    this.breakerName = breakerName;
  }
}
