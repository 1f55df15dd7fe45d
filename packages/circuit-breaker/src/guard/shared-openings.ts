/**
 * Processes that tell each other which circuits are open.
 *
 * The problem. Each of a hundred processes that call the same service finds out by itself that it
 * is down, and each needs as many failures for that as its window asks for, all waited for in full.
 *
 * Why the obvious way fails. Sharing counts would make one window of a hundred. But counts of
 * others are late, may come twice or never, and one process with a bad network would outvote all
 * who are well. So nothing is shared but the conclusion, and for how long it holds: "this circuit
 * is open for 4,200 ms more". Relative, because no two clocks agree.
 *
 * Hearsay is worth less than what a process sees itself. Hence the rules:
 *
 * - It opens a closed circuit and does nothing else: no wait is prolonged, no trial call disturbed,
 *   nothing set by hand is touched.
 * - It opens for at most `openForMsMax`, so that a message that is wrong, or was held up, costs
 *   little. Then the trial calls of this process decide.
 * - It counts against `maxOpenShare` like any other opening.
 * - It is not passed on. Only a circuit that was closed and that this process itself found to be
 *   failing is told of, once, so that there is no echo, and a process that is cut off from a
 *   service which the others reach does not shut them out again after each of its waits.
 * - A message counts once. Sequence numbers, within an incarnation of the sender, tell a late copy,
 *   which could open a circuit whose trials have passed since.
 *
 * What nobody told, or what got lost, each finds out by itself as before.
 */
import {
  type Channel,
  type Delivery,
  type NodeId,
  openChannel,
  type ProtocolName,
  protocolName,
  type Transport,
} from '@quorate/transport';

import { checkInteger, checkRecord, DELAY_MS_MAX } from '../bounds.ts';
import type { CircuitBreaker } from '../circuit-breaker.ts';
import type { CircuitBreakerRegistry } from '../circuit-breaker-registry.ts';
import type { TransitionReason } from '../circuit-change.ts';
import type { CircuitBreakerEvent } from '../circuit-events.ts';
import { listenToEach } from '../each-breaker.ts';
import { checkFunction, checkMethods } from '../function-checks.ts';
import type { StopListening } from '../listeners.ts';
import { KEY_LENGTH_MAX, type Opening, openingCodec } from './codec.ts';

/** How openings are shared. */
export interface SharedOpeningsOptions {
  /** Whom to tell, asked at each opening. This node itself is left out. */
  readonly peers: () => Iterable<NodeId>;
  /**
   * For how long the word of others opens a circuit at most: 1..2^31-1 ms. 5,000 if left out. More
   * spares more trial calls while a service is down, and costs more when others were wrong.
   */
  readonly openForMsMax?: number;
  /** Tells several groups on one transport apart. 'circuit-breaker' if left out. */
  readonly protocol?: ProtocolName;
}

/** What has been told and heard. Everything only rises. */
export interface OpeningCounters {
  /** Messages that the transport took. */
  readonly toldCount: number;
  /** Messages that it did not take, and openings whose key is too long to be told. */
  readonly untoldCount: number;
  /** Circuits that opened on the word of others. */
  readonly openedCount: number;
  /** Messages about a circuit that was not closed. */
  readonly notClosedCount: number;
  /** Messages about a circuit that `mayOpen` or `maxOpenShare` kept closed. */
  readonly deniedCount: number;
  /** Messages about a key that nobody has called here. */
  readonly unknownCount: number;
  /** Messages that came a second time, or after a later one. */
  readonly staleCount: number;
  /** Messages whose bytes were damaged. */
  readonly malformedCount: number;
}

/** Breakers that tell others of their openings, and hear of theirs. */
export interface SharedOpenings extends Disposable {
  /** What it has told and heard so far. */
  counters(): OpeningCounters;

  /** Tells and hears nothing from now on. What is open stays so until its wait is over. */
  [Symbol.dispose](): void;
}

/** Senders whose last number is remembered. */
const SENDERS_MAX = 1_024;

/** What a process has seen itself. All else was said or restored, and is nobody's business. */
const seen: ReadonlySet<TransitionReason> = new Set<TransitionReason>([
  'consecutiveFailures',
  'failureRate',
  'slowRate',
  'answer',
]);

/**
 * Lets the processes behind `transport` spare each other their failures. A key must mean the same
 * thing in all of them, as it does for the breakers of `guard` and of HTTP origins.
 *
 * @param breakers - Those to tell of, and to open. Of a key that it does not keep it hears nothing:
 *   no peer can fill it.
 * @returns Dispose of it before the transport is closed.
 * @throws RangeError if an option is out of its range, or if the protocol is taken on `transport`.
 *
 * @example
 * ```ts
 * import { guard, shareOpenings } from '@quorate/circuit-breaker/guard';
 * import type { NodeId, Requester, Transport } from '@quorate/transport';
 *
 * function guarded(requester: Requester, transport: Transport, peers: readonly NodeId[]) {
 *   const guarding = guard(requester, { maxOpenShare: 0.5 });
 *   const sharing = shareOpenings(guarding.breakers, transport, { peers: () => peers });
 *   return { guarding, sharing };
 * }
 * ```
 */
export function shareOpenings(
  breakers: CircuitBreakerRegistry,
  transport: Transport,
  options: SharedOpeningsOptions,
): SharedOpenings {
  checkMethods('breakers', breakers, 'observeBreakers', 'peek');
  checkMethods('transport', transport, 'send', 'subscribe');
  checkRecord('options', options);
  return new OpeningsChannel(breakers, transport, options);
}

class OpeningsChannel implements SharedOpenings {
  readonly #breakers: CircuitBreakerRegistry;
  readonly #channel: Channel<Opening>;
  readonly #peers: () => Iterable<NodeId>;
  readonly #openForMsMax: number;
  readonly #lastOf = new Map<NodeId, { readonly incarnation: number; readonly sequence: number }>();
  readonly #counters = {
    toldCount: 0,
    untoldCount: 0,
    openedCount: 0,
    notClosedCount: 0,
    deniedCount: 0,
    unknownCount: 0,
    staleCount: 0,
  };
  readonly #stops: readonly StopListening[];
  #sequence = 0;

  constructor(
    breakers: CircuitBreakerRegistry,
    transport: Transport,
    options: SharedOpeningsOptions,
  ) {
    const { peers, openForMsMax = 5_000, protocol = 'circuit-breaker' } = options;
    checkFunction('peers', peers);
    checkInteger('openForMsMax', openForMsMax, 1, DELAY_MS_MAX);
    this.#breakers = breakers;
    this.#peers = peers;
    this.#openForMsMax = openForMsMax;
    this.#channel = openChannel(transport, protocolName(protocol), openingCodec);
    this.#stops = [
      this.#channel.subscribe((from, opening, delivery) => this.#hear(from, opening, delivery)),
      listenToEach(breakers, (key, breaker) =>
        breaker.observe((event) => this.#follow(key, breaker, event)),
      ),
    ];
  }

  counters(): OpeningCounters {
    return { ...this.#counters, malformedCount: this.#channel.malformedCount };
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
  }

  #follow(key: string, breaker: CircuitBreaker, event: CircuitBreakerEvent): void {
    if (event.kind !== 'transition' || event.from !== 'closed' || event.to !== 'open') return;
    if (!seen.has(event.reason)) return;
    // A listener before this one may have closed it again.
    const remainingMs = breaker.retryAfterMs ?? 0;
    if (remainingMs > 0) this.#tell(key, Math.min(remainingMs, DELAY_MS_MAX));
  }

  #tell(key: string, remainingMs: number): void {
    if (key.length > KEY_LENGTH_MAX) {
      this.#counters.untoldCount += 1;
      return;
    }
    this.#sequence += 1;
    const opening = { sequence: this.#sequence, key, remainingMs };
    for (const peer of this.#peers()) {
      if (peer === this.#channel.localId) continue;
      if (this.#channel.send(peer, opening) === 'dropped') this.#counters.untoldCount += 1;
      else this.#counters.toldCount += 1;
    }
  }

  #hear(from: NodeId, { sequence, key, remainingMs }: Opening, delivery: Delivery): void {
    const counters = this.#counters;
    if (!this.#isNew(from, delivery.incarnation, sequence)) {
      counters.staleCount += 1;
      return;
    }
    const breaker = this.#breakers.peek(key);
    if (breaker === undefined) {
      counters.unknownCount += 1;
      return;
    }
    const outcome = breaker.openOnHearsay(Math.min(remainingMs, this.#openForMsMax));
    if (outcome === 'opened') counters.openedCount += 1;
    else if (outcome === 'denied') counters.deniedCount += 1;
    else counters.notClosedCount += 1;
  }

  /** Whether this is the newest message of `from` so far; then it is remembered. */
  #isNew(from: NodeId, incarnation: number, sequence: number): boolean {
    const last = this.#lastOf.get(from);
    if (last !== undefined) {
      if (incarnation < last.incarnation) return false;
      if (incarnation === last.incarnation && sequence <= last.sequence) return false;
    }
    this.#lastOf.delete(from);
    this.#lastOf.set(from, { incarnation, sequence });
    // The one that has been silent the longest: its copies are the least likely to come.
    if (this.#lastOf.size > SENDERS_MAX) {
      const [oldest] = this.#lastOf.keys();
      if (oldest !== undefined) this.#lastOf.delete(oldest);
    }
    return true;
  }
}
