import { assertKey, microseconds } from './checks.ts';

/** How many may work at once, and for how long without a word. */
export interface ConcurrencyOptions {
  /** Leases of one key at a time. An integer of 1..100,000. */
  readonly limit: number;
  /**
   * How long a lease lasts if it is not renewed, in milliseconds; at least 1, at most a day.
   * Raising it forgives longer pauses of a holder; what a holder that crashed had comes back after
   * it.
   */
  readonly leaseMs: number;
  /** Keys that may have leases, an integer of at least 1. Default 100,000. */
  readonly maxKeys?: number;
  /** Begins the ids of leases, so that those of another process are told apart. Default `''`. */
  readonly leaseIdPrefix?: string;
}

/** Whether one more may work. */
export type LeaseDecision = LeaseAdmitted | LeaseLimited;

/** The work may begin. Release the lease when it has ended, not when nobody waits for it. */
export interface LeaseAdmitted {
  readonly kind: 'admitted';
  /** Names the lease; never used again, so that a late release frees nobody else's. */
  readonly leaseId: string;
  /** How many more may work now. */
  readonly remaining: number;
  /** When the lease ends unless it is renewed. */
  readonly expiresAfterMs: number;
}

/** As many work as may. */
export interface LeaseLimited {
  readonly kind: 'limited';
  /** When the next lease ends by itself; a release may come sooner. */
  readonly retryAfterMs: number;
}

const LEASE_MS_MAX = 86_400_000;

/** Keys that are looked at for leases that have ended, to make room for one more. */
const LOOKED_AT = 32;

/**
 * How many may work at once, by leases that end by themselves.
 *
 * A counter that is raised and lowered loses one for good with every holder that crashes between
 * the two. A lease does not: it has an id and an end, is renewed while the work goes on, and is
 * gone when nobody renews it. A renewal that comes after the end is refused and resurrects nothing,
 * for the place may have been given to another; whoever is refused must stop.
 *
 * How many are needed, by Little's law: the rate of requests times how long one takes.
 *
 * Deterministic: time comes in as `nowMs`. A clock that steps back prolongs a lease by at most its
 * own length.
 *
 * @example
 * ```ts
 * import { ConcurrencyLeases } from '@quorate/rate-limiter';
 *
 * const leases = new ConcurrencyLeases({ limit: 1, leaseMs: 30_000 });
 * const first = leases.acquire('report', 0);
 * leases.acquire('report', 10_000); // => { kind: 'limited', retryAfterMs: 20_000 }
 * if (first.kind === 'admitted') leases.release('report', first.leaseId);
 * leases.acquire('report', 10_000).kind; // => 'admitted'
 * ```
 */
export class ConcurrencyLeases {
  readonly #limit: number;
  readonly #leaseUs: number;
  readonly #maxKeys: number;
  readonly #prefix: string;
  /** By key and id, when each ends. */
  readonly #keys = new Map<string, Map<string, number>>();
  #issuedCount = 0;

  /** @throws RangeError if an option is not as it says. */
  constructor(options: ConcurrencyOptions) {
    const { limit, leaseMs, maxKeys = 100_000, leaseIdPrefix = '' } = options;
    assertCount('limit', limit, 100_000);
    assertCount('maxKeys', maxKeys, 10_000_000);
    if (!(leaseMs >= 1 && leaseMs <= LEASE_MS_MAX)) {
      throw new RangeError(`leaseMs: expected 1..${LEASE_MS_MAX}, got ${leaseMs}`);
    }
    this.#limit = limit;
    this.#leaseUs = Math.round(leaseMs * 1_000);
    this.#maxKeys = maxKeys;
    this.#prefix = leaseIdPrefix;
  }

  /** Keys that have leases, ended ones that nobody asked for included. */
  get keyCount(): number {
    return this.#keys.size;
  }

  /**
   * Takes a lease of `key` if there is one.
   *
   * @throws RangeError or TypeError for what is no key or no time.
   */
  acquire(key: string, nowMs: number): LeaseDecision {
    assertKey(key);
    const nowUs = microseconds(nowMs);
    const leases = this.#leasesOf(key, nowUs);
    if (leases === undefined) return { kind: 'limited', retryAfterMs: this.#leaseUs / 1_000 };
    if (leases.size >= this.#limit) this.#dropEnded(leases, nowUs);
    if (leases.size >= this.#limit) {
      const soonestUs = Math.min(...leases.values());
      return { kind: 'limited', retryAfterMs: (soonestUs - nowUs) / 1_000 };
    }
    this.#issuedCount += 1;
    const leaseId = `${this.#prefix}${this.#issuedCount}`;
    leases.set(leaseId, nowUs + this.#leaseUs);
    const remaining = this.#limit - leases.size;
    return { kind: 'admitted', leaseId, remaining, expiresAfterMs: this.#leaseUs / 1_000 };
  }

  /**
   * Lets a lease last its whole length from now on.
   *
   * @returns `'lost'` if it has ended or was released: the work must stop.
   */
  renew(key: string, leaseId: string, nowMs: number): 'renewed' | 'lost' {
    const nowUs = microseconds(nowMs);
    const leases = this.#keys.get(key);
    const endsUs = leases?.get(leaseId);
    if (leases === undefined || endsUs === undefined) return 'lost';
    if (endsUs <= nowUs) {
      this.#drop(key, leases, leaseId);
      return 'lost';
    }
    leases.set(leaseId, nowUs + this.#leaseUs);
    return 'renewed';
  }

  /** Gives a lease back. Once it has ended or was given back, this changes nothing. */
  release(key: string, leaseId: string): void {
    const leases = this.#keys.get(key);
    if (leases !== undefined) this.#drop(key, leases, leaseId);
  }

  /** How many leases of `key` hold now. */
  heldCount(key: string, nowMs: number): number {
    const leases = this.#keys.get(key);
    if (leases === undefined) return 0;
    this.#dropEnded(leases, microseconds(nowMs));
    if (leases.size === 0) this.#keys.delete(key);
    return leases.size;
  }

  /** The leases of `key`; `undefined` if there is no room for one more key. */
  #leasesOf(key: string, nowUs: number): Map<string, number> | undefined {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    if (this.#keys.size >= this.#maxKeys) this.#dropIdle(nowUs);
    if (this.#keys.size >= this.#maxKeys) return undefined;
    const leases = new Map<string, number>();
    this.#keys.set(key, leases);
    return leases;
  }

  /** Frees some keys all of whose leases have ended, and puts the others behind the rest. */
  #dropIdle(nowUs: number): void {
    const oldest = this.#keys.entries();
    for (let looked = 0; looked < LOOKED_AT; looked += 1) {
      const next = oldest.next();
      if (next.done === true) return;
      const [key, leases] = next.value;
      this.#dropEnded(leases, nowUs);
      this.#keys.delete(key);
      if (leases.size > 0) this.#keys.set(key, leases);
    }
  }

  #dropEnded(leases: Map<string, number>, nowUs: number): void {
    for (const [leaseId, endsUs] of leases) {
      if (endsUs <= nowUs) leases.delete(leaseId);
      // Another clock: what is left is never more than a whole lease.
      else if (endsUs - nowUs > 2 * this.#leaseUs) leases.set(leaseId, nowUs + this.#leaseUs);
    }
  }

  #drop(key: string, leases: Map<string, number>, leaseId: string): void {
    leases.delete(leaseId);
    if (leases.size === 0) this.#keys.delete(key);
  }
}

function assertCount(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new RangeError(`${name}: expected an integer of 1..${max}, got ${value}`);
}
