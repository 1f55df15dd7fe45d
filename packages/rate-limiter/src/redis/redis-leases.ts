import { assertKey } from '../checks.ts';
import { checkedPrefix, escapedName, redisKey, restOf } from './key-encoding.ts';
import { acquireLease, countLeases, releaseLease, renewLease } from './lease-scripts.ts';
import { type RedisClient, scriptCaller } from './redis-client.ts';
import { RedisStoreError } from './redis-store-error.ts';
import { ScriptRunner } from './script-runner.ts';

/** What {@link RedisLeases} is made of. */
export interface RedisLeasesOptions {
  readonly client: RedisClient;
  /** Names what is limited: two of one name and prefix share their leases. 1..64 characters. */
  readonly name: string;
  /** Holders of one key at once. An integer of 1..1,000,000. */
  readonly limit: number;
  /**
   * How long a lease lasts without renewal. An integer of 1..86,400,000, 30,000 by default. Longer
   * bears longer pauses of a holder; shorter gives the place of a dead one back sooner.
   */
  readonly leaseMs?: number;
  /** Stands in front of every key in Redis. Default `quorate`. */
  readonly prefix?: string;
  /** Calls without an answer, beyond which none is sent. 1..2^31-1, 10,000 by default. */
  readonly pendingMax?: number;
}

/** One place of a key, until it is released or ends. */
export interface Lease {
  readonly key: string;
  /**
   * Larger than that of every lease of the key before. Hand it to what the lease protects, which
   * refuses work that comes with a smaller one than it has seen: only that keeps a holder out which
   * stood still until its lease had ended.
   */
  readonly token: number;
}

/** What {@link RedisLeases.acquire} answers. */
export type LeaseDecision =
  | { readonly kind: 'admitted'; readonly lease: Lease; readonly heldCount: number }
  | {
      readonly kind: 'limited';
      readonly heldCount: number;
      /** When the next lease ends, unless it is renewed. A release may come sooner. */
      readonly retryAfterMs: number;
    };

/**
 * At most `limit` holders of a key at once, over all processes that share a Redis.
 *
 * @remarks
 * One command each. An `acquire` that rejects without being definite may have taken a place, which
 * comes back when its lease ends. After a failover that lost the last writes, up to as many more
 * may hold; their tokens still rise.
 */
export class RedisLeases {
  readonly #runner: ScriptRunner;
  readonly #prefix: string;
  readonly #name: string;
  readonly #limit: string;
  readonly #leaseUs: string;

  /**
   * @throws RangeError if an option is outside its range, or the client would replay commands.
   */
  constructor(options: RedisLeasesOptions) {
    const { name, limit, leaseMs = 30_000, prefix = 'quorate', pendingMax = 10_000 } = options;
    if (!/^[ -~]{1,64}$/.test(name)) {
      throw new RangeError(`name: expected 1 to 64 printable ASCII characters, got ${name}`);
    }
    this.#prefix = checkedPrefix(prefix);
    this.#name = escapedName(name);
    this.#limit = String(checkedInteger('limit', limit, 1_000_000));
    this.#leaseUs = String(checkedInteger('leaseMs', leaseMs, 86_400_000) * 1_000);
    this.#runner = new ScriptRunner(
      scriptCaller(options.client),
      checkedInteger('pendingMax', pendingMax, 2 ** 31 - 1),
    );
  }

  /** Takes a place of `key` if one is free. */
  async acquire(key: string, options?: { readonly signal?: AbortSignal }): Promise<LeaseDecision> {
    const answer = await this.#run(acquireLease, key, [this.#limit, this.#leaseUs], options);
    const [admitted, value, heldCount] = threeNumbers(answer);
    return admitted === 1
      ? { kind: 'admitted', lease: { key, token: value }, heldCount }
      : { kind: 'limited', heldCount, retryAfterMs: value / 1_000 };
  }

  /** Lets the lease last `leaseMs` from now, unless it has ended: a lost place stays lost. */
  async renew(
    lease: Lease,
    options?: { readonly signal?: AbortSignal },
  ): Promise<'renewed' | 'lost'> {
    const args = [String(lease.token), this.#leaseUs];
    return (await this.#run(renewLease, lease.key, args, options)) === 1 ? 'renewed' : 'lost';
  }

  /** Gives the place back. `'lost'`: it had ended before, or was released already. */
  async release(
    lease: Lease,
    options?: { readonly signal?: AbortSignal },
  ): Promise<'released' | 'lost'> {
    const args = [String(lease.token)];
    return (await this.#run(releaseLease, lease.key, args, options)) === 1 ? 'released' : 'lost';
  }

  /** Leases of `key` that run. */
  async heldCount(key: string, options?: { readonly signal?: AbortSignal }): Promise<number> {
    return Number(await this.#run(countLeases, key, [], options));
  }

  async #run(
    script: typeof acquireLease,
    key: string,
    args: readonly string[],
    options: { readonly signal?: AbortSignal } | undefined,
  ): Promise<unknown> {
    assertKey(key);
    const name = redisKey(this.#prefix, 'leases1', key, restOf(this.#name, key, key));
    return this.#runner.run(script, [name], args, options?.signal);
  }
}

function checkedInteger(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`${name}: expected an integer of 1 to ${max}, got ${value}`);
}

function threeNumbers(answer: unknown): readonly [number, number, number] {
  if (!Array.isArray(answer)) throw new RedisStoreError('Redis answered with no list');
  const list: readonly unknown[] = answer;
  const [first, second, third] = list;
  return [Number(first), Number(second), Number(third)];
}
