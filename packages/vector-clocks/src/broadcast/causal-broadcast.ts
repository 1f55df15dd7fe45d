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
  type NodeId,
  openChannel,
  type Timer,
  type Unsubscribe,
} from '@quorate/transport';

import type { ReplicaId } from '../replica-id.ts';
import { VectorClock } from '../vector-clock.ts';
import {
  type BroadcastLimits,
  type CausalBroadcastOptions,
  errorSinkOf,
  limitsOf,
  protocolOf,
} from './broadcast-options.ts';
import { type BroadcastCounters, type BroadcastStats, noCounts } from './broadcast-statistics.ts';
import { broadcastCodec } from './codec.ts';
import { DeliveryLine } from './delivery-line.ts';
import { EpochTable } from './epoch-table.ts';
import { BroadcastClosedError } from './errors.ts';
import { Gossip } from './gossip.ts';
import { Group } from './group.ts';
import { Joining } from './joining.ts';
import { type Member, memberId } from './member.ts';
import { MemberSender } from './member-sender.ts';
import type { BroadcastMessage, StampedMessage } from './messages.ts';
import type { Membership, PublishOutcome } from './publish-outcome.ts';

/** A version, a kind and an incarnation. */
const HEAD_BYTES = 10;

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
  readonly #sender: MemberSender;
  readonly #gossip: Gossip;
  readonly #line: DeliveryLine;
  readonly #unsubscribe: Unsubscribe;
  readonly #counters: BroadcastCounters = noCounts();
  #membership: Membership = 'none';
  #group: Group | undefined;
  #joining: Joining | undefined;
  #timer: Timer | undefined;
  #isWaiting = false;
  #isClosed = false;

  /** @throws RangeError if an option is out of its range, or the group is already served. */
  constructor(options: CausalBroadcastOptions) {
    const { transport, incarnation } = options;
    this.#limits = limitsOf(options);
    this.localId = memberId({ node: transport.localId, incarnation });
    this.#options = options;
    this.#channel = openChannel(transport, protocolOf(options.group), broadcastCodec);
    this.#sender = new MemberSender(transport, this.#channel, incarnation);
    this.#gossip = new Gossip({
      ...{ sender: this.#sender, limits: this.#limits, counters: this.#counters },
      requestBytesMax: transport.capabilities.maxPayloadBytes - HEAD_BYTES,
    });
    this.#line = new DeliveryLine((delivery) => {
      this.#counters.deliveredCount += 1;
      this.#call(() => {
        options.onDeliver(delivery);
      });
    });
    this.#unsubscribe = this.#channel.subscribe((from, message) => {
      this.#receive(from, message);
    });
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
   * delivered too, and throws into `onError`. All must be told the same members for an epoch.
   */
  setMembers(epoch: number, members: readonly Member[]): void {
    this.#expectOpen();
    if (!Number.isSafeInteger(epoch) || epoch < 1) {
      throw new RangeError(`epoch: expected an integer of at least 1, got ${epoch}`);
    }
    if (this.#line.isBusy) {
      this.#line.doLater(() => {
        this.#call(() => {
          this.setMembers(epoch, members);
        });
      });
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
    this.#gossip.publish(group, message.message);
    this.#line.add(message);
    this.#line.drain(group);
    const { vector, origin } = message;
    return { kind: 'accepted', origin: this.localId, counter: vector[origin] ?? 0 };
  }

  /** Says and hears nothing any more. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#line.stop();
    this.#sender.close();
    this.#unsubscribe();
  }

  #enter(epoch: number, members: readonly Member[]): void {
    const table = new EpochTable(epoch, members);
    this.#expectReportFits(table);
    const isMember = table.indexOf(this.localId) >= 0;
    if (isMember && this.#group !== undefined) {
      this.#group = this.#group.next(members, this.localId);
    } else if (isMember && epoch === 1) {
      this.#group = Group.founded(table, this.localId, this.#limits);
    } else if (isMember) {
      this.#joining = new Joining(epoch, members, this.localId, this.#limits);
    }
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
    if (group !== undefined) this.#gossip.begin(group);
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
    const { clock, random } = this.#options;
    this.#gossip.speak(group, clock.nowMs(), (below) => random.int(below));
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
        if (group.hearReport(sender, message)) this.#gossip.owe(sender);
        return;
      case 'want':
        this.#gossip.repair(group, from, message.ranges);
        return;
      case 'join':
        if (message.epoch === group.table.epoch) this.#welcome(group, from);
        return;
      case 'welcome':
    }
  }

  #accept(group: Group, sender: number, stamped: StampedMessage): void {
    const arrival = group.accept(sender, stamped);
    if (arrival === 'duplicate') this.#counters.duplicateCount += 1;
    if (arrival === 'full') this.#counters.refusedCount += 1;
    if (arrival === 'stranger' || arrival === 'early') this.#counters.strangerCount += 1;
    if (arrival === 'lost') this.#counters.lostCount += 1;
    if (group.table.ids[sender] === stamped.origin) this.#gossip.owe(sender);
    this.#line.drain(group);
  }

  #stepJoining(): void {
    const { clock, random } = this.#options;
    const joining = this.#joining;
    const step = joining?.step(clock.nowMs(), (below) => random.int(below));
    if (joining === undefined || step === undefined || step.kind === 'wait') return;
    if (step.kind === 'fetch') this.#gossip.ask(step.from.node, step.ranges);
    else this.#sender.send(step.to.node, { kind: 'join', epoch: joining.epoch });
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
      this.#sender.send(to, { kind: 'welcome', epoch, entries: group.point(), state });
    });
  }

  /** Runs a function of the application; what it throws harms nobody else. */
  #call(run: () => void): void {
    try {
      run();
    } catch (error) {
      errorSinkOf(this.#options)(error);
    }
  }

  #expectFits(bodyBytes: number): void {
    const { maxPayloadBytes } = this.#options.transport.capabilities;
    const sizeBytes = bodyBytes + HEAD_BYTES;
    if (sizeBytes <= maxPayloadBytes) return;
    throw new RangeError(
      `payload: expected at most ${maxPayloadBytes} bytes with its stamp, got ${sizeBytes}`,
    );
  }

  /** Not only as it is now: with all numbers as large as can be. */
  #expectReportFits({ ids }: EpochTable): void {
    const { maxPayloadBytes } = this.#options.transport.capabilities;
    // Characters have up to 3 bytes of UTF-8 for each code unit.
    const sizeBytes = ids.reduce((sum, id) => sum + 3 * id.length + 10, 3 * HEAD_BYTES);
    if (sizeBytes <= maxPayloadBytes) return;
    throw new RangeError(
      `members: expected a report of at most ${maxPayloadBytes} bytes, got ${sizeBytes}`,
    );
  }

  #expectOpen(): void {
    if (this.#isClosed) throw new BroadcastClosedError();
  }
}
