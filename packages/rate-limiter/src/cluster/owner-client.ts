import type { NodeId } from '@quorate/transport';

import type { Decision } from '../decision.ts';
import type { Check } from '../store.ts';
import type { ClusterCounters } from './cluster-counters.ts';
import type { ClusterSettings } from './cluster-options.ts';
import { clusterReplyCodec, clusterRequestCodec } from './codec.ts';
import { type Draw, drawOf } from './draw.ts';
import { OwnerUnreachableError } from './errors.ts';
import { LeaseTable } from './lease-table.ts';
import { ledgerId } from './ledger.ts';
import { type ClusterReply, type ClusterRequest, METHOD } from './messages.ts';
import { OwnerHealth } from './owner-health.ts';
import type { Ownership } from './ownership.ts';
import { burstOf } from './share.ts';

/** What came of a question: more on lease, a refusal of what was asked for, or nothing. */
type OwnerAnswer = 'granted' | 'away' | 'silent' | Decision;

/**
 * Keys of other nodes: what is on lease from their owners, and the questions to them.
 *
 * One question at a time for a key, whoever waits for it; none to an owner that has just failed.
 */
export class OwnerClient {
  readonly #settings: ClusterSettings;
  readonly #ownership: Ownership;
  readonly #counters: ClusterCounters;
  readonly #leases: LeaseTable;
  readonly #health: OwnerHealth;
  readonly #asked = new Map<string, Promise<OwnerAnswer>>();
  #waitingCount = 0;
  #isClosed = false;

  constructor(settings: ClusterSettings, ownership: Ownership, counters: ClusterCounters) {
    this.#settings = settings;
    this.#ownership = ownership;
    this.#counters = counters;
    this.#leases = new LeaseTable(settings.leasesMax);
    this.#health = new OwnerHealth(settings.ownerRetryMs);
  }

  /** Decides with what is on lease, or as the owner did lately; `undefined` if neither says. */
  drawHere(check: Check, nowMs: number): Draw | undefined {
    const draw = this.#leases.draw(ledgerId(check.key, check.policy), check, nowMs);
    if (draw.kind === 'unknown') return undefined;
    if (draw.kind === 'refused') return { decision: draw.decision, charge: undefined };
    const { decision, leaseId, chargedAtMs } = draw;
    return drawOf(check, decision, { source: 'lease', chargedAtMs, leaseId });
  }

  /**
   * Asks the owner, or waits with those who have asked, until there is an answer or no time.
   *
   * @returns `undefined` if there is none, or none may be waited for. At once in the latter case.
   */
  draw(check: Check, owner: NodeId, nowMs: number): Promise<Draw | undefined> | undefined {
    const id = ledgerId(check.key, check.policy);
    const mayWait = this.#waitingCount < this.#settings.waitingMax;
    if (!mayWait || this.#leases.isAway(id, nowMs)) return undefined;
    if (!this.#asked.has(id) && !this.#health.mayAsk(owner, nowMs)) return undefined;
    return this.#wait(id, check, owner, nowMs);
  }

  /** Has the owner do as `request` says. Rejects if it does not say that it has. */
  async tell(request: ClusterRequest): Promise<void> {
    const owner = this.#ownership.ownerOf(request.key);
    const reply = await this.#request(owner, request, this.#settings.timeoutMs);
    if (reply?.kind !== 'done') throw new OwnerUnreachableError(owner);
  }

  /** Puts `cost` back into the lease that it was drawn from. Whether that is still there. */
  putBack(id: string, leaseId: number, cost: number, nowMs: number): boolean {
    return this.#leases.putBack(id, leaseId, cost, nowMs);
  }

  /** Forgets what is on lease of a key: after a block or a reset, only its owner knows. */
  drop(id: string): void {
    this.#leases.drop(id);
  }

  /** Forgets all owners and leases. */
  clear(): void {
    this.#leases.clear();
    this.#health.clear();
  }

  /** Asks nobody any more; those who wait get no answer. */
  close(): void {
    this.#isClosed = true;
  }

  async #wait(
    id: string,
    check: Check,
    owner: NodeId,
    startedMs: number,
  ): Promise<Draw | undefined> {
    const { clock, timeoutMs } = this.#settings;
    const endMs = startedMs + timeoutMs;
    this.#waitingCount += 1;
    try {
      let nowMs = startedMs;
      for (let turn = 0; nowMs < endMs; turn += 1) {
        const others = this.#asked.get(id);
        // In the first turn, the caller has found that somebody may be asked.
        if (others === undefined && turn > 0 && !this.#health.mayAsk(owner, nowMs)) break;
        const answer = await (others ?? this.#ask(id, check, owner, endMs - nowMs));
        nowMs = clock.nowMs();
        if (this.#isClosed || answer === 'away') break;
        // The answer is about what we asked, headroom included; to others it says less.
        const isOurs = others === undefined;
        const draw = this.drawHere(isOurs ? { ...check, headroom: 0 } : check, nowMs);
        if (draw !== undefined) return draw;
        if (isOurs && typeof answer === 'object') return { decision: answer, charge: undefined };
      }
      return undefined;
    } finally {
      this.#waitingCount -= 1;
    }
  }

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
    const lease = { kind: 'lease', key, policy, needed: cost, headroom, ...renewal } as const;
    const reply = await this.#request(owner, lease, timeoutMs);
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

  /** The owner's answer; none if there is none that can be read, in time. Never asked again. */
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
}
