import { assertChecks, assertDuration, assertKey, microseconds } from './checks.ts';
import { type Charge, ChargeBook } from './charge-book.ts';
import type { Decision, Limited } from './decision.ts';
import { admittedBy, limitedBy } from './decide.ts';
import { SPARE_SLOT } from './key-table.ts';
import { assertPolicy, type RatePolicy, WINDOW_MS_MAX } from './policy.ts';
import { type Limit, PolicyLedger } from './policy-ledger.ts';
import type { Check, Verdict } from './store.ts';

/** How much a memory store holds. */
export interface MemoryStoreOptions {
  /**
   * Keys of each policy, an integer of 1..10,000,000. About 60 bytes each and the key itself; a log
   * takes 16 bytes more for each unit of its limit. Keys beyond it make room by the rule at
   * `KeyTable`. Raise it above the number of clients you expect in a window. Default 100,000.
   */
  readonly maxKeys?: number;
  /**
   * Characters of all keys of a policy together, so that long keys are no way to fill memory.
   * Default: 64 for each of `maxKeys`.
   */
  readonly maxKeyCharacters?: number;
  /**
   * Admissions that all logs of a policy together may have to keep: a log of limit 100 has then
   * room for a hundredth as many keys. Default 4,194,304, which are 64 MiB.
   */
  readonly maxLogEntries?: number;
  /** Kinds and names of policies, an integer of at least 1. Default 1,000. */
  readonly maxPolicies?: number;
  /**
   * Charges that are remembered for `refund`; the oldest is forgotten for a newer one, and can then
   * no longer be refunded. Default 10,000.
   */
  readonly maxCharges?: number;
  /** Begins the ids of charges, so that those of another process are told apart. Default `''`. */
  readonly chargeIdPrefix?: string;
}

/** What a memory store holds, to be watched. */
export interface MemoryStoreStats {
  readonly policyCount: number;
  /** Keys with a state of their own. */
  readonly keyCount: number;
  readonly blockedCount: number;
  /** Keys that were given up for others although they had used something. */
  readonly evictedCount: number;
  /** How often a key had to share the spare state. More than 0: raise `maxKeys`. */
  readonly sparedCount: number;
}

/**
 * Limits in the memory of one process: synchronous, bounded, without timers.
 *
 * Deterministic: time comes in as `nowMs`, of any clock that counts milliseconds from 0 on and is
 * the same in all calls. A clock that steps back mints nothing, see `RateAlgorithm`.
 *
 * @example
 * ```ts
 * import { gcra, MemoryStore } from '@quorate/rate-limiter';
 *
 * const store = new MemoryStore();
 * const user = gcra({ name: 'user', limit: 10, windowMs: 1_000 });
 * const all = gcra({ name: 'all', limit: 1_000, windowMs: 1_000 });
 * const { decisions } = store.take(
 *   [
 *     { key: 'alice', policy: user, cost: 1 },
 *     { key: '', policy: all, cost: 1 },
 *   ],
 *   0,
 * );
 * decisions.map(({ remaining }) => remaining); // => [9, 999]
 * ```
 */
export class MemoryStore {
  readonly #options: Required<MemoryStoreOptions>;
  readonly #ledgers = new Map<string, PolicyLedger>();
  readonly #limits = new WeakMap<RatePolicy, Limit>();
  readonly #charges: ChargeBook;

  /** @throws RangeError if an option is not as it says. */
  constructor(options: MemoryStoreOptions = {}) {
    const maxKeys = options.maxKeys ?? 100_000;
    this.#options = {
      maxKeys,
      maxKeyCharacters: options.maxKeyCharacters ?? 64 * maxKeys,
      maxLogEntries: options.maxLogEntries ?? 2 ** 22,
      maxPolicies: options.maxPolicies ?? 1_000,
      maxCharges: options.maxCharges ?? 10_000,
      chargeIdPrefix: options.chargeIdPrefix ?? '',
    };
    assertOptions(this.#options);
    this.#charges = new ChargeBook(this.#options.maxCharges, this.#options.chargeIdPrefix);
  }

  /** What it holds now. O(policies). */
  get stats(): MemoryStoreStats {
    const ledgers = [...this.#ledgers.values()];
    const sum = (of: (ledger: PolicyLedger) => number): number =>
      ledgers.reduce((total, ledger) => total + of(ledger), 0);
    return {
      policyCount: ledgers.length,
      keyCount: sum(({ table }) => table.size),
      blockedCount: sum(({ blocks }) => blocks.size),
      evictedCount: sum(({ table }) => table.evictedCount),
      sparedCount: sum(({ table }) => table.sparedCount),
    };
  }

  /**
   * Every kind and name in use, for `dumpOf`.
   *
   * @hidden
   */
  ledgers(): IterableIterator<PolicyLedger> {
    return this.#ledgers.values();
  }

  /**
   * Takes the cost of all checks, or of none if one of them does not admit it.
   *
   * @throws RangeError or TypeError for bad input, before anything has changed.
   */
  take(checks: readonly Check[], nowMs: number): Verdict {
    assertChecks(checks);
    const nowUs = microseconds(nowMs);
    // All limits first: making one may give a log another table.
    for (const { policy } of checks) this.limitOf(policy);
    const entries = checks.map((check) => locate(this.limitOf(check.policy), check, nowUs));
    const verdict = this.#decide(entries, nowUs);
    for (const { limit } of entries) limit.ledger.table.unpin();
    return verdict;
  }

  /**
   * The decision of one check whose parts were checked before: the path of a single limit.
   *
   * @param limit - From `limitOf`.
   *
   * @hidden
   */
  takeOne(limit: Limit, key: string, cost: number, headroom: number, nowUs: number): Decision {
    const { policy, algorithm, ledger } = limit;
    const { table } = ledger;
    let slot = table.find(key);
    if (slot === SPARE_SLOT) slot = table.insert(key, nowUs, ledger.algorithm);
    const page = table.pageOf(slot);
    const at = table.offsetOf(slot);
    const need = cost + headroom;
    if (ledger.blocks.size > 0) {
      const blockedUs = ledger.blocks.leftUs(key, nowUs);
      if (blockedUs > 0) return blockedNow(limit, page, at, nowUs, { blockedUs, need });
    }
    const waitUs = algorithm.take(page, at, nowUs, need, cost);
    if (waitUs > 0) return limitedBy(policy, algorithm, page, at, nowUs, waitUs);
    return admittedBy(policy, algorithm, page, at, nowUs);
  }

  /**
   * The decision of `takeOne` as a wait, 0 if the request is admitted.
   *
   * @hidden
   */
  waitOneUs(limit: Limit, key: string, cost: number, headroom: number, nowUs: number): number {
    const { algorithm, ledger } = limit;
    const { table } = ledger;
    let slot = table.find(key);
    if (slot === SPARE_SLOT) slot = table.insert(key, nowUs, ledger.algorithm);
    if (ledger.blocks.size > 0) {
      const blockedUs = ledger.blocks.leftUs(key, nowUs);
      if (blockedUs > 0) return blockedUs;
    }
    return algorithm.take(table.pageOf(slot), table.offsetOf(slot), nowUs, cost + headroom, cost);
  }

  /**
   * What `takeOne` would say of `need`, without charging anything or making a place for `key`.
   *
   * @hidden
   */
  peek(limit: Limit, key: string, need: number, nowUs: number): Decision {
    const { policy, algorithm, ledger } = limit;
    const { table, blocks } = ledger;
    const slot = table.find(key);
    const isNew = slot === SPARE_SLOT;
    const page = isNew ? new Float64Array(table.width) : table.pageOf(slot);
    const at = isNew ? 0 : table.offsetOf(slot);
    if (isNew) algorithm.begin(page, 0, key, table.width);
    algorithm.advance(page, at, nowUs);
    const blockedUs = blocks.leftUs(key, nowUs);
    if (blockedUs > 0) return blockedNow(limit, page, at, nowUs, { blockedUs, need });
    const waitUs = need > 0 ? algorithm.waitUs(page, at, nowUs, need) : 0;
    if (waitUs > 0) return limitedBy(policy, algorithm, page, at, nowUs, waitUs);
    return admittedBy(policy, algorithm, page, at, nowUs);
  }

  /**
   * `policy` as this store counts it. Cheap for one that is frozen and was seen before.
   *
   * @hidden
   */
  limitOf(policy: RatePolicy): Limit {
    const known = this.#limits.get(policy);
    if (known !== undefined) return known;
    assertPolicy(policy);
    const id = `${policy.kind}:${policy.name}`;
    let ledger = this.#ledgers.get(id);
    if (ledger === undefined) {
      const { maxPolicies, maxKeys, maxKeyCharacters, maxLogEntries } = this.#options;
      if (this.#ledgers.size >= maxPolicies) {
        throw new RangeError(`policies: expected at most ${maxPolicies}, got ${policy.name} too`);
      }
      const limits = { maxKeys, maxCharacters: maxKeyCharacters };
      ledger = new PolicyLedger(policy, limits, maxLogEntries);
      this.#ledgers.set(id, ledger);
    }
    const limit = ledger.adopt(policy);
    if (Object.isFrozen(policy)) this.#limits.set(policy, limit);
    return limit;
  }

  /** Gives back what is left of a charge. Once; an unknown id changes nothing. */
  refund(chargeId: string, nowMs: number): void {
    const nowUs = microseconds(nowMs);
    for (const { limit, key, cost, chargedAtUs } of this.#charges.settle(chargeId)) {
      const { table } = limit.ledger;
      const slot = table.find(key);
      // A key without a place has nothing left of the charge, or shares what it has.
      if (slot === SPARE_SLOT) continue;
      const page = table.pageOf(slot);
      const at = table.offsetOf(slot);
      limit.algorithm.advance(page, at, nowUs);
      limit.algorithm.refund(page, at, nowUs, cost, chargedAtUs);
    }
  }

  /**
   * Limits `key` under `policy` for `durationMs`, whatever it has left. 0 ends that.
   *
   * @throws RangeError if as many keys are blocked as there may be keys.
   */
  block(key: string, policy: RatePolicy, durationMs: number, nowMs: number): void {
    assertKey(key);
    assertDuration('durationMs', durationMs, WINDOW_MS_MAX);
    const durationUs = Math.ceil(durationMs * 1_000);
    this.limitOf(policy).ledger.block(key, microseconds(nowMs), durationUs);
  }

  /** Forgets what is known of exactly `key` under `policy`, its block and its charges included. */
  reset(key: string, policy: RatePolicy): void {
    assertKey(key);
    const { ledger } = this.limitOf(policy);
    ledger.table.remove(key);
    ledger.blocks.delete(key);
    this.#charges.forget(ledger, key);
  }

  /**
   * Frees keys that have rested, a few at a time. Insertions do that too; call this now and then if
   * memory should also shrink while nobody new comes.
   *
   * @param slotCount - Slots to look at, of each policy.
   * @returns How many keys it freed.
   */
  sweep(slotCount: number, nowMs: number): number {
    const nowUs = microseconds(nowMs);
    let freedCount = 0;
    for (const { table, algorithm } of this.#ledgers.values()) {
      freedCount += table.sweep(nowUs, algorithm, slotCount);
    }
    return freedCount;
  }

  /**
   * Remembers what was charged, so that it can be refunded.
   *
   * @hidden
   */
  remember(limit: Limit, key: string, cost: number, nowUs: number): string {
    const { table } = limit.ledger;
    const slot = table.find(key);
    const page = table.pageOf(slot);
    const chargedAtUs = limit.algorithm.chargedAtUs(page, table.offsetOf(slot), nowUs);
    return this.#charges.add([{ limit, key, cost, chargedAtUs }]);
  }

  #decide(entries: readonly Entry[], nowUs: number): Verdict {
    const refusals = entries.map((entry) => refusalOf(entry, entries, nowUs));
    const isRefused = entries.some(
      ({ check }, index) => refusals[index] !== undefined && check.mode !== 'shadow',
    );
    const charged: Entry[] = [];
    if (!isRefused) {
      for (const [index, entry] of entries.entries()) {
        const { cost } = entry.check;
        if (refusals[index] !== undefined || cost === 0) continue;
        const { page, at } = placeOf(entry);
        entry.limit.algorithm.charge(page, at, nowUs, cost);
        charged.push(entry);
      }
    }
    const decisions = entries.map((entry, index) => {
      const refusal = refusals[index];
      if (refusal === undefined) return admittedFor(entry, nowUs);
      return entry.check.mode === 'shadow' ? shadowOf(refusal) : refusal;
    });
    if (charged.length === 0) return { decisions };
    return {
      decisions,
      chargeId: this.#charges.add(charged.map((entry) => chargeOf(entry, nowUs))),
    };
  }
}

/** A check, and where its key's state is. */
interface Entry {
  readonly check: Check;
  readonly limit: Limit;
  readonly slot: number;
}

/** Finds the place of a check's key, makes one if there is none, and holds on to it. */
function locate(limit: Limit, check: Check, nowUs: number): Entry {
  const { table, algorithm } = limit.ledger;
  const found = table.find(check.key);
  const slot = found === SPARE_SLOT ? table.insert(check.key, nowUs, algorithm) : found;
  table.pin(slot);
  return { check, limit, slot };
}

function placeOf({ limit, slot }: Entry): { readonly page: Float64Array; readonly at: number } {
  const { table } = limit.ledger;
  return { page: table.pageOf(slot), at: table.offsetOf(slot) };
}

/** Why `entry` is not admitted, all checks together; `undefined` if it is. */
function refusalOf(entry: Entry, entries: readonly Entry[], nowUs: number): Limited | undefined {
  const { check, limit } = entry;
  const { page, at } = placeOf(entry);
  limit.algorithm.advance(page, at, nowUs);
  let need = check.cost + (check.headroom ?? 0);
  for (const other of entries) {
    if (other === entry) break;
    // Two keys without a place of their own share one.
    const isSame = other.limit.ledger === limit.ledger && other.slot === entry.slot;
    if (isSame) need += other.check.cost;
  }
  const waitUs = need > 0 ? limit.algorithm.waitUs(page, at, nowUs, need) : 0;
  const blockedUs = limit.ledger.blocks.leftUs(check.key, nowUs);
  if (blockedUs > 0) return blockedBy(limit, page, at, nowUs, { blockedUs, waitUs });
  if (waitUs === 0) return undefined;
  return limitedBy(limit.policy, limit.algorithm, page, at, nowUs, waitUs);
}

function admittedFor(entry: Entry, nowUs: number): Decision {
  const { page, at } = placeOf(entry);
  return admittedBy(entry.limit.policy, entry.limit.algorithm, page, at, nowUs);
}

/** The refusal of a blocked key whose state may be of an earlier instant. */
function blockedNow(
  limit: Limit,
  page: Float64Array,
  at: number,
  nowUs: number,
  { blockedUs, need }: { readonly blockedUs: number; readonly need: number },
): Limited {
  limit.algorithm.advance(page, at, nowUs);
  const waitUs = need > 0 ? limit.algorithm.waitUs(page, at, nowUs, need) : 0;
  return blockedBy(limit, page, at, nowUs, { blockedUs, waitUs });
}

function blockedBy(
  { policy, algorithm }: Limit,
  page: Float64Array,
  at: number,
  nowUs: number,
  { blockedUs, waitUs }: { readonly blockedUs: number; readonly waitUs: number },
): Limited {
  const untilUs = Math.max(blockedUs, waitUs);
  const limited = limitedBy(policy, algorithm, page, at, nowUs, untilUs);
  const resetAfterMs = Math.max(limited.resetAfterMs, blockedUs / 1_000);
  return { ...limited, reason: 'blocked', remaining: 0, resetAfterMs };
}

/** A refusal by a limit that only watches. */
export function shadowOf(refusal: Limited): Decision {
  const { policyName, limit, remaining, resetAfterMs } = refusal;
  return { kind: 'admitted', reason: 'shadow', policyName, limit, remaining, resetAfterMs };
}

function chargeOf(entry: Entry, nowUs: number): Charge {
  const { page, at } = placeOf(entry);
  const { check, limit } = entry;
  const chargedAtUs = limit.algorithm.chargedAtUs(page, at, nowUs);
  return { limit, key: check.key, cost: check.cost, chargedAtUs };
}

function assertOptions(options: Required<MemoryStoreOptions>): void {
  const { maxKeys, maxKeyCharacters, maxLogEntries, maxPolicies, maxCharges } = options;
  assertRange('maxKeys', maxKeys, 1, 10_000_000);
  assertRange('maxKeyCharacters', maxKeyCharacters, 1, Number.MAX_SAFE_INTEGER);
  assertRange('maxLogEntries', maxLogEntries, 1, 2 ** 28);
  assertRange('maxPolicies', maxPolicies, 1, 1_000_000);
  assertRange('maxCharges', maxCharges, 0, 10_000_000);
}

function assertRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name}: expected an integer of ${min}..${max}, got ${value}`);
}
