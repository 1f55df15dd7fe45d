/**
 * Leased mode: most decisions without a round trip.
 *
 * A round trip costs a hundred times what a decision does. So a process takes cost ahead, a
 * **share**, in one round trip, and hands it out from memory. What it hands out was charged in the
 * store before, so that the store's own rule holds for all processes together; only the time of use
 * is later than the time of the charge. That is the whole error, and it has a bound:
 *
 *     admitted in any time <= what the store admits in it + processes * shareMax
 *
 * because a process never holds more than `shareMax` of one key. The other side of the coin: what
 * one process holds and does not use, others are refused, and it is lost after `shareForMs`. So a
 * share starts with what was asked for, doubles while it is used up before it lapses, halves while
 * it is not, and is never more than a tenth of what the policy admits at once.
 *
 * A refusal is believed for a while as well, so that a key that is limited costs no round trips.
 * What another process blocks or resets is known here after at most `shareForMs`; what is blocked
 * and reset through this store is known at once.
 */
import type { Clock } from '@quorate/transport';
import { systemClock, systemRandom } from '@quorate/transport/system';

import { assertChecks, assertCost, assertKey } from '../checks.ts';
import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Check, RateLimitStore, StoreTakeOptions, Verdict } from '../store.ts';
import { charge, giveBack, type Share, ShareTable } from './share-table.ts';
import { untilAborted } from './until-aborted.ts';

/** What a {@link LeasedStore} is made of. */
export interface LeasedStoreOptions {
  /** Where the limits are kept, and from which shares are taken. */
  readonly store: RateLimitStore;
  /**
   * The cost that this process holds of one key at most, 1..1,000,000, 1,000 by default, and never
   * more than a tenth of what the policy admits at once. Raising it saves round trips, and admits
   * that much more per process in the worst case.
   */
  readonly shareMax?: number;
  /**
   * How long a share may be used, 1..3,600,000 ms, 1,000 by default. Longer saves round trips for
   * keys that are asked for seldom; what is not used is withheld from others for as long.
   */
  readonly shareForMs?: number;
  /** Keys of which something is held or known, 1..10,000,000, 10,000 by default. */
  readonly keyCountMax?: number;
  readonly clock?: Clock;
}

/** When less than this part of a share is left, the next is asked for, before anybody waits. */
const LOW_WATER = 0.25;

/** The part of what a policy admits at once that one process may hold. */
const PART_OF_LIMIT = 0.1;

/**
 * A store that takes shares from another one ahead of time.
 *
 * @remarks A cost of 0 or above what a share may hold, headroom and the mode `'shadow'` are passed
 * on. Checks of one call are all or nothing, as in any store: their shares are taken one by one,
 * and then used together.
 */
export class LeasedStore implements RateLimitStore {
  readonly #store: RateLimitStore;
  readonly #shareMax: number;
  readonly #shareForMs: number;
  readonly #clock: Clock;
  readonly #shares: ShareTable;
  /** Policies that were found to be some, and cannot change. */
  readonly #checked = new WeakSet<RatePolicy>();
  /** In front of charge ids: those of another process or of the store below are not ours. */
  readonly #origin: string;

  /** @throws RangeError if an option is outside its range. */
  constructor(options: LeasedStoreOptions) {
    const { shareMax = 1_000, shareForMs = 1_000, keyCountMax = 10_000 } = options;
    this.#store = options.store;
    this.#shareMax = checkedInteger('shareMax', shareMax, 1_000_000);
    this.#shareForMs = checkedInteger('shareForMs', shareForMs, 3_600_000);
    this.#shares = new ShareTable(checkedInteger('keyCountMax', keyCountMax, 10_000_000));
    this.#clock = options.clock ?? systemClock;
    const words = [systemRandom.uint32(), systemRandom.uint32()];
    this.#origin = `leased-${words.map((word) => word.toString(36)).join('')}:`;
  }

  /** Keys of which something is held or known. */
  get keyCount(): number {
    return this.#shares.size;
  }

  take(checks: readonly Check[], options?: StoreTakeOptions): Promise<Verdict> {
    try {
      options?.signal?.throwIfAborted();
      const held = this.takeHeld(checks);
      if (held !== undefined) return Promise.resolve(held);
    } catch (error) {
      // The reason of a signal may be anything.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
      return Promise.reject(error);
    }
    return this.#takeAsking(checks, options);
  }

  /**
   * Decides from what is held and known, without asking. `undefined` if that does not suffice: then
   * `take` will ask.
   */
  takeHeld(checks: readonly Check[]): Verdict | undefined {
    const [check] = checks;
    if (checks.length === 1 && check !== undefined && this.#checked.has(check.policy)) {
      assertKey(check.key);
      assertCost('cost', check.cost);
    } else {
      assertChecks(checks);
      for (const { policy } of checks) if (Object.isFrozen(policy)) this.#checked.add(policy);
    }
    return checks.every((one) => this.#isLeased(one)) ? this.#takeHeld(checks) : undefined;
  }

  async #takeAsking(checks: readonly Check[], options?: StoreTakeOptions): Promise<Verdict> {
    if (!checks.every((check) => this.#isLeased(check))) return this.#store.take(checks, options);
    // Whoever would wait for a share that is promised to others goes and asks for itself.
    const questions = this.#questions(checks);
    if (questions !== undefined) await untilAborted(questions, options?.signal);
    return (questions && this.#takeHeld(checks)) ?? this.#passOn(checks, options);
  }

  async refund(chargeId: string): Promise<void> {
    if (!chargeId.startsWith(this.#origin)) return this.#store.refund(chargeId);
    const nowMs = this.#clock.nowMs();
    for (const part of chargeId.slice(this.#origin.length).split(',')) {
      if (!/^\d+\.\d+\.\d+$/.test(part)) continue;
      const [id = 0, number = 0, cost = 0] = part.split('.').map(Number);
      const share = this.#shares.findById(id);
      // What has lapsed was lost to everybody, and does not come back to life.
      if (share === undefined || nowMs >= share.lapsesAtMs) continue;
      giveBack(share, number, cost, this.#unitsMax(share.policy));
      share.limited = undefined;
    }
  }

  async block(key: string, policy: RatePolicy, durationMs: number): Promise<void> {
    await this.#store.block(key, policy, durationMs);
    this.#forget(key, policy);
  }

  async reset(key: string, policy: RatePolicy): Promise<void> {
    await this.#store.reset(key, policy);
    this.#forget(key, policy);
  }

  /** Closes the store below. What is held is lost. */
  close(): Promise<void> {
    return this.#store.close();
  }

  /** A look asks the store; so does what no share could hold, and what is no plain charge. */
  #isLeased({ policy, cost, headroom, mode }: Check): boolean {
    const isPlain = (headroom ?? 0) === 0 && mode !== 'shadow';
    return isPlain && cost > 0 && cost <= this.#unitsMax(policy);
  }

  #unitsMax(policy: RatePolicy): number {
    const atOnce = 'burst' in policy ? Math.min(policy.burst, policy.limit) : policy.limit;
    return Math.min(this.#shareMax, Math.max(1, Math.floor(atOnce * PART_OF_LIMIT)));
  }

  #takeHeld(checks: readonly Check[]): Verdict | undefined {
    const nowMs = this.#clock.nowMs();
    const decisions: Decision[] = [];
    let chargeId = this.#origin;
    for (const [index, { key, policy, cost }] of checks.entries()) {
      const share = this.#shares.find(key, policy);
      if (share === undefined || unitsOf(share, nowMs) < cost) {
        this.#putBack(checks.slice(0, index));
        return this.#refuseFromMemory(checks, nowMs);
      }
      chargeId += `${index === 0 ? '' : ','}${share.id}.${charge(share, cost)}.${cost}`;
      decisions.push(admittedFrom(share, nowMs));
      if (share.units < share.size * LOW_WATER) this.#askAhead(share);
    }
    return { decisions, chargeId };
  }

  /** All or nothing: what the first checks took goes back when a later one finds too little. */
  #putBack(checks: readonly Check[]): void {
    for (const { key, policy, cost } of checks) {
      const share = this.#shares.find(key, policy);
      if (share !== undefined) share.units += cost;
    }
  }

  /** The refusal of all checks, if one of them is known to be limited. */
  #refuseFromMemory(checks: readonly Check[], nowMs: number): Verdict | undefined {
    const decisions = checks.map(({ key, policy, cost }): Decision | undefined => {
      const share = this.#shares.find(key, policy);
      if (share === undefined) return undefined;
      const { limited, limitedCost, believedUntilMs, retryAtMs } = share;
      const isLimited = cost >= limitedCost && nowMs < believedUntilMs;
      if (limited === undefined || !isLimited || unitsOf(share, nowMs) >= cost) {
        return admittedFrom(share, nowMs);
      }
      return {
        ...limited,
        retryAfterMs: retryAtMs - nowMs,
        resetAfterMs: resetAfter(share, nowMs),
      };
    });
    const known = decisions.filter((decision) => decision !== undefined);
    const isRefused = known.some(({ kind }) => kind === 'limited');
    return isRefused && known.length === checks.length ? { decisions: known } : undefined;
  }

  /** Asks for what the checks lack. `undefined` if a question under way is promised to others. */
  #questions(checks: readonly Check[]): Promise<unknown> | undefined {
    const nowMs = this.#clock.nowMs();
    const questions: Promise<void>[] = [];
    for (const { key, policy, cost } of checks) {
      const share = this.#shares.find(key, policy) ?? this.#shares.add(key, policy);
      if (unitsOf(share, nowMs) >= cost) continue;
      if (share.asking === undefined) this.#startAsking(share, cost);
      else if (share.promised < cost) return undefined;
      share.promised -= cost;
      if (share.asking !== undefined) questions.push(share.asking);
    }
    return Promise.all(questions);
  }

  #askAhead(share: Share): void {
    if (share.asking === undefined && share.size > 1) this.#startAsking(share, 0);
  }

  #startAsking(share: Share, needed: number): void {
    const nowMs = this.#clock.nowMs();
    const unitsMax = this.#unitsMax(share.policy);
    share.size = nextSize(share, nowMs, Math.max(needed, 1), unitsMax);
    const units = unitsOf(share, nowMs);
    share.units = units;
    const wanted = share.size - units;
    if (wanted <= 0) return;
    share.promised = share.size;
    share.asking = this.#ask(share, wanted, needed).finally(() => {
      share.asking = undefined;
    });
    // Perhaps nobody waits for it: whoever finds the share empty asks again and learns why.
    share.asking.catch(() => undefined);
  }

  async #ask(share: Share, wanted: number, needed: number): Promise<void> {
    const got = await this.#takeFor(share, wanted);
    if (got === 'admitted' || needed === 0 || wanted === needed) return;
    await this.#takeFor(share, needed);
  }

  /** Takes `cost` from the store into `share`, and learns from its answer. */
  async #takeFor(share: Share, cost: number): Promise<Decision['kind'] | 'outdated'> {
    const { key, policy, epoch } = share;
    const { decisions } = await this.#store.take([{ key, policy, cost }], { refundable: false });
    const [decision] = decisions;
    // Blocked or reset meanwhile: what was charged is lost, rather than used after the block.
    if (decision === undefined || share.epoch !== epoch) return 'outdated';
    this.#learn(share, decision, cost);
    if (decision.kind === 'admitted') {
      share.units = Math.min(this.#unitsMax(policy), share.units + cost);
      share.lapsesAtMs = this.#clock.nowMs() + this.#shareForMs;
    }
    return decision.kind;
  }

  /** What no share could answer goes to the store as it is; its refusals are remembered. */
  async #passOn(checks: readonly Check[], options: StoreTakeOptions | undefined): Promise<Verdict> {
    const epochs = checks.map(({ key, policy }) => this.#shares.find(key, policy)?.epoch);
    const verdict = await this.#store.take(checks, options);
    checks.forEach(({ key, policy, cost }, index) => {
      const share = this.#shares.find(key, policy);
      const decision = verdict.decisions[index];
      if (decision !== undefined && share !== undefined && share.epoch === epochs[index]) {
        this.#learn(share, decision, cost);
      }
    });
    return verdict;
  }

  #learn(share: Share, decision: Decision, cost: number): void {
    const nowMs = this.#clock.nowMs();
    share.storeRemaining = decision.remaining;
    share.resetAtMs = nowMs + decision.resetAfterMs;
    if (decision.kind === 'admitted') {
      share.limited = undefined;
      return;
    }
    share.size = 1;
    share.limited = decision;
    share.limitedCost = decision.reason === 'blocked' ? 0 : cost;
    share.retryAtMs = nowMs + decision.retryAfterMs;
    share.believedUntilMs = Math.min(share.retryAtMs, nowMs + this.#shareForMs);
    if (decision.reason === 'blocked') share.units = 0;
  }

  /** What is held and known of a key is void once it was blocked or reset. */
  #forget(key: string, policy: RatePolicy): void {
    const share = this.#shares.find(key, policy);
    if (share === undefined) return;
    share.epoch += 1;
    share.units = 0;
    share.size = 1;
    share.limited = undefined;
  }
}

/** What `share` holds at `nowMs`. */
function unitsOf(share: Share, nowMs: number): number {
  return nowMs < share.lapsesAtMs ? share.units : 0;
}

function resetAfter(share: Share, nowMs: number): number {
  return Math.max(0, share.resetAtMs - nowMs);
}

function admittedFrom(share: Share, nowMs: number): Decision {
  const { policy, units, storeRemaining } = share;
  return {
    kind: 'admitted',
    reason: 'withinLimit',
    policyName: policy.name,
    limit: policy.limit,
    remaining: Math.min(policy.limit, units + storeRemaining),
    resetAfterMs: resetAfter(share, nowMs),
  };
}

/**
 * Twice as much as last time if that was used up, half if less than half of it was: and never more
 * than a quarter of what the store had left, so that nobody takes the last of it ahead.
 */
function nextSize(share: Share, nowMs: number, sizeMin: number, sizeMax: number): number {
  const { size, units, lapsesAtMs, storeRemaining } = share;
  const hasLapsed = nowMs >= lapsesAtMs;
  const wanted = hasLapsed ? (units * 2 > size ? Math.floor(size / 2) : size) : size * 2;
  const fair = Math.floor((storeRemaining + units) / 4);
  return Math.max(sizeMin, Math.min(wanted, fair, sizeMax));
}

function checkedInteger(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new RangeError(`${name}: expected an integer of 1 to ${max}, got ${value}`);
}
