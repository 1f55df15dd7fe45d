import type { Limited } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';

/** What a process holds ahead of one key under one policy, and what it knows of it. */
export interface Share {
  /** Names the share in charge ids; never used again. */
  readonly id: number;
  readonly key: string;
  /** As it came with the last check. */
  policy: RatePolicy;
  /** Cost that was charged in the store and not yet used here. */
  units: number;
  /** When the units lapse. */
  lapsesAtMs: number;
  /** What to hold after the next question. Doubles while it is used up, shrinks when it is not. */
  size: number;
  /** The last refusal of the store, until `believedUntilMs`, for at least `limitedCost`. */
  limited: Limited | undefined;
  limitedCost: number;
  /** When the refusal's `retryAfterMs` has passed. */
  retryAtMs: number;
  believedUntilMs: number;
  /** What the store last said, for what a decision tells. */
  storeRemaining: number;
  resetAtMs: number;
  /** The question under way. There is never more than one. */
  asking: Promise<void> | undefined;
  /** What the question under way will bring, less what callers wait for. */
  promised: number;
  /** Rises with each block and reset: an answer to an older question is not believed. */
  epoch: number;
  /** Counts what was taken from it. */
  lastCharge: number;
  /** Which of the last charges were given back. */
  readonly refunded: Set<number>;
  /** Asked for since the eviction last passed. */
  isWarm: boolean;
}

/** How many of a share's last charges can be given back. */
const REFUNDABLE_COUNT = 4_096;

/** How many warm shares an eviction passes over. */
const SECOND_CHANCES = 8;

/**
 * The shares of a process, at most `countMax` of them.
 *
 * @remarks
 * When it is full, one that was not used lately goes. What it held is lost, which admits less and
 * never more; what it knew of a refusal is asked again, since the truth is in the store.
 */
export class ShareTable {
  readonly #countMax: number;
  /** Of each kind and name of a policy, by key. */
  readonly #groups = new Map<string, Map<string, Share>>();
  /** The group of a policy that cannot change, so that no name has to be put together. */
  readonly #groupOf = new WeakMap<RatePolicy, Map<string, Share>>();
  /** In the order in which evictions look at them. */
  readonly #byId = new Map<number, Share>();
  #lastId = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The share of `key` under `policy`, if there is one. */
  find(key: string, policy: RatePolicy): Share | undefined {
    const share = this.#group(policy).get(key);
    if (share !== undefined) {
      share.policy = policy;
      share.isWarm = true;
    }
    return share;
  }

  /** A new and empty share. */
  add(key: string, policy: RatePolicy): Share {
    if (this.#byId.size >= this.#countMax) this.#evict();
    this.#lastId += 1;
    const share = emptyShare(this.#lastId, key, policy);
    this.#group(policy).set(key, share);
    this.#byId.set(share.id, share);
    return share;
  }

  /** The share that a charge id names, unless it is gone. */
  findById(id: number): Share | undefined {
    return this.#byId.get(id);
  }

  #group(policy: RatePolicy): Map<string, Share> {
    const known = this.#groupOf.get(policy);
    if (known !== undefined) return known;
    const name = `${policy.kind}\n${policy.name}`;
    const group = this.#groups.get(name) ?? new Map<string, Share>();
    this.#groups.set(name, group);
    if (Object.isFrozen(policy)) this.#groupOf.set(policy, group);
    return group;
  }

  #evict(): void {
    let chances = SECOND_CHANCES;
    for (const share of this.#byId.values()) {
      this.#byId.delete(share.id);
      if (!share.isWarm || chances === 0) {
        this.#group(share.policy).delete(share.key);
        return;
      }
      chances -= 1;
      share.isWarm = false;
      this.#byId.set(share.id, share);
    }
  }
}

function emptyShare(id: number, key: string, policy: RatePolicy): Share {
  return {
    id,
    key,
    policy,
    units: 0,
    lapsesAtMs: -Infinity,
    size: 1,
    limited: undefined,
    limitedCost: 0,
    retryAtMs: -Infinity,
    believedUntilMs: -Infinity,
    storeRemaining: 0,
    resetAtMs: -Infinity,
    asking: undefined,
    promised: 0,
    epoch: 0,
    lastCharge: 0,
    refunded: new Set(),
    isWarm: true,
  };
}

/** Takes `cost` off `share` and returns the number of this charge. */
export function charge(share: Share, cost: number): number {
  share.units -= cost;
  share.lastCharge += 1;
  share.refunded.delete(share.lastCharge - REFUNDABLE_COUNT);
  return share.lastCharge;
}

/** Gives a charge back to `share`: once, and so that it never holds more than `unitsMax`. */
export function giveBack(share: Share, number: number, cost: number, unitsMax: number): void {
  const isKnown = number <= share.lastCharge && number > share.lastCharge - REFUNDABLE_COUNT;
  if (!isKnown || share.refunded.has(number)) return;
  share.refunded.add(number);
  share.units = Math.min(unitsMax, share.units + cost);
}
