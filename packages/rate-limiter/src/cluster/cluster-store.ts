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
import {
  type ClusterSettings,
  clusterSettings,
  type ClusterStoreOptions,
} from './cluster-options.ts';
import { clusterReplyCodec, clusterRequestCodec } from './codec.ts';
import { OwnerUnreachableError } from './errors.ts';
import { KeyLedger } from './key-ledger.ts';
import { KeyOwner } from './key-owner.ts';
import { LeaseTable } from './lease-table.ts';
import { ledgerId } from './ledger.ts';
import { LocalShare } from './local-share.ts';
import type { ClusterReply, ClusterRequest } from './messages.ts';
import { OwnerHealth } from './owner-health.ts';
import { Ownership } from './ownership.ts';
import type { Placement } from './placement.ts';
import { burstOf } from './share.ts';

/** The method that members serve one another. */
const METHOD = 'rate-limiter';

/** What one node has decided, and how. Everything only rises. */
export interface ClusterCounters {
  /** Checks of keys that this node owns. */
  owned: number;
  /** Checks decided with a lease, without a message. */
  leased: number;
  /** Checks that waited for an owner. */
  waited: number;
  /** Checks decided with this node's share. */
  shared: number;
  /** Leases asked for, and how many of these questions had no answer. */
  leaseRequests: number;
  unanswered: number;
  /** Requests of members that did not decode. */
  malformed: number;
}

/** What came of a question: more on lease, a refusal of what was asked for, or nothing. */
type OwnerAnswer = 'granted' | 'away' | 'silent' | Decision;

/** One check, decided; nothing is charged if it is limited. */
interface Draw {
  readonly decision: Decision;
  readonly charge: Charge | undefined;
}

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
  readonly #leases: LeaseTable;
  readonly #health: OwnerHealth;
  readonly #charges: ChargeTable;
  readonly #asked = new Map<string, Promise<OwnerAnswer>>();
  readonly #unserve: Unsubscribe;
  readonly #counters: ClusterCounters = {
    owned: 0,
    leased: 0,
    waited: 0,
    shared: 0,
    leaseRequests: 0,
    unanswered: 0,
    malformed: 0,
  };
  #waitingCount = 0;
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
    this.#leases = new LeaseTable(leasesMax);
    this.#health = new OwnerHealth(settings.ownerRetryMs);
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
    this.#leases.clear();
    this.#health.clear();
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
      return this.#tellOwner({ kind: 'giveBack', key, policy, cost, ageMs });
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
    this.#leases.drop(ledgerId(key, policy));
    this.#share.block(key, policy, durationMs, nowMs);
    if (this.#ownership.isOurs(key)) this.#owner.block(key, policy, durationMs, nowMs);
    else await abortable(this.#tellOwner({ kind: 'block', key, policy, durationMs }), signal);
  }

  async reset(key: string, policy: RatePolicy, { signal }: StoreCallOptions = {}): Promise<void> {
    this.#expectAbout(key, policy);
    signal?.throwIfAborted();
    const nowMs = this.#settings.clock.nowMs();
    this.#leases.drop(ledgerId(key, policy));
    this.#share.reset(key, policy, nowMs);
    if (this.#ownership.isOurs(key)) this.#owner.reset(key, policy, nowMs);
    else await abortable(this.#tellOwner({ kind: 'reset', key, policy }), signal);
  }

  /** Serves no more members; what waits decides with this node's share. Idempotent. */
  close(): Promise<void> {
    this.#isClosed = true;
    this.#unserve();
    return Promise.resolve();
  }

  get #localShare(): number {
    return this.#settings.localShare ?? 1 / this.#ownership.memberCount;
  }

  #draw(check: Check): Draw | Promise<Draw> {
    const { clock, localId, waitingMax } = this.#settings;
    const nowMs = clock.nowMs();
    const owner = this.#ownership.ownerOf(check.key);
    if (owner === localId) {
      this.#counters.owned += 1;
      return charged(check, this.#owner.take(check, nowMs), 'owned', nowMs);
    }
    const leased = this.#drawLeased(check, nowMs);
    if (leased !== undefined) {
      this.#counters.leased += 1;
      return leased;
    }
    const id = ledgerId(check.key, check.policy);
    const isAsked = this.#asked.has(id);
    const mayWait = this.#waitingCount < waitingMax && !this.#leases.isAway(id, nowMs);
    if (!mayWait || !(isAsked || this.#health.mayAsk(owner, nowMs))) {
      return this.#drawShare(check, owner);
    }
    this.#counters.waited += 1;
    return this.#drawRemote(check, owner, nowMs);
  }

  #drawLeased(check: Check, nowMs: number): Draw | undefined {
    const draw = this.#leases.draw(ledgerId(check.key, check.policy), check, nowMs);
    if (draw.kind === 'unknown') return undefined;
    if (draw.kind === 'refused') return { decision: draw.decision, charge: undefined };
    return charged(check, draw.decision, 'lease', draw.chargedAtMs, draw.leaseId);
  }

  #drawShare(check: Check, owner: NodeId): Draw | Promise<Draw> {
    const { onOwnerUnreachable, clock } = this.#settings;
    if (onOwnerUnreachable === 'reject') return Promise.reject(new OwnerUnreachableError(owner));
    this.#counters.shared += 1;
    const nowMs = clock.nowMs();
    return charged(check, this.#share.take(check, this.#localShare, nowMs), 'share', nowMs);
  }

  /** Asks the owner, or waits with those who have asked, until there is an answer or no time. */
  async #drawRemote(check: Check, owner: NodeId, startedMs: number): Promise<Draw> {
    const { clock, timeoutMs } = this.#settings;
    const id = ledgerId(check.key, check.policy);
    this.#waitingCount += 1;
    try {
      let nowMs = startedMs;
      for (let turn = 0; nowMs < startedMs + timeoutMs; turn += 1) {
        const others = this.#asked.get(id);
        // In the first turn, the caller has found that somebody may be asked.
        if (others === undefined && turn > 0 && !this.#health.mayAsk(owner, nowMs)) break;
        const answer = await (others ?? this.#ask(id, check, owner, startedMs + timeoutMs - nowMs));
        nowMs = clock.nowMs();
        if (this.#isClosed || answer === 'away') break;
        // What the owner answered is about what we asked, headroom included; to others it says
        // less.
        const isOurs = others === undefined;
        const draw = this.#drawLeased(isOurs ? { ...check, headroom: 0 } : check, nowMs);
        if (draw !== undefined) return draw;
        if (isOurs && typeof answer === 'object') return { decision: answer, charge: undefined };
      }
    } finally {
      this.#waitingCount -= 1;
    }
    return this.#drawShare(check, owner);
  }

  /** One question at a time for a key. */
  #ask(id: string, check: Check, owner: NodeId, timeoutMs: number): Promise<OwnerAnswer> {
    const asked = this.#askForLease(id, check, owner, timeoutMs).finally(() => {
      this.#asked.delete(id);
    });
    this.#asked.set(id, asked);
    return asked;
  }

  async #askForLease(
    id: string,
    { key, policy, cost, headroom = 0 }: Check,
    owner: NodeId,
    timeoutMs: number,
  ): Promise<OwnerAnswer> {
    const { clock, leaseMs, ownerRetryMs, leaseShare } = this.#settings;
    const askedAtMs = clock.nowMs();
    const share = leaseShare ?? 1 / (2 * this.#ownership.memberCount);
    const sizeMax = Math.floor(burstOf(policy) * share);
    const renewal = this.#leases.renew(id, cost, sizeMax, askedAtMs);
    this.#counters.leaseRequests += 1;
    const request: ClusterRequest = {
      kind: 'lease',
      key,
      policy,
      needed: cost,
      headroom,
      ...renewal,
    };
    const reply = await this.#request(owner, request, timeoutMs);
    const nowMs = clock.nowMs();
    if (reply?.kind === 'granted') {
      this.#leases.granted(id, reply, askedAtMs, nowMs);
      return 'granted';
    }
    if (reply?.kind === 'notOwner') {
      this.#leases.sentAway(id, nowMs + ownerRetryMs);
      return 'away';
    }
    if (reply?.kind !== 'limited') return 'silent';
    const times = { askedAtMs, nowMs, keptMs: leaseMs };
    return this.#leases.refused(id, policy, cost + headroom, reply, times);
  }

  /** The owner's answer; none if there is none that can be read, in time. */
  async #request(
    owner: NodeId,
    request: ClusterRequest,
    timeoutMs: number,
  ): Promise<ClusterReply | undefined> {
    const { requester, clock } = this.#settings;
    const payload = clusterRequestCodec.encode(request);
    try {
      const reply = clusterReplyCodec.decode(
        await requester.request(owner, METHOD, payload, { timeoutMs }),
      );
      this.#health.answered(owner);
      return reply;
    } catch {
      this.#counters.unanswered += 1;
      this.#health.failed(owner, clock.nowMs());
      return undefined;
    }
  }

  async #tellOwner(request: ClusterRequest): Promise<void> {
    const owner = this.#ownership.ownerOf(request.key);
    const reply = await this.#request(owner, request, this.#settings.timeoutMs);
    if (reply?.kind !== 'done') throw new OwnerUnreachableError(owner);
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
      return this.#leases.putBack(ledgerId(key, policy), leaseId, cost, nowMs);
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

function charged(
  { key, policy, cost }: Check,
  decision: Decision,
  source: Charge['source'],
  chargedAtMs: number,
  leaseId = 0,
): Draw {
  if (decision.kind === 'limited' || cost === 0) return { decision, charge: undefined };
  return { decision, charge: { source, key, policy, cost, chargedAtMs, leaseId } };
}

function shadowOf({ policyName, limit, remaining, resetAfterMs }: Decision): Decision {
  const state = { policyName, limit, remaining, resetAfterMs };
  return { kind: 'admitted', reason: 'shadow', ...state };
}
