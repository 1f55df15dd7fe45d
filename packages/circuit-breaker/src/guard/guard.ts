/**
 * Circuit breakers between this node and its peers.
 *
 * A peer that is gone costs each request to it the whole timeout, and whoever asks holds memory and
 * a place meanwhile. The guard remembers: a few requests find out, the others are refused at once,
 * and once the wait is over a few trial calls find out whether the peer is back. It watches
 * outcomes, not connections, so it sees what those do not: a link that carries one way only, a
 * process that accepts and does not answer, one method that hangs while the others work.
 *
 * Hence a breaker for each peer and method. A refusal is definite: the request has not left.
 */
import type {
  NodeId,
  RequestHandler,
  Requester,
  RequestOptions,
  Unsubscribe,
} from '@quorate/transport';
import { nodeId } from '@quorate/transport';

import { checkChoice, checkRecord, show } from '../bounds.ts';
import type { CircuitBreaker } from '../circuit-breaker.ts';
import type { CircuitBreakerOptions } from '../circuit-breaker-options.ts';
import { CircuitBreakerRegistry } from '../circuit-breaker-registry.ts';
import { checkFunction, checkMethods } from '../function-checks.ts';
import { RootContext } from '../policies/call-context.ts';
import { classifyRequest } from './classify-request.ts';

/** What a guard may be told. Everything has a default. */
export interface GuardOptions {
  /**
   * What has a breaker of its own. 'peerAndMethod' if left out. 'peer' finds out sooner that a peer
   * is gone, and lets one method that fails shut out the others.
   */
  readonly breakerPer?: 'peerAndMethod' | 'peer';
  /** Breakers that it keeps: 1..1,000,000. 1,024 if left out. */
  readonly capacity?: number;
  /** The share of them that may be open at the same time: above 0 and at most 1. 1 if left out. */
  readonly maxOpenShare?: number;
  /** Gets what listeners of its `breakers.observeBreakers` throw. */
  readonly onError?: (error: unknown) => void;
  /**
   * What the breaker of a peer and method is told; `method` is '' if the peer has one for all. Its
   * `classify` is `classifyRequest` unless this gives it another.
   */
  readonly optionsFor?: (to: NodeId, method: string) => CircuitBreakerOptions;
}

/**
 * A requester that asks nobody who does not answer.
 *
 * Its requests reject with what the requester inside rejects with, or with a `CircuitOpenError`,
 * whose `definite` is true and whose `retryAfterMs` says when to come back.
 */
export interface GuardedRequester extends Requester, Disposable {
  /** Its breakers, to watch them or to set them by hand. */
  readonly breakers: CircuitBreakerRegistry;

  /**
   * The breaker that requests for `method` of `to` pass.
   *
   * @throws RangeError if `to` or `method` is not a name: a string of 1..64 bytes.
   */
  breakerOf(to: NodeId, method: string): CircuitBreaker;

  /** Refuses every request from now on. The requester inside stays its owner's to close. */
  [Symbol.dispose](): void;
}

/** Names longer than this are no peers and no methods. */
const NAME_LENGTH_MAX = 64;

/**
 * `requester` with circuit breakers in front of its requests. What it serves passes through.
 *
 * @throws RangeError if an option is out of its range.
 *
 * @example
 * ```ts
 * import { guard } from '@quorate/circuit-breaker/guard';
 * import { type NodeId, RequestDeadlineError, type Requester } from '@quorate/transport';
 *
 * async function stockOf(requester: Requester, to: NodeId): Promise<Uint8Array> {
 *   const guarded = guard(requester, { optionsFor: () => ({ openForMs: 2_000 }) });
 *   return await guarded.request(to, 'stock', new Uint8Array(), { timeoutMs: 500 });
 * }
 * ```
 */
export function guard(requester: Requester, options: GuardOptions = {}): GuardedRequester {
  return new RequesterGuard(requester, options);
}

class RequesterGuard implements GuardedRequester {
  readonly breakers: CircuitBreakerRegistry;
  readonly #requester: Requester;
  readonly #isPerMethod: boolean;

  constructor(requester: Requester, options: GuardOptions) {
    checkMethods('requester', requester, 'request', 'serve');
    checkRecord('options', options);
    const { breakerPer = 'peerAndMethod', optionsFor = () => ({}), ...limits } = options;
    checkChoice('breakerPer', breakerPer, ['peerAndMethod', 'peer']);
    checkFunction('optionsFor', optionsFor);
    this.#requester = requester;
    this.#isPerMethod = breakerPer === 'peerAndMethod';
    this.breakers = new CircuitBreakerRegistry({
      ...limits,
      optionsFor: (key) => {
        const { to, method } = namesIn(key);
        const name = method === '' ? to : `${to} ${method}`;
        return { name, classify: classifyRequest, ...optionsFor(to, method) };
      },
    });
  }

  async request(
    to: NodeId,
    method: string,
    payload: Uint8Array,
    options: RequestOptions,
  ): Promise<Uint8Array> {
    const ask = (): Promise<Uint8Array> => this.#requester.request(to, method, payload, options);
    // The requester knows best what is wrong with them; they are not worth a breaker.
    if (!isName(to) || !isName(method)) return await ask();
    // Without the signal: the requester itself sees to callers who give up, and its errors are the
    // ones that callers of requesters know.
    return await this.breakerOf(to, method).execute(ask, new RootContext(undefined));
  }

  serve(method: string, handler: RequestHandler): Unsubscribe {
    return this.#requester.serve(method, handler);
  }

  breakerOf(to: NodeId, method: string): CircuitBreaker {
    checkName('to', to);
    checkName('method', method);
    return this.breakers.get(keyOf(to, this.#isPerMethod ? method : ''));
  }

  [Symbol.dispose](): void {
    this.breakers[Symbol.dispose]();
  }
}

/** No two pairs have the same key: the length says where the id ends, whatever is in it. */
function keyOf(to: NodeId, method: string): string {
  return `${to.length} ${to} ${method}`;
}

function namesIn(key: string): { readonly to: NodeId; readonly method: string } {
  const start = key.indexOf(' ') + 1;
  const end = start + Number(key.slice(0, start));
  return { to: nodeId(key.slice(start, end)), method: key.slice(end + 1) };
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= NAME_LENGTH_MAX;
}

/** @throws RangeError unless `value` may be the name of a peer or method. */
function checkName(name: string, value: unknown): void {
  if (isName(value)) return;
  const expected = `a string of 1..${NAME_LENGTH_MAX} bytes`;
  throw new RangeError(`${name}: expected ${expected}, got ${show(value)}`);
}
