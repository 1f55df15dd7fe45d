/*
 * Where a node counts keys, in bounded memory.
 *
 * A key that has rested is as good as one that never came, so a hand goes round and forgets those,
 * two for each decision. When the table is full nevertheless, somebody has to go, and an attacker
 * with many keys must not be able to choose whom: a client that is limited would be forgotten and
 * begin anew. So of the next few keys under the hand, the one with the largest part of its limit
 * left goes; if all of them are used up, nobody goes, and the newcomer is refused until one of them
 * has rested.
 */
import type { RateAlgorithm } from '../algorithms/algorithm.ts';
import { createAlgorithm } from '../algorithms/create-algorithm.ts';
import { microseconds } from '../checks.ts';
import { admittedBy, limitedBy } from '../decide.ts';
import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Check } from '../store.ts';
import { type Ledger, type LedgerCharge, ledgerId } from './ledger.ts';

/** What a ledger may keep. */
export interface KeyLedgerLimits {
  /** Keys under policies. At least 1. */
  readonly keysMax: number;
  /** Bytes of what is counted of them, on top of about 200 for each. */
  readonly stateBytesMax: number;
}

interface Account {
  readonly cells: Float64Array;
  /** As of the last decision. */
  algorithm: RateAlgorithm;
  blockedUntilUs: number;
  decidedAtUs: number;
  /** What was charged until then is forgotten, and not given back. */
  resetAtUs: number;
}

/** Different policies whose arithmetic is kept ready. */
const ALGORITHMS_MAX = 1_024;
/** Keys looked at for one that can go. */
const CANDIDATES = 16;
const SWEPT_EACH_TIME = 2;

/** Keys and what was charged to them. */
export class KeyLedger implements Ledger {
  readonly #accounts = new Map<string, Account>();
  readonly #algorithms = new Map<string, RateAlgorithm>();
  readonly #limits: KeyLedgerLimits;
  #hand: MapIterator<[string, Account]>;
  #stateBytes = 0;

  constructor(limits: KeyLedgerLimits) {
    this.#limits = limits;
    this.#hand = this.#accounts.entries();
  }

  /** Keys under policies that something is known of. */
  get size(): number {
    return this.#accounts.size;
  }

  knows(key: string, policy: RatePolicy, sinceMs: number): boolean {
    const account = this.#accounts.get(ledgerId(key, policy));
    return account !== undefined && account.decidedAtUs >= sinceMs * 1_000;
  }

  take(check: Check, nowMs: number): Decision {
    const { key, policy, cost, headroom = 0 } = check;
    const nowUs = microseconds(nowMs);
    const algorithm = this.#algorithmOf(policy);
    for (let count = 0; count < SWEPT_EACH_TIME; count += 1) this.#sweepOne(nowUs);
    const account = this.#accountOf(key, policy, algorithm, nowUs);
    if (typeof account === 'number') return refusedNewcomer(policy, account - nowUs);
    const { cells, blockedUntilUs } = account;
    algorithm.advance(cells, 0, nowUs);
    account.decidedAtUs = nowUs;
    const need = cost + headroom;
    const blockedUs = Math.max(0, blockedUntilUs - nowUs);
    const waitUs = need === 0 ? 0 : algorithm.waitUs(cells, 0, nowUs, need);
    if (blockedUs > 0) return blockedBy(policy, account, nowUs, Math.max(blockedUs, waitUs));
    if (waitUs > 0) return limitedBy(policy, algorithm, cells, 0, nowUs, waitUs);
    if (cost > 0) algorithm.charge(cells, 0, nowUs, cost);
    return admittedBy(policy, algorithm, cells, 0, nowUs);
  }

  giveBack({ key, policy, cost, chargedAtMs }: LedgerCharge, nowMs: number): void {
    const account = this.#accounts.get(ledgerId(key, policy));
    if (account === undefined || cost === 0) return;
    const nowUs = microseconds(nowMs);
    const algorithm = this.#algorithmOf(policy);
    algorithm.advance(account.cells, 0, nowUs);
    const chargedAtUs = microseconds(Math.max(0, chargedAtMs));
    if (chargedAtUs <= account.resetAtUs) return;
    algorithm.refund(account.cells, 0, nowUs, cost, chargedAtUs);
  }

  block(key: string, policy: RatePolicy, durationMs: number, nowMs: number): void {
    const nowUs = microseconds(nowMs);
    const account = this.#accountOf(key, policy, this.#algorithmOf(policy), nowUs);
    if (typeof account === 'number') return;
    account.blockedUntilUs = durationMs === 0 ? 0 : nowUs + microseconds(durationMs);
  }

  reset(key: string, policy: RatePolicy, nowMs: number): void {
    const account = this.#accounts.get(ledgerId(key, policy));
    if (account === undefined) return;
    // What is kept says that nothing was spent; what is forgotten would say nothing.
    account.cells.fill(0);
    account.blockedUntilUs = 0;
    account.algorithm.begin(account.cells, 0, key, account.cells.length);
    account.resetAtUs = microseconds(nowMs);
  }

  /** The account of a key; for a newcomer that there is no room for, when there may be some. */
  #accountOf(
    key: string,
    policy: RatePolicy,
    algorithm: RateAlgorithm,
    nowUs: number,
  ): Account | number {
    const id = ledgerId(key, policy);
    const known = this.#accounts.get(id);
    if (known !== undefined && known.cells.length >= algorithm.width) {
      known.algorithm = algorithm;
      return known;
    }
    const sizeBytes = algorithm.width * 8 - (known?.cells.byteLength ?? 0);
    const roomAtUs = this.#makeRoom(sizeBytes, nowUs);
    if (roomAtUs !== undefined) return roomAtUs;
    const cells = new Float64Array(algorithm.width);
    if (known === undefined) algorithm.begin(cells, 0, key, cells.length);
    else cells.set(known.cells);
    const never = { blockedUntilUs: 0, decidedAtUs: -Infinity, resetAtUs: -Infinity };
    const account: Account = { ...(known ?? never), cells, algorithm };
    this.#accounts.set(id, account);
    this.#stateBytes += sizeBytes;
    return account;
  }

  /** Makes room, or says when there may be some. */
  #makeRoom(sizeBytes: number, nowUs: number): number | undefined {
    const { keysMax, stateBytesMax } = this.#limits;
    while (this.#accounts.size >= keysMax || this.#stateBytes + sizeBytes > stateBytesMax) {
      const roomAtUs = this.#evictOne(nowUs);
      if (roomAtUs !== undefined) return roomAtUs;
    }
    return undefined;
  }

  #evictOne(nowUs: number): number | undefined {
    let victim: readonly [id: string, account: Account] | undefined;
    let largest = 0;
    let soonestUs = Infinity;
    for (let count = Math.min(CANDIDATES, this.#accounts.size); count > 0; count -= 1) {
      const next = this.#turnHand();
      if (next === undefined) break;
      const { left, restedAtUs } = standingOf(next[1], nowUs);
      soonestUs = Math.min(soonestUs, restedAtUs);
      if (left <= largest) continue;
      largest = left;
      victim = next;
    }
    if (victim === undefined) return Math.max(nowUs + 1, soonestUs);
    this.#forget(...victim);
    return undefined;
  }

  #sweepOne(nowUs: number): void {
    const next = this.#turnHand();
    if (next === undefined) return;
    const { restedAtUs } = standingOf(next[1], nowUs);
    if (restedAtUs <= nowUs) this.#forget(...next);
  }

  #turnHand(): readonly [id: string, account: Account] | undefined {
    const next = this.#hand.next();
    if (next.done !== true) return next.value;
    this.#hand = this.#accounts.entries();
    const first = this.#hand.next();
    return first.done === true ? undefined : first.value;
  }

  #forget(id: string, account: Account): void {
    this.#accounts.delete(id);
    this.#stateBytes -= account.cells.byteLength;
  }

  #algorithmOf(policy: RatePolicy): RateAlgorithm {
    const detail = 'burst' in policy ? policy.burst : 'anchor' in policy ? policy.anchor : '';
    const id = `${policy.kind} ${policy.limit} ${policy.windowMs} ${detail}`;
    const known = this.#algorithms.get(id);
    if (known !== undefined) return known;
    if (this.#algorithms.size >= ALGORITHMS_MAX) this.#algorithms.clear();
    const algorithm = createAlgorithm(policy);
    this.#algorithms.set(id, algorithm);
    return algorithm;
  }
}

function refusedNewcomer({ name, limit }: RatePolicy, roomInUs: number): Decision {
  const retryAfterMs = roomInUs / 1_000;
  const state = { policyName: name, limit, remaining: 0, resetAfterMs: retryAfterMs };
  return { kind: 'limited', reason: 'limitReached', ...state, retryAfterMs };
}

/** Which part of its limit an account has left, and from when on it is as good as none. */
function standingOf(
  { cells, algorithm, blockedUntilUs }: Account,
  nowUs: number,
): { readonly left: number; readonly restedAtUs: number } {
  algorithm.advance(cells, 0, nowUs);
  const restedAtUs = Math.max(blockedUntilUs, algorithm.restedAtUs(cells, 0));
  const remaining = blockedUntilUs > nowUs ? 0 : algorithm.remaining(cells, 0, nowUs);
  return { left: remaining / algorithm.capacity, restedAtUs };
}

/** As `limitedBy`, for a key that is blocked and may be used up besides. */
function blockedBy(
  policy: RatePolicy,
  { cells, algorithm, blockedUntilUs }: Account,
  nowUs: number,
  waitUs: number,
): Decision {
  const limited = limitedBy(policy, algorithm, cells, 0, nowUs, waitUs);
  const resetAfterMs = Math.max(limited.resetAfterMs, (blockedUntilUs - nowUs) / 1_000);
  return { ...limited, reason: 'blocked', remaining: 0, resetAfterMs };
}
