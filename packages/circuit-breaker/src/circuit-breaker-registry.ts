/**
 * A breaker for each key: host, tenant, shard. Bounded, whoever chooses the keys.
 *
 * Two rules set it apart from a map.
 *
 * What it forgets. A full registry makes room by forgetting a breaker that was not used for a while
 * and that is closed: such a one is worth nothing, a new one is as good. An open circuit is worth a
 * lot, and is never forgotten while its wait lasts, or anyone who can choose keys could wash open
 * circuits out of the table. Nor is one that somebody set by hand. If nothing can be forgotten, the
 * new key gets a breaker that the registry does not keep: unprotected is better than refused, and
 * `overflowCount` says so.
 *
 * How many may be open. When every member of a group fails at once, the fault is rarely theirs: it
 * is our network, or a dependency of all. Opening all circuits then takes the last capacity away.
 * Envoy caps the share of ejected hosts for this reason, and `maxOpenShare` does.
 *
 * Eviction is the clock algorithm: a hand goes round, takes the mark off breakers that were used
 * since it last came by, and stops at one without a mark. It looks at a few at a time, so that a
 * crowd of new keys costs each of them the same.
 */
import { checkInteger, checkRecord, checkShare, show } from './bounds.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { CircuitBreakerOptions } from './circuit-breaker-options.ts';
import type { CircuitBreakerEvent } from './circuit-events.ts';
import { contained } from './contain.ts';
import { checkFunction, checkOptionalFunction } from './function-checks.ts';
import { Listeners, type StopListening } from './listeners.ts';

/** What a registry may be told. */
export interface CircuitBreakerRegistryOptions {
  /** Breakers that it keeps: 1..1,000,000. 1,024 if left out. */
  readonly capacity?: number;
  /**
   * The share of its breakers that may be open or half-open at the same time, above 0 and at most
   * 1; always at least one. 1 if left out. What is set by hand neither counts nor is held back.
   */
  readonly maxOpenShare?: number;
  /** What the breaker of `key` is told. Its name is `key` unless this gives it another. */
  readonly optionsFor?: (key: string) => CircuitBreakerOptions;
  /** Gets what listeners of `observeBreakers` throw. They change nothing by throwing. */
  readonly onError?: (error: unknown) => void;
}

/** A registry at one instant. */
export interface RegistryStats {
  /** Breakers that it keeps. */
  readonly size: number;
  /** Those that count against `maxOpenShare`. */
  readonly openCount: number;
  /** Breakers that it forgot to make room. */
  readonly evictedCount: number;
  /** Breakers that it gave out and did not keep, because none could be forgotten. */
  readonly overflowCount: number;
}

interface Entry {
  readonly key: string;
  readonly breaker: CircuitBreaker;
  /** Whether it was used since the hand last came by. */
  isUsed: boolean;
}

/** How many entries the hand looks at for one new key. */
const LOOKS = 16;

/** Keeps a breaker for each of the keys in use. */
export class CircuitBreakerRegistry implements Disposable {
  readonly #capacity: number;
  readonly #maxOpenShare: number;
  readonly #optionsFor: (key: string) => CircuitBreakerOptions;
  readonly #entries = new Map<string, Entry>();
  /** The entries again, in the order of the hand. */
  readonly #ring: Entry[] = [];
  readonly #onError: (error: unknown) => void;
  readonly #newcomers: Listeners<Entry>;
  /** Breakers that opened by themselves, the longest open first. */
  readonly #open = new Set<CircuitBreaker>();
  #hand = 0;
  #evictedCount = 0;
  #overflowCount = 0;
  #isDisposed = false;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: CircuitBreakerRegistryOptions = {}) {
    checkRecord('options', options);
    const { capacity = 1_024, maxOpenShare = 1, optionsFor = () => ({}), onError } = options;
    checkInteger('capacity', capacity, 1, 1_000_000);
    checkShare('maxOpenShare', maxOpenShare);
    checkFunction('optionsFor', optionsFor);
    checkOptionalFunction('onError', onError);
    this.#capacity = capacity;
    this.#maxOpenShare = maxOpenShare;
    this.#optionsFor = optionsFor;
    this.#onError = (error) => contained(() => onError?.(error));
    this.#newcomers = new Listeners(this.#onError);
  }

  /**
   * The breaker of `key`, made when it is first asked for. Ask for it at every call: one that was
   * kept outside may be forgotten here, and then protects nobody else.
   *
   * @param key - Any string.
   */
  get(key: string): CircuitBreaker {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      known.isUsed = true;
      return known.breaker;
    }
    if (typeof key !== 'string') throw new RangeError(`key: expected a string, got ${show(key)}`);
    return this.#create(key);
  }

  /** The breaker of `key` if it is kept. Does not count as a use. */
  peek(key: string): CircuitBreaker | undefined {
    return this.#entries.get(key)?.breaker;
  }

  /** The breakers it keeps, with their keys. */
  *entries(): Generator<readonly [key: string, breaker: CircuitBreaker]> {
    for (const [key, { breaker }] of this.#entries) yield [key, breaker];
  }

  /**
   * Calls `listener` with each breaker that it keeps, those of now first and every new one before
   * anybody calls it, to observe it or to set it by hand. What a listener throws goes to `onError`;
   * the others and the callers of `get` do not notice.
   *
   * @param listener - Told of each breaker once; of a key again when it was forgotten meanwhile.
   * @returns Stops it. What the listener has done to breakers stays done.
   * @throws TypeError if `listener` is no function.
   */
  observeBreakers(listener: (key: string, breaker: CircuitBreaker) => unknown): StopListening {
    checkFunction('listener', listener);
    if (this.#isDisposed) return () => undefined;
    const tell = ({ key, breaker }: Entry): unknown => listener(key, breaker);
    const present = [...this.#entries.values()];
    // First, or one that the listener itself asks for would be told to nobody.
    const stopNew = this.#newcomers.add(tell);
    const replay = new Listeners<Entry>(this.#onError);
    replay.add(tell);
    for (const entry of present) {
      // It may have been forgotten for one that the listener asked for.
      if (this.#entries.get(entry.key) !== entry) continue;
      replay.publish(entry);
      replay.deliver();
    }
    return stopNew;
  }

  /** Forgets the breaker of `key`, whatever its state. Calls that hold it are not disturbed. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const at = this.#ring.indexOf(entry);
    const last = this.#ring.pop();
    if (last !== undefined && last !== entry) this.#ring[at] = last;
    this.#forget(entry);
  }

  /** What it holds, in O(1). */
  stats(): RegistryStats {
    return {
      size: this.#entries.size,
      openCount: this.#open.size,
      evictedCount: this.#evictedCount,
      overflowCount: this.#overflowCount,
    };
  }

  /** Disposes of every breaker, and of those that it makes from now on. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#newcomers.clear();
    for (const { breaker } of this.#entries.values()) breaker[Symbol.dispose]();
    this.#open.clear();
  }

  #create(key: string): CircuitBreaker {
    const options = this.#optionsFor(key);
    const { mayOpen } = options;
    const breaker: CircuitBreaker = new CircuitBreaker({
      name: key,
      ...options,
      mayOpen: () => this.#mayOpen(breaker) && (mayOpen?.() ?? true),
    });
    if (this.#isDisposed) breaker[Symbol.dispose]();
    if (this.#makeRoom()) this.#keep({ key, breaker, isUsed: false });
    else this.#overflowCount += 1;
    return breaker;
  }

  #keep(entry: Entry): void {
    const { key, breaker } = entry;
    this.#entries.set(key, entry);
    if (this.#ring.length < this.#capacity) this.#ring.push(entry);
    else this.#ring[this.#hand] = entry;
    breaker.observe((event) => this.#follow(entry, event));
    this.#newcomers.publish(entry);
    this.#newcomers.deliver();
  }

  #follow(entry: Entry, event: CircuitBreakerEvent): void {
    // One that was forgotten may live on in calls that hold it.
    if (this.#entries.get(entry.key) !== entry) return;
    if (event.kind === 'reset') this.#open.delete(entry.breaker);
    if (event.kind !== 'transition' || event.to === 'halfOpen') return;
    if (event.to === 'open' && event.reason !== 'byHand') this.#open.add(entry.breaker);
    else this.#open.delete(entry.breaker);
  }

  /** Whether there is room for one more, at the hand if the ring is full. */
  #makeRoom(): boolean {
    if (this.#ring.length < this.#capacity) return true;
    let [used, expired]: [used?: number, expired?: number] = [];
    for (let look = 0; look < Math.min(LOOKS, this.#capacity); look += 1) {
      this.#hand = this.#hand + 1 >= this.#ring.length ? 0 : this.#hand + 1;
      const entry = this.#ring[this.#hand];
      if (entry === undefined) break;
      const { breaker } = entry;
      if (breaker.state === 'closed' && !entry.isUsed) return this.#evict(entry);
      if (breaker.state === 'closed') used ??= this.#hand;
      // Open, but its wait is over: a new one would let calls through as well.
      if (breaker.retryAfterMs === 0) expired ??= this.#hand;
      entry.isUsed = false;
    }
    const victim = used ?? expired;
    return victim !== undefined && this.#evictAt(victim);
  }

  #evictAt(at: number): boolean {
    this.#hand = at;
    const entry = this.#ring[at];
    return entry !== undefined && this.#evict(entry);
  }

  #evict(entry: Entry): boolean {
    this.#evictedCount += 1;
    this.#forget(entry);
    return true;
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#open.delete(entry.breaker);
  }

  /** Whether `asking` may open, or stay so. */
  #mayOpen(asking: CircuitBreaker): boolean {
    if (this.#open.has(asking)) return true;
    const openMax = Math.max(1, Math.floor(this.#maxOpenShare * this.#entries.size));
    // Those whose wait is over and whom nobody has called since shut nobody out any more.
    for (const breaker of this.#open) {
      if (this.#open.size < openMax || breaker.retryAfterMs !== 0) break;
      this.#open.delete(breaker);
    }
    return this.#open.size < openMax;
  }
}
