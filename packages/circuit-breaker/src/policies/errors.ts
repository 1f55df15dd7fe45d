import { CircuitBreakerError, makeRefusal } from '../errors.ts';

/** Why a call was refused before it left. */
export type CallRefusal =
  | 'bulkheadFull' // All places are taken, and so are those in the queue.
  | 'queueDeadline' // It waited for a place for as long as it may.
  | 'throttled' // The service accepts too little of what is sent.
  | 'shed'; // Calls of this class are given up at this load.

/**
 * The work was not started: this process refused it.
 *
 * @remarks
 * Like `CircuitOpenError` it takes no stack: it is thrown most when there is least time for it. It
 * is an `Error` to `instanceof`.
 */
export class CallRefusedError implements CircuitBreakerError {
  static {
    makeRefusal(this.prototype, 'CallRefusedError', 'CALL_REFUSED');
  }

  declare readonly name: 'CallRefusedError';
  declare readonly code: 'CALL_REFUSED';
  /** The message, without a trace. */
  declare readonly stack: string;
  /** The call certainly did not happen: a retry does no harm. */
  declare readonly definite: true;
  /** Why. */
  readonly reason: CallRefusal;
  /** Why, in words. */
  readonly message: string;

  constructor(reason: CallRefusal, message: string) {
    this.reason = reason;
    this.message = message;
  }

  /** Holds for refusals of another copy of this package too. */
  static [Symbol.hasInstance](value: unknown): value is CallRefusedError {
    return value instanceof CircuitBreakerError && value.code === 'CALL_REFUSED';
  }
}

/** The work did not answer in time. It was told to stop; it may have run, or be running. */
export class CallTimeoutError extends CircuitBreakerError {
  override readonly name = 'CallTimeoutError';
  readonly code = 'CALL_TIMED_OUT';
  readonly definite = false;
  /** How long it was waited for, in milliseconds. */
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** Why the signal of a hedged try was aborted: another try of the same call had answered. */
export class CallOvertakenError extends CircuitBreakerError {
  override readonly name = 'CallOvertakenError';
  readonly code = 'CALL_OVERTAKEN';
  readonly definite = false;

  constructor() {
    super('another try of the same call answered first');
  }
}
