/*
 * The one who counts a key.
 *
 * The owner charges a lease when it grants it, as if all of it were spent at once; so what the
 * holders of leases spend can never be more than what the policy admitted. A holder that asks again
 * returns what it did not spend; what nobody returns is regained as time goes by.
 *
 * An owner that has just begun does not know what its predecessor counted. If it let each key begin
 * with all of its burst, a client could have as many bursts as there are restarts. If it let them
 * begin with nothing, each restart would refuse those who did nothing. So a key that is met for the
 * first time begins with a part, `startingShare`, until so much time has passed that it would have
 * all of it whatever was spent before.
 */
import type { NodeId } from '@quorate/transport';

import type { Decision } from '../decision.ts';
import type { RatePolicy } from '../policy.ts';
import type { Check } from '../store.ts';
import { type Ledger, type LedgerCharge, ledgerId } from './ledger.ts';
import type { ClusterReply, LeaseRequest } from './messages.ts';
import { startingCost } from './overshoot.ts';
import type { Ownership } from './ownership.ts';
import { RecentMap } from './recent-map.ts';
import { fullAfterMs } from './share.ts';

/** What an owner is told. */
export interface KeyOwnerOptions {
  readonly ledger: Ledger;
  readonly ownership: Ownership;
  readonly leaseMs: number;
  /** Of the burst, with which unknown keys begin. Default: 1 / members. */
  readonly startingShare: number | undefined;
  /** Leases whose rest can be returned. The oldest go. */
  readonly leasesMax: number;
}

/** A lease as its owner remembers it. */
interface Grant {
  readonly leaseId: number;
  readonly cost: number;
  readonly grantedAtMs: number;
}

/** The keys that one node owns. */
export class KeyOwner {
  readonly #options: KeyOwnerOptions;
  /** By holder and key: each holds one lease of a key. */
  readonly #grants: RecentMap<string, Grant>;
  #grantCount = 0;

  constructor(options: KeyOwnerOptions) {
    this.#options = options;
    this.#grants = new RecentMap(options.leasesMax);
  }

  /** Decides about a request to this node itself. */
  take(check: Check, nowMs: number): Decision {
    this.#begin(check.key, check.policy, nowMs);
    return this.#options.ledger.take(check, nowMs);
  }

  /** Grants a lease of at least what is needed, or says why not. */
  lease(request: LeaseRequest, holder: NodeId, nowMs: number): ClusterReply {
    const { key, policy, needed, headroom } = request;
    const { ledger, leaseMs } = this.#options;
    this.#begin(key, policy, nowMs);
    const grantId = `${holder}\n${ledgerId(key, policy)}`;
    this.#takeBack(request, grantId, nowMs);
    const decision = ledger.take({ key, policy, cost: needed, headroom }, nowMs);
    if (decision.kind === 'limited') return refusalOf(decision);
    const extra = this.#grantExtra(request, decision, nowMs);
    const cost = needed + (extra === undefined ? 0 : request.wanted - needed - extra.missing);
    const { remaining, resetAfterMs } = extra?.decision ?? decision;
    this.#grantCount += 1;
    const leaseId = this.#grantCount;
    if (cost > 0) this.#grants.set(grantId, { leaseId, cost, grantedAtMs: nowMs });
    return { kind: 'granted', leaseId, cost, leaseMs, remaining, resetAfterMs };
  }

  /** Takes back what a request did not cost after all. */
  giveBack(charge: LedgerCharge, nowMs: number): void {
    this.#options.ledger.giveBack(charge, nowMs);
  }

  /** Limits a key, whatever it has left. Leases are spent to their end nevertheless. */
  block(key: string, policy: RatePolicy, durationMs: number, nowMs: number): void {
    this.#options.ledger.block(key, policy, durationMs, nowMs);
  }

  /** Forgets a key. */
  reset(key: string, policy: RatePolicy, nowMs: number): void {
    this.#options.ledger.reset(key, policy, nowMs);
  }

  /** Lets a key that is not known begin with a part, if it may have been spent from before. */
  #begin(key: string, policy: RatePolicy, nowMs: number): void {
    const { ledger, ownership } = this.#options;
    const ownedSinceMs = ownership.ownedSinceMs(key);
    // What was counted in an earlier reign says nothing about what others have admitted since.
    if (ledger.knows(key, policy, ownedSinceMs)) return;
    if (nowMs - ownedSinceMs >= fullAfterMs(policy)) return;
    const { startingShare = 1 / ownership.memberCount } = this.#options;
    const { remaining } = ledger.take({ key, policy, cost: 0 }, nowMs);
    const cost = remaining - startingCost(policy, startingShare);
    if (cost > 0) ledger.take({ key, policy, cost }, nowMs);
  }

  #takeBack({ key, policy, returned }: LeaseRequest, grantId: string, nowMs: number): void {
    const grant = this.#grants.get(grantId);
    this.#grants.delete(grantId);
    if (returned === undefined || grant?.leaseId !== returned.leaseId) return;
    const { leaseMs, ledger } = this.#options;
    if (returned.cost > grant.cost || nowMs - grant.grantedAtMs >= leaseMs) return;
    ledger.giveBack({ key, policy, cost: returned.cost, chargedAtMs: grant.grantedAtMs }, nowMs);
  }

  /** More than was needed, as long as all members could have as much of what is left. */
  #grantExtra(
    { key, policy, needed, wanted, headroom }: LeaseRequest,
    { remaining }: Decision,
    nowMs: number,
  ): { readonly missing: number; readonly decision: Decision } | undefined {
    const { ledger, ownership } = this.#options;
    const fair = Math.floor(Math.max(0, remaining - headroom) / ownership.memberCount);
    const cost = Math.min(wanted - needed, fair);
    if (cost <= 0) return undefined;
    const decision = ledger.take({ key, policy, cost }, nowMs);
    return decision.kind === 'limited' ? undefined : { missing: wanted - needed - cost, decision };
  }
}

function refusalOf(decision: Extract<Decision, { kind: 'limited' }>): ClusterReply {
  const { reason, remaining, resetAfterMs, retryAfterMs } = decision;
  const known = reason === 'blocked' || reason === 'costAboveLimit' ? reason : 'limitReached';
  return { kind: 'limited', reason: known, remaining, resetAfterMs, retryAfterMs };
}
