/*
 * One call for everybody who asks the same at the same time.
 *
 * When a popular entry of a cache expires, a thousand requests miss it at once, and a thousand
 * calls go to the service for one answer. Here the first one flies, and the others wait for it.
 *
 * The flight belongs to all who wait: one of them giving up does not end it for the others. When
 * the last one has, the work is told to stop, and whoever asks after that starts anew instead of
 * joining a flight that is about to fail.
 *
 * It is no policy of a pipeline: the answers to one key are of one type, which only the caller
 * knows. It stands around the pipeline instead.
 */
import { checkInteger, checkRecord } from '../bounds.ts';
import { checkFunction } from '../function-checks.ts';
import type { Work } from '../policy.ts';
import { type AbortWaiter, unwatchAbort, watchAbort } from './abort-watch.ts';
import { AbortableContext, RootContext } from './call-context.ts';
import type { RunOptions } from './pipeline.ts';

/** What `SingleFlight` may be told. */
export interface SingleFlightOptions {
  /**
   * Keys that are remembered while they fly, 1..10^6. Beyond, calls fly alone. 10,000 by default.
   */
  readonly maxKeys?: number;
}

/**
 * Shares the answer of one call among all who ask for it while it runs.
 *
 * @example
 * ```ts
 * import { SingleFlight } from '@quorate/circuit-breaker';
 *
 * const flights = new SingleFlight<string>();
 * let calls = 0;
 * const load = async (): Promise<string> => {
 *   calls += 1;
 *   return 'profile';
 * };
 * await Promise.all([flights.run('user 7', load), flights.run('user 7', load)]);
 * calls; // => 1
 * ```
 */
export class SingleFlight<Value, Key = string> {
  readonly #maxKeys: number;
  readonly #flights = new Map<Key, Flight<Value>>();

  /** @throws RangeError if an option is out of its range. */
  constructor(options: SingleFlightOptions = {}) {
    checkRecord('options', options);
    const { maxKeys = 10_000 } = options;
    checkInteger('maxKeys', maxKeys, 1, 1_000_000);
    this.#maxKeys = maxKeys;
  }

  /** Keys that fly. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * The answer for `key`: that of the call that runs, or of `work`, which is started.
   *
   * @param work - Its context is that of the flight: aborted once nobody waits for it any more.
   * @param options - The caller's own signal ends its own wait.
   * @returns A promise that rejects, for all alike, with what the work threw.
   */
  run(key: Key, work: Work<Value>, { signal }: RunOptions = {}): Promise<Value> {
    return new Promise((resolve, reject) => {
      checkFunction('work', work);
      signal?.throwIfAborted();
      const flight = this.#flights.get(key) ?? this.#start(key, work);
      flight.board(resolve, reject, signal);
    });
  }

  #start(key: Key, work: Work<Value>): Flight<Value> {
    const flight = new Flight<Value>(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    if (this.#flights.size < this.#maxKeys) this.#flights.set(key, flight);
    flight.start(work);
    return flight;
  }
}

interface Passenger<Value> extends AbortWaiter {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

class Flight<Value> {
  readonly #context = new AbortableContext(new RootContext(undefined));
  readonly #passengers = new Set<Passenger<Value>>();
  readonly #onOver: () => void;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
  }

  start(work: Work<Value>): void {
    const answer = new Promise<Value>((resolve) => resolve(work(this.#context)));
    answer.then(
      (value) => this.#land((passenger) => passenger.resolve(value)),
      (error: unknown) => this.#land((passenger) => passenger.reject(error)),
    );
  }

  board(
    resolve: (value: Value) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ): void {
    const passenger: Passenger<Value> = {
      resolve,
      reject,
      signal,
      onAborted: (reason) => {
        reject(reason);
        this.#leave(passenger, reason);
      },
    };
    this.#passengers.add(passenger);
    if (signal !== undefined) watchAbort(signal, passenger);
  }

  #leave(passenger: Passenger<Value>, reason: unknown): void {
    this.#passengers.delete(passenger);
    if (this.#passengers.size > 0) return;
    this.#onOver();
    this.#context.giveUp(reason);
  }

  #land(tell: (passenger: Passenger<Value>) => void): void {
    this.#onOver();
    this.#context.end();
    for (const passenger of this.#passengers) {
      if (passenger.signal !== undefined) unwatchAbort(passenger.signal, passenger);
      tell(passenger);
    }
    this.#passengers.clear();
  }
}
