/*
 * Cost that was charged at its owner and is spent here, without asking.
 *
 * How much to ask for at once? Little, and each decision is a round trip. Much, and what one node
 * holds and does not need is missing elsewhere: the client is refused on the next node although it
 * has not used up its limit. So the size follows the use: it begins with the cost of one request,
 * doubles when a lease is spent before it ends, and is halved when one ends unspent. Rare clients
 * are counted one by one, and only the busy ones, to whom a part in a hundred matters little, are
 * counted in batches.
 *
 * A lease ends after `leaseMs` by the clock of its holder, counted from before it was asked for,
 * and so at the latest when it ends by the clock of the owner. That is what bounds the overshoot:
 * what is spent now was charged at most `leaseMs` ago.
 */
import type { Decision, Limited } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Check } from '../store.ts';
import type { LeaseGranted, LeaseLimited } from './messages.ts';
import { RecentMap } from './recent-map.ts';

/** What of one key under one policy is here. */
interface Lease {
  leaseId: number;
  /** What is left to spend. */
  cost: number;
  /** What was granted, as a measure of the next one. */
  size: number;
  askedAtMs: number;
  endsAtMs: number;
  /** As the owner said, with what was granted taken off. */
  remaining: number;
  fullAtMs: number;
  /** What the owner refused last, to whom more is refused without asking. */
  refusal:
    { readonly cost: number; readonly untilMs: number; readonly retryAtMs: number } | undefined;
  refusedFor: Limited['reason'];
  /** Until when the one asked has to be left alone, because it does not own the key. */
  awayUntilMs: number;
}

/** What came of an attempt to decide here. */
export type LeaseDraw =
  | {
      readonly kind: 'drawn';
      readonly decision: Decision;
      readonly leaseId: number;
      /** When the lease was asked for: it was charged then, or a little later. */
      readonly chargedAtMs: number;
    }
  | { readonly kind: 'refused'; readonly decision: Limited }
  /** Nobody here can say. */
  | { readonly kind: 'unknown' };

/** What to ask the owner for. */
export interface Renewal {
  readonly wanted: number;
  readonly returned: { readonly leaseId: number; readonly cost: number } | undefined;
}

/** The leases of one node, by key and policy. Bounded: the oldest go, with what is left of them. */
export class LeaseTable {
  readonly #leases: RecentMap<string, Lease>;

  /** @param leasesMax - How many keys may have a lease. At least 1. */
  constructor(leasesMax: number) {
    this.#leases = new RecentMap(leasesMax);
  }

  /** Keys that have a lease, or had one lately. */
  get size(): number {
    return this.#leases.size;
  }

  /**
   * Decides about `cost` with what is here, if that suffices. A cost of 0 only looks.
   *
   * @param headroom - What has to be left of the lease behind it.
   */
  draw(id: string, { policy, cost, headroom = 0 }: Check, nowMs: number): LeaseDraw {
    const lease = this.#leases.get(id);
    if (lease === undefined) return { kind: 'unknown' };
    const { leaseId, refusal, askedAtMs } = lease;
    if (nowMs < lease.endsAtMs && lease.cost >= cost + headroom) {
      lease.cost -= cost;
      const reason = 'withinLimit' as const;
      const decision: Decision = { kind: 'admitted', reason, ...stateOf(lease, policy, nowMs) };
      return { kind: 'drawn', decision, leaseId, chargedAtMs: askedAtMs };
    }
    if (refusal === undefined || cost + headroom < refusal.cost || nowMs >= refusal.untilMs) {
      return { kind: 'unknown' };
    }
    const retryAfterMs = refusal.retryAtMs - nowMs;
    const reason = lease.refusedFor;
    const state = stateOf(lease, policy, nowMs);
    return { kind: 'refused', decision: { kind: 'limited', reason, ...state, retryAfterMs } };
  }

  /**
   * What to ask for, so as to spend at least `needed` at once. What is left of the lease is not
   * spent any more from now on.
   *
   * @param sizeMax - The largest lease that may be asked for.
   */
  renew(id: string, needed: number, sizeMax: number, nowMs: number): Renewal {
    const lease = this.#leases.get(id);
    if (lease === undefined || needed === 0) return { wanted: needed, returned: undefined };

    const isOver = nowMs >= lease.endsAtMs;
    const isWasted = isOver && lease.cost > 0;
    const size = isWasted ? Math.floor(lease.size / 2) : lease.size * 2;
    const { leaseId, cost } = lease;
    lease.cost = 0;
    const returned = isOver || cost === 0 ? undefined : { leaseId, cost };
    return { wanted: Math.max(needed, Math.min(size, sizeMax)), returned };
  }

  /** Takes in what the owner granted. @param askedAtMs - When it was asked, before it knew. */
  granted(id: string, reply: LeaseGranted, askedAtMs: number, nowMs: number): void {
    const lease = this.#claim(id);
    lease.leaseId = reply.leaseId;
    lease.cost = reply.cost;
    // A look leases nothing, and says nothing about how much is needed.
    if (reply.cost > 0) lease.size = reply.cost;
    lease.askedAtMs = askedAtMs;
    lease.endsAtMs = askedAtMs + reply.leaseMs;
    lease.remaining = reply.remaining;
    lease.fullAtMs = nowMs + reply.resetAfterMs;
    lease.refusal = undefined;
  }

  /**
   * Takes in that the owner refused `cost`, headroom included.
   *
   * @param keptMs - How long to refuse without asking, at most.
   * @returns The decision about the request that asked.
   */
  refused(
    id: string,
    policy: RatePolicy,
    cost: number,
    reply: LeaseLimited,
    times: { readonly askedAtMs: number; readonly nowMs: number; readonly keptMs: number },
  ): Limited {
    const { askedAtMs, nowMs, keptMs } = times;
    const { reason, retryAfterMs } = reply;
    const lease = this.#claim(id);
    lease.remaining = reply.remaining;
    lease.fullAtMs = nowMs + reply.resetAfterMs;
    lease.refusedFor = reason;
    // From before it was asked, so that nobody is refused for longer than the owner would.
    const untilMs = askedAtMs + Math.min(retryAfterMs, keptMs);
    lease.refusal = { cost, untilMs, retryAtMs: nowMs + retryAfterMs };
    return { kind: 'limited', reason, ...stateOf(lease, policy, nowMs), retryAfterMs };
  }

  /** Remembers that the one asked does not own the key, until `untilMs`. */
  sentAway(id: string, untilMs: number): void {
    this.#claim(id).awayUntilMs = untilMs;
  }

  /** Whether nobody is to be asked for the key. */
  isAway(id: string, nowMs: number): boolean {
    return nowMs < (this.#leases.get(id)?.awayUntilMs ?? -Infinity);
  }

  /** Puts `cost` back into the lease it was drawn from. Whether that lease is still there. */
  putBack(id: string, leaseId: number, cost: number, nowMs: number): boolean {
    const lease = this.#leases.get(id);
    if (lease?.leaseId !== leaseId || nowMs >= lease.endsAtMs) return false;
    lease.cost += cost;
    return true;
  }

  /** Forgets what is here of a key: after a block or a reset, only its owner knows. */
  drop(id: string): void {
    this.#leases.delete(id);
  }

  /** Forgets all, because the owners have changed. */
  clear(): void {
    this.#leases.clear();
  }

  /** The lease of `id`, moved to the end of those that go first. */
  #claim(id: string): Lease {
    const lease = this.#leases.get(id) ?? emptyLease();
    this.#leases.set(id, lease);
    return lease;
  }
}

function emptyLease(): Lease {
  return {
    leaseId: 0,
    cost: 0,
    size: 0,
    askedAtMs: -Infinity,
    endsAtMs: -Infinity,
    remaining: 0,
    fullAtMs: -Infinity,
    refusal: undefined,
    refusedFor: 'limitReached',
    awayUntilMs: -Infinity,
  };
}

function stateOf(
  { cost, endsAtMs, remaining, fullAtMs }: Lease,
  { name, limit }: RatePolicy,
  nowMs: number,
): Omit<Decision, 'kind' | 'reason' | 'retryAfterMs'> {
  return {
    policyName: name,
    limit,
    remaining: remaining + (nowMs < endsAtMs ? cost : 0),
    resetAfterMs: Math.max(0, fullAtMs - nowMs),
  };
}
