/*
 * Everybody hears everything, and never an answer before its question.
 *
 * A member publishes to all others at once. Each message carries its past, a vector clock, and
 * waits at the receiver until that past is delivered (`../causal-order.ts`).
 *
 * What is lost. The transport may lose, double and reorder anything. So each member tells a few
 * others now and then what it has (a report), and whoever published lately hears from all. A
 * member that learns, from a report or from the past of a message, of something it lacks, asks one
 * who has it, later if it does not come, and twice as late each time (`repair-plan.ts`). Any member
 * answers, not only the origin: all keep what they have delivered.
 *
 * What is forgotten. A message is stable once every member of the epoch has acknowledged it in that
 * epoch; nobody can ask for it any more. Reports say it, messages too, as the past of a
 * member's latest message is what it has; and an origin tells with its messages how many of its own
 * are stable, so that others need not find out first.
 *
 * What bounds memory. A member publishes no more than a window of messages that are not stable;
 * then `publish` answers 'full', and the slowest member holds all back until it has caught up, or
 * is removed. So nobody keeps more than a window for each origin. What waits is bounded besides:
 * what does not fit is refused and asked for later. What can be delivered is never refused.
 *
 * Who belongs. The application agrees on epochs, numbered without gaps from 1, each with its
 * members, and tells every member (`setMembers`); how it agrees, by consensus or a configuration
 * file, is its business. Members may enter an epoch at different times.
 *
 * - A member that crashes stops all from forgetting, and then from publishing, until an epoch
 *   without it. What anybody has delivered of it, all deliver. What nobody has is lost, and so is
 *   what depends on it and was delivered by nobody: reports say what members hold of those
 *   departed, and when none has the next message, nobody ever will (`group.ts`).
 * - A process that restarts has lost its counters. It is another member, `node@incarnation`, and
 *   joins in a later epoch.
 * - Who joins after epoch 1 gets the state of a member, and what is not stable (`joining.ts`).
 * - Who was removed and lives on is told by its application, or left alone: it is a stranger to the
 *   others. What it published in the meantime may be lost.
 *
 * ```text
 *   publish ──▶ window open? ─no─▶ 'full'          report ──▶ acknowledged by all? ──▶ forget
 *                 │ yes                              │
 *                 ▼                                  ▼ something we lack?
 *      deliver here, keep, send to all             want ──▶ one who has it ──▶ data
 *                                                                               │
 *   data ──▶ known? past complete? ──▶ deliver, keep ──▶ wakes what waited for it
 *                 │ no
 *                 ▼ wait, if there is room
 * ```
 *
 * The promise: a message that `publish` accepted is delivered once by every process that stays a
 * member, if its origin stays one too; if its origin crashes, by all who stay or by none.
 *
 * Sources: Birman, Schiper and Stephenson, TOCS 1991 (order, stability); Demers et al., "Epidemic
 * Algorithms for Replicated Database Maintenance", PODC 1987 (anti-entropy).
 */
import {
  type Channel,
  type Clock,
  type NodeId,
  openChannel,
  type Timer,
  type Unsubscribe,
} from '@quorate/transport';

import type { CausalMessage } from '../causal-buffer.ts';
import type { ReplicaId } from '../replica-id.ts';
import { VectorClock } from '../vector-clock.ts';
import {
  type BroadcastLimits,
  type CausalBroadcastOptions,
  limitsOf,
  protocolOf,
} from './broadcast-options.ts';
import { type BroadcastCounters, type BroadcastStats, noCounts } from './broadcast-statistics.ts';
import { CausalDelivery } from './causal-delivery.ts';
import { broadcastCodec, stampedIn } from './codec.ts';
import { EpochTable } from './epoch-table.ts';
import { BroadcastClosedError } from './errors.ts';
import { Group } from './group.ts';
import { Joining } from './joining.ts';
import { type Member, memberId } from './member.ts';
import type { BroadcastMessage, StampedMessage, WantedRange } from './messages.ts';

/** What became of a message that was to be published. */
export type PublishOutcome =
  /** It is delivered here, and on its way. `origin` and `counter` name it for ever. */
  | { readonly kind: 'accepted'; readonly origin: ReplicaId; readonly counter: number }
  /** Too much is not stable yet. Wait for `onWritable`. */
  | { readonly kind: 'full' }
  /** The state is not there yet, or no epoch is. */
  | { readonly kind: 'joining' }
  /** An epoch without this process has begun. */
  | { readonly kind: 'removed' };

/** Where a process stands with the group. */
export type Membership = 'none' | 'joining' | 'member' | 'removed';

/** Reports of one who has nothing to say are this many times rarer. */
const QUIET_TURNS = 8;

/**
 * Publishes to a group, and delivers what it publishes in causal order.
 *
 * @remarks
 * A message costs some 10 bytes for each member, and O(members) at each of them. Memory: see the
 * limits. One timer. Cores for other carriers: `CausalBuffer`.
 */
export class CausalBroadcast {
  /** This process's id in clocks. */
  readonly localId: ReplicaId;
  readonly #options: CausalBroadcastOptions;
  readonly #limits: BroadcastLimits;
  readonly #channel: Channel<BroadcastMessage>;
  readonly #unsubscribes: readonly Unsubscribe[];
  readonly #counters: BroadcastCounters = noCounts();
  readonly #pressured = new Set<NodeId>();
  /** Members who published since we last told them what we have, by index. */
  readonly #owed = new Set<number>();
  #membership: Membership = 'none';
  #group: Group | undefined;
  #joining: Joining | undefined;
  #timer: Timer | undefined;
  #turn = 0;
  /** Whose turn it is to be told, of the others. */
  #nextTold = 0;
  #isWaiting = false;
  #isDelivering = false;
  /** Published from within `onDeliver`, and to be delivered here after what is being delivered. */
  #ownMessages: CausalMessage<StampedMessage>[] = [];
  #laterEpochs: { readonly epoch: number; readonly members: readonly Member[] }[] = [];
  #isClosed = false;

  /** @throws RangeError if an option is out of its range, or the group is already served. */
  constructor(options: CausalBroadcastOptions) {
    const { transport, incarnation } = options;
    this.#limits = limitsOf(options);
    this.localId = memberId({ node: transport.localId, incarnation });
    this.#options = options;
    this.#channel = openChannel(transport, protocolOf(options.group), broadcastCodec);
    this.#unsubscribes = [
      this.#channel.subscribe((from, message) => this.#receive(from, message)),
      transport.observePeers(({ kind, peer }) => {
        if (kind !== 'up') this.#pressured.delete(peer);
      }),
    ];
  }

  /** Where this process stands. */
  get membership(): Membership {
    return this.#membership;
  }

  /** What was delivered here, as counters of each member. */
  get clock(): VectorClock {
    return this.#group?.clock ?? VectorClock.empty;
  }

  /** How many of each member's messages all are known to have delivered. */
  get stableCut(): VectorClock {
    return this.#group?.stableCut ?? VectorClock.empty;
  }

  /** Counts and sizes. */
  get stats(): BroadcastStats {
    const group = this.#group;
    return {
      ...this.#counters,
      epoch: group?.table.epoch ?? this.#joining?.epoch ?? 0,
      memberCount: group === undefined ? 0 : group.others.length + 1,
      waitingCount: group?.waitingCount ?? 0,
      waitingBytes: group?.waitingBytes ?? 0,
      keptCount: group?.log.count ?? 0,
      keptBytes: group?.log.sizeBytes ?? 0,
      malformedCount: this.#channel.malformedCount,
    };
  }

  /**
   * Enters an epoch, with the members that the application has agreed on for it.
   *
   * @param epoch - 1 for the members that begin the group. The first one that a process is told may
   *   be any; from then on each, one after the other. Earlier ones are ignored.
   * @param members - One life of each node; this process among them, or it is removed.
   * @throws RangeError if an epoch is left out, or the members are impossible: none, two lives of a
   *   node, one who has departed.
   * @throws BroadcastClosedError after `close`.
   *
   * @remarks
   * Called from within `onDeliver`, it takes effect when those who wait for that message are
   * delivered too. All members must be told the same members for an epoch.
   */
  setMembers(epoch: number, members: readonly Member[]): void {
    this.#expectOpen();
    if (!Number.isSafeInteger(epoch) || epoch < 1) {
      throw new RangeError(`epoch: expected an integer of at least 1, got ${epoch}`);
    }
    if (this.#isDelivering) {
      this.#laterEpochs.push({ epoch, members });
      return;
    }
    if (this.#membership === 'removed') return;
    const current = this.#group?.table.epoch ?? this.#joining?.epoch;
    if (current !== undefined && epoch <= current) return;
    if (current !== undefined && epoch !== current + 1) {
      throw new RangeError(`epoch: expected ${current + 1}, got ${epoch}`);
    }
    this.#enter(epoch, members);
  }

  /**
   * Publishes `payload` to all members, this process among them.
   *
   * @param payload - Copied. With its stamp no larger than a message of the transport.
   * @returns At once. 'accepted': delivered here already, or, from within `onDeliver`, as soon as
   *   that has returned; and by all who stay members in the end, if this process lives.
   * @throws RangeError if it is too large. TypeError if it is no bytes.
   * @throws BroadcastClosedError after `close`.
   */
  publish(payload: Uint8Array): PublishOutcome {
    this.#expectOpen();
    if (!(payload instanceof Uint8Array)) {
      throw new TypeError(`payload: expected bytes, got ${typeof payload}`);
    }
    if (this.#membership === 'removed') return { kind: 'removed' };
    const group = this.#group;
    if (group === undefined) return { kind: 'joining' };
    const message = group.stamp(payload);
    this.#expectFits(message.sizeBytes);
    if (!group.canPublish(message.sizeBytes)) {
      this.#isWaiting = true;
      return { kind: 'full' };
    }
    group.publish(message);
    this.#counters.publishedCount += 1;
    this.#sendToAll(group, message.message);
    this.#ownMessages.push(message);
    this.#drain(group);
    const { vector, origin } = message;
    return { kind: 'accepted', origin: this.localId, counter: vector[origin] ?? 0 };
  }

  /** Says and hears nothing any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const unsubscribe of this.#unsubscribes) unsubscribe();
  }

  #enter(epoch: number, members: readonly Member[]): void {
    const table = new EpochTable(epoch, members);
    const isMember = table.indexOf(this.localId) >= 0;
    if (isMember && this.#group !== undefined) {
      this.#group = this.#group.next(members, this.localId);
    } else if (isMember && epoch === 1) {
      this.#group = Group.founded(table, this.localId, this.#limits);
    } else if (isMember) {
      this.#joining = new Joining(epoch, members, this.localId, this.#limits);
    }
    this.#owed.clear();
    if (!isMember) {
      // A process that hears of epochs before the first one with it only has to wait.
      this.#membership = this.#membership === 'none' ? 'none' : 'removed';
      if (this.#membership === 'removed') this.#timer?.cancel();
      return;
    }
    this.#membership = this.#group === undefined ? 'joining' : 'member';
    this.#begin();
  }

  #begin(): void {
    const group = this.#group;
    if (group !== undefined) for (const peer of group.others) this.#report(group, peer);
    if (this.#timer === undefined) this.#arm();
  }

  #arm(): void {
    const { clock, random } = this.#options;
    // Not all at the same time, or their reports would meet.
    const delayMs = this.#limits.intervalMs * (0.75 + random.float() / 2);
    this.#timer = clock.setTimer(delayMs, () => {
      this.#arm();
      this.#tick();
    });
  }

  #tick(): void {
    const group = this.#group;
    if (group === undefined) {
      this.#stepJoining();
      return;
    }
    this.#conclude(group);
    this.#turn += 1;
    if (!group.isQuiet || this.#turn % QUIET_TURNS === 0) this.#oweSome(group);
    for (const peer of this.#owed) this.#report(group, peer);
    this.#owed.clear();
    const { clock, random } = this.#options;
    for (const { peer, ranges } of group.repairs(clock.nowMs(), (below) => random.int(below))) {
      const to = group.table.members[peer];
      if (to === undefined) continue;
      this.#counters.wantedCount += 1;
      this.#send(to.node, { kind: 'want', ...this.#self, ranges });
    }
  }

  #conclude(group: Group): void {
    const waitingBefore = group.waitingCount;
    const hasGrown = group.conclude();
    this.#counters.lostCount += waitingBefore - group.waitingCount;
    if (hasGrown) this.#call(() => this.#options.onStable?.(group.stableCut));
    if (!this.#isWaiting || !group.canPublish(0)) return;
    this.#isWaiting = false;
    this.#call(() => this.#options.onWritable?.());
  }

  /** A few of the others are told in turn, besides those who published. */
  #oweSome(group: Group): void {
    const others = group.others;
    const count = Math.min(this.#limits.fanout, others.length);
    for (let told = 0; told < count; told += 1) {
      const peer = others[this.#nextTold % others.length];
      this.#nextTold += 1;
      if (peer !== undefined) this.#owed.add(peer);
    }
  }

  #report(group: Group, peer: number): void {
    const to = group.table.members[peer];
    if (to === undefined) return;
    this.#counters.reportedCount += 1;
    this.#send(to.node, { kind: 'report', ...this.#self, ...group.report() });
  }

  #receive(from: NodeId, message: BroadcastMessage): void {
    const id = `${from}@${message.incarnation}`;
    const group = this.#group;
    if (group === undefined) {
      this.#receiveJoining(id, message);
      return;
    }
    const sender = group.table.indexOf(id);
    if (this.#membership !== 'member' || !group.table.isMember(sender)) {
      this.#counters.strangerCount += 1;
      return;
    }
    switch (message.kind) {
      case 'data':
        this.#accept(group, sender, message.stamped);
        return;
      case 'report':
        if (group.hearReport(sender, message)) this.#owed.add(sender);
        return;
      case 'want':
        this.#repair(group, from, message.ranges);
        return;
      case 'join':
        if (message.epoch === group.table.epoch) this.#welcome(group, from);
        return;
      case 'welcome':
    }
  }

  #repair(group: Group, to: NodeId, ranges: readonly WantedRange[]): void {
    for (const body of group.wanted(ranges, this.#limits.repairBytesMax)) {
      const message = { kind: 'data', ...this.#self, stamped: stampedIn(body) } as const;
      // What does not fit is asked for again.
      if (!this.#send(to, message)) return;
      this.#counters.repairedCount += 1;
    }
  }

  #accept(group: Group, sender: number, stamped: StampedMessage): void {
    const arrival = group.accept(sender, stamped);
    if (arrival === 'duplicate') this.#counters.duplicateCount += 1;
    if (arrival === 'full') this.#counters.refusedCount += 1;
    if (arrival === 'stranger' || arrival === 'early') this.#counters.strangerCount += 1;
    if (arrival === 'lost') this.#counters.lostCount += 1;
    if (group.table.ids[sender] === stamped.origin) this.#owed.add(sender);
    this.#drain(group);
  }

  #stepJoining(): void {
    const { clock, random } = this.#options;
    const step = this.#joining?.step(clock.nowMs(), (below) => random.int(below));
    if (step === undefined || step.kind === 'wait') return;
    const { epoch } = this.#joining ?? { epoch: 0 };
    if (step.kind === 'ask') this.#send(step.to.node, { kind: 'join', ...this.#self, epoch });
    else this.#send(step.from.node, { kind: 'want', ...this.#self, ranges: step.ranges });
  }

  #receiveJoining(from: ReplicaId, message: BroadcastMessage): void {
    const joining = this.#joining;
    if (joining?.isMember(from) !== true) {
      this.#counters.strangerCount += 1;
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    if (message.kind === 'welcome') joining.welcome(from, message, nowMs);
    if (message.kind === 'data') joining.collect(message.stamped, nowMs);
    const joined = joining.joined();
    if (joined === undefined) return;
    this.#joining = undefined;
    this.#group = joined.group;
    this.#membership = 'member';
    this.#call(() => this.#options.state?.restore(joined.state));
    this.#begin();
  }

  #welcome(group: Group, to: NodeId): void {
    this.#call(() => {
      const state = this.#options.state?.capture() ?? new Uint8Array(0);
      const { epoch } = group.table;
      this.#send(to, { kind: 'welcome', ...this.#self, epoch, entries: group.point(), state });
    });
  }

  get #self(): { readonly incarnation: number } {
    return { incarnation: this.#options.incarnation };
  }

  #sendToAll(group: Group, stamped: StampedMessage): void {
    const message = { kind: 'data', ...this.#self, stamped } as const;
    for (const peer of group.others) {
      const to = group.table.members[peer];
      // What this process has stands in the message: nothing else need be said.
      if (to !== undefined && this.#send(to.node, message)) this.#owed.delete(peer);
    }
  }

  /** Whether the transport took it. Who does not is told, or asks, later. */
  #send(to: NodeId, message: BroadcastMessage): boolean {
    if (this.#pressured.has(to)) return false;
    const outcome = this.#channel.send(to, message);
    if (outcome === 'pressured') this.#pressured.add(to);
    return outcome !== 'dropped';
  }

  /** Delivers what is ready, one after the other, and what is published meanwhile. */
  #drain(group: Group): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    for (;;) {
      const message = this.#ownMessages.shift() ?? group.take();
      if (message === undefined) break;
      this.#deliver(group, message);
    }
    this.#isDelivering = false;
    const later = this.#laterEpochs;
    this.#laterEpochs = [];
    for (const { epoch, members } of later) {
      this.#call(() => {
        this.setMembers(epoch, members);
      });
    }
  }

  #deliver(group: Group, { origin, vector, message }: CausalMessage<StampedMessage>): void {
    this.#counters.deliveredCount += 1;
    const delivery = new CausalDelivery(origin, group.table.ids, vector, message.payload);
    this.#call(() => {
      this.#options.onDeliver(delivery);
    });
  }

  /** Runs a function of the application; what it throws harms nobody else. */
  #call(run: () => void): void {
    try {
      run();
    } catch (error) {
      const { clock, onError = throwFrom(clock) } = this.#options;
      onError(error);
    }
  }

  #expectFits(bodyBytes: number): void {
    const { maxPayloadBytes } = this.#options.transport.capabilities;
    // A version, a kind and an incarnation.
    const sizeBytes = bodyBytes + 10;
    if (sizeBytes <= maxPayloadBytes) return;
    throw new RangeError(
      `payload: expected at most ${maxPayloadBytes} bytes with its stamp, got ${sizeBytes}`,
    );
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new BroadcastClosedError();
  }
}

/** Where nobody takes errors, the process does. */
function throwFrom(clock: Clock): (error: unknown) => void {
  return (error) => {
    clock.setTimer(0, () => {
      throw error;
    });
  };
}
