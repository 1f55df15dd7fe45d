/*
 * Limits that a cluster keeps by itself, with no store besides.
 *
 * One count for each key must be kept in one place, or it is no count; and no request can wait for
 * a round trip to that place, or the limiter is what is slow. So each key has an owner among the
 * nodes, which all of them know without asking, and the others lease cost from it ahead of time:
 * most decisions are made here, with what is here.
 *
 * Owners fail, restart, change, and cannot be reached. Then a node decides with its own small share
 * of the policy, after one short wait and then without, until somebody answers. What this admits
 * too much has a bound, whatever happens: see `admittedMax`.
 *
 * ```text
 *   take ──▶ is the key ours? ──yes──▶ count it
 *              │ no
 *              ▼
 *            is there enough on lease? ──yes──▶ spend it        (no message)
 *              │ no                     refused lately? ──▶ refuse
 *              ▼
 *            may the owner be asked? ──yes──▶ lease more, then as above
 *              │ no, or no answer
 *              ▼
 *            decide with this node's share
 * ```
 *
 * A request that was sent is never sent again: whether the owner charged it is not known, and a
 * charge that nobody spends is only ever too strict.
 */
import type { NodeId, RequestContext, Unsubscribe } from '@quorate/transport';
import { DecodeError, RequestRefusedError } from '@quorate/transport';

import { assertChecks, assertDuration, assertKey } from '../checks.ts';
import type { Decision } from '../decision.ts';
import { RateLimiterClosedError } from '../errors.ts';
import { assertPolicy, type RatePolicy, WINDOW_MS_MAX } from '../policy.ts';
import type { Check, RateLimitStore, StoreCallOptions, Verdict } from '../store.ts';
import { abortable } from './abortable.ts';
import { type Charge, ChargeTable } from './charge-table.ts';
import { type ClusterCounters, noCounts } from './cluster-counters.ts';
import {
  type ClusterSettings,
  clusterSettings,
  type ClusterStoreOptions,
} from './cluster-options.ts';
import { clusterReplyCodec, clusterRequestCodec } from './codec.ts';
import { type Draw, drawOf } from './draw.ts';
import { OwnerUnreachableError } from './errors.ts';
import { KeyLedger } from './key-ledger.ts';
import { KeyOwner } from './key-owner.ts';
import { ledgerId } from './ledger.ts';
import { LocalShare } from './local-share.ts';
import { type ClusterReply, type ClusterRequest, METHOD } from './messages.ts';
import { OwnerClient } from './owner-client.ts';
import { Ownership } from './ownership.ts';
import type { Placement } from './placement.ts';

/**
 * A node's part of limits that a cluster keeps.
 *
 * @remarks
 * A decision with a lease, or about an owned key, costs no message and O(members) for the owner. No
 * timers but those of the requester. The sum of what all nodes admit is at most `admittedMax`.
 */
export class ClusterStore implements RateLimitStore {
  readonly #settings: ClusterSettings;
  readonly #ownership: Ownership;
  readonly #owner: KeyOwner;
  readonly #share: LocalShare;
  readonly #others: OwnerClient;
  readonly #charges: ChargeTable;
  readonly #unserve: Unsubscribe;
  readonly #counters: ClusterCounters = noCounts();
  #isClosed = false;

  /** @throws RangeError if an option is out of its range, or 'rate-limiter' is served already. */
  constructor(options: ClusterStoreOptions) {
    const settings = clusterSettings(options);
    const { clock, localId, placement, leaseMs, leasesMax, startingShare } = settings;
    this.#settings = settings;
    this.#ownership = new Ownership(localId, placement, clock.nowMs());
    const ledger = new KeyLedger(settings);
    const ownership = this.#ownership;
    this.#owner = new KeyOwner({ ledger, ownership, leaseMs, startingShare, leasesMax });
    this.#share = new LocalShare(new KeyLedger(settings), settings.ownerRetryMs);
    this.#others = new OwnerClient(settings, ownership, this.#counters);
    this.#charges = new ChargeTable(localId, settings.chargesMax);
    this.#unserve = settings.requester.serve(METHOD, (payload, context) =>
      this.#serve(payload, context),
    );
  }

  /** What was decided so far, and how. */
  get counters(): Readonly<ClusterCounters> {
    return { ...this.#counters };
  }

  /**
   * Takes over another placement, because the members have changed. Until all nodes have, those
   * that disagree about a key's owner decide about it with their shares.
   */
  setPlacement(placement: Placement): void {
    this.#ownership.change(placement, this.#settings.clock.nowMs());
    this.#others.clear();
  }

  async take(checks: readonly Check[], { signal }: StoreCallOptions = {}): Promise<Verdict> {
    this.#expectOpen();
    assertChecks(checks);
    signal?.throwIfAborted();
    const draws = checks.map((check) => this.#draw(check));
    const isDecided = (draw: Draw | Promise<Draw>): draw is Draw => !(draw instanceof Promise);
    if (draws.every(isDecided)) return this.#verdict(checks, draws);
    try {
      const settled = draws.map((draw) => Promise.resolve(draw));
      return this.#verdict(checks, await abortable(Promise.all(settled), signal));
    } catch (error) {
      for (const draw of draws) void this.#releaseLater(draw);
      throw error;
    }
  }

  async refund(chargeId: string, { signal }: StoreCallOptions = {}): Promise<void> {
    this.#expectOpen();
    signal?.throwIfAborted();
    const nowMs = this.#settings.clock.nowMs();
    const distant = this.#charges.take(chargeId).filter((charge) => !this.#putBack(charge, nowMs));
    const requests = distant.map(({ key, policy, cost, chargedAtMs }) => {
      const ageMs = nowMs - chargedAtMs;
      return this.#others.tell({ kind: 'giveBack', key, policy, cost, ageMs });
    });
    await abortable(Promise.all(requests), signal);
  }

  async block(
    key: string,
    policy: RatePolicy,
    durationMs: number,
    { signal }: StoreCallOptions = {},
  ): Promise<void> {
    this.#expectAbout(key, policy);
    assertDuration('durationMs', durationMs, WINDOW_MS_MAX);
    signal?.throwIfAborted();
    const nowMs = this.#settings.clock.nowMs();
    this.#others.drop(ledgerId(key, policy));
    this.#share.block(key, policy, durationMs, nowMs);
    if (this.#ownership.isOurs(key)) this.#owner.block(key, policy, durationMs, nowMs);
    else await abortable(this.#others.tell({ kind: 'block', key, policy, durationMs }), signal);
  }

  async reset(key: string, policy: RatePolicy, { signal }: StoreCallOptions = {}): Promise<void> {
    this.#expectAbout(key, policy);
    signal?.throwIfAborted();
    const nowMs = this.#settings.clock.nowMs();
    this.#others.drop(ledgerId(key, policy));
    this.#share.reset(key, policy, nowMs);
    if (this.#ownership.isOurs(key)) this.#owner.reset(key, policy, nowMs);
    else await abortable(this.#others.tell({ kind: 'reset', key, policy }), signal);
  }

  /** Serves no more members; what waits decides with this node's share. Idempotent. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#others.close();
    this.#unserve();
    return Promise.resolve();
  }

  get #localShare(): number {
    return this.#settings.localShare ?? 1 / this.#ownership.memberCount;
  }

  #draw(check: Check): Draw | Promise<Draw> {
    const { clock, localId } = this.#settings;
    const nowMs = clock.nowMs();
    const owner = this.#ownership.ownerOf(check.key);
    if (owner === localId) {
      this.#counters.owned += 1;
      const from = { source: 'owned', chargedAtMs: nowMs, leaseId: 0 } as const;
      return drawOf(check, this.#owner.take(check, nowMs), from);
    }
    const leased = this.#others.drawHere(check, nowMs);
    if (leased !== undefined) {
      this.#counters.leased += 1;
      return leased;
    }
    const waiting = this.#others.draw(check, owner, nowMs);
    if (waiting === undefined) return this.#drawShare(check, owner);
    this.#counters.waited += 1;
    return waiting.then((draw) => draw ?? this.#drawShare(check, owner));
  }

  #drawShare(check: Check, owner: NodeId): Draw | Promise<Draw> {
    const { onOwnerUnreachable, clock } = this.#settings;
    if (onOwnerUnreachable === 'reject') return Promise.reject(new OwnerUnreachableError(owner));
    this.#counters.shared += 1;
    const nowMs = clock.nowMs();
    const from = { source: 'share', chargedAtMs: nowMs, leaseId: 0 } as const;
    return drawOf(check, this.#share.take(check, this.#localShare, nowMs), from);
  }

  #serve(payload: Uint8Array, { from }: RequestContext): Uint8Array {
    try {
      return clusterReplyCodec.encode(this.#answer(clusterRequestCodec.decode(payload), from));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#counters.malformed += 1;
      throw new RequestRefusedError('declined', error.message);
    }
  }

  #answer(request: ClusterRequest, from: NodeId): ClusterReply {
    const { key, policy } = request;
    const nowMs = this.#settings.clock.nowMs();
    if (!this.#ownership.isOurs(key)) return { kind: 'notOwner' };
    switch (request.kind) {
      case 'lease':
        return this.#owner.lease(request, from, nowMs);
      case 'giveBack':
        this.#owner.giveBack({ ...request, chargedAtMs: nowMs - request.ageMs }, nowMs);
        return { kind: 'done' };
      case 'block':
        this.#owner.block(key, policy, request.durationMs, nowMs);
        return { kind: 'done' };
      case 'reset':
        this.#owner.reset(key, policy, nowMs);
        return { kind: 'done' };
    }
  }

  /** All or nothing: what was drawn for some checks is put back if another one limits. */
  #verdict(checks: readonly Check[], draws: readonly Draw[]): Verdict {
    const isWatching = (place: number): boolean => checks[place]?.mode === 'shadow';
    const isLimited = draws.some(
      ({ decision }, place) => decision.kind === 'limited' && !isWatching(place),
    );
    const charges = draws.flatMap(({ charge }) => charge ?? []);
    const decisions = draws.map(({ decision, charge }, place): Decision => {
      if (decision.kind === 'limited' && isWatching(place)) return shadowOf(decision);
      if (!isLimited || charge === undefined) return decision;
      return { ...decision, remaining: decision.remaining + charge.cost };
    });
    if (isLimited) this.#release(charges);
    return isLimited || charges.length === 0
      ? { decisions }
      : { decisions, chargeId: this.#charges.add(charges) };
  }

  async #releaseLater(draw: Draw | Promise<Draw>): Promise<void> {
    try {
      const { charge } = await draw;
      if (charge !== undefined) this.#release([charge]);
    } catch {
      // Nothing was drawn.
    }
  }

  /** What no longer lies where it was drawn from is lost, which is only too strict. */
  #release(charges: readonly Charge[]): void {
    const nowMs = this.#settings.clock.nowMs();
    for (const charge of charges) this.#putBack(charge, nowMs);
  }

  /** Whether it could be put back on this node. */
  #putBack(charge: Charge, nowMs: number): boolean {
    const { source, key, policy, leaseId, cost } = charge;
    if (source === 'lease') {
      return this.#others.putBack(ledgerId(key, policy), leaseId, cost, nowMs);
    }
    if (source === 'share') this.#share.giveBack(charge, this.#localShare, nowMs);
    if (source === 'owned') this.#owner.giveBack(charge, nowMs);
    return true;
  }

  #expectAbout(key: string, policy: RatePolicy): void {
    this.#expectOpen();
    assertKey(key);
    assertPolicy(policy);
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new RateLimiterClosedError('store');
  }
}

function shadowOf({ policyName, limit, remaining, resetAfterMs }: Decision): Decision {
  const state = { policyName, limit, remaining, resetAfterMs };
  return { kind: 'admitted', reason: 'shadow', ...state };
}
