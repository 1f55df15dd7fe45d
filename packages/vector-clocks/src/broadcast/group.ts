/*
 * One member's part of a group during one epoch: what it has delivered, what waits, what it keeps
 * for others, and what it knows of them. The rules of `CausalBroadcast` as a core: it takes what
 * arrives and says what to send; it has no timer, and speaks to nobody.
 */
import { CausalBuffer, type CausalMessage, type OfferOutcome } from '../causal-buffer.ts';
import type { ReplicaId } from '../replica-id.ts';
import { VectorClock } from '../vector-clock.ts';
import type { BroadcastLimits } from './broadcast-options.ts';
import { keptCopy, stampedBody } from './codec.ts';
import type { DepartedMember, EpochTable } from './epoch-table.ts';
import type { Member } from './member.ts';
import type {
  ReportEntry,
  ReportMessage,
  StampedMessage,
  WantedRange,
  WelcomeEntry,
} from './messages.ts';
import { MessageLog } from './message-log.ts';
import { PeerKnowledge } from './peer-knowledge.ts';
import { RepairPlan, type RepairRequest } from './repair-plan.ts';

/** What became of a message that arrived. */
export type Arrival =
  | OfferOutcome
  /** Its origin is nobody that this epoch speaks of. */
  | 'stranger'
  /** Published in an epoch that this member has not entered. */
  | 'early'
  /** Of a departed member, and it depends on something that nobody has. */
  | 'lost';

/** What a report says, whoever sends it. */
export type Report = Pick<ReportMessage, 'epoch' | 'stableCount' | 'entries'>;

/** How a member begins an epoch. */
export interface GroupStart {
  readonly table: EpochTable;
  readonly localId: ReplicaId;
  readonly limits: BroadcastLimits;
  /** By index of the table. */
  readonly delivered: Float64Array;
  readonly log: MessageLog;
}

/** A member's state during one epoch, changed in place. */
export class Group {
  readonly table: EpochTable;
  readonly log: MessageLog;
  readonly localIndex: number;
  readonly #limits: BroadcastLimits;
  readonly #buffer: CausalBuffer<StampedMessage>;
  readonly #peers: PeerKnowledge;
  readonly #repair: RepairPlan;
  /** Of the departed, by id, as they stand. */
  readonly #departed: Map<ReplicaId, DepartedMember>;
  /** Of each origin the last message that can ever be delivered. */
  readonly #lastPossible: Float64Array;
  /** Whether more became stable since `conclude` was called last. */
  #hasGrown = false;

  constructor({ table, localId, limits, delivered, log }: GroupStart) {
    const { waitingCountMax, waitingBytesMax } = limits;
    this.table = table;
    this.log = log;
    this.localIndex = table.indexOf(localId);
    this.#limits = limits;
    const { size: memberCount } = table;
    this.#buffer = new CausalBuffer({ memberCount, delivered, waitingCountMax, waitingBytesMax });
    this.#peers = new PeerKnowledge(table, this.localIndex);
    this.#repair = new RepairPlan(delivered, limits.repairDelayMs);
    this.#departed = new Map(table.departed);
    this.#lastPossible = Float64Array.from(table.ids, (id, index) =>
      table.departed.get(id)?.settledEpoch === undefined ? Infinity : (delivered[index] ?? 0),
    );
  }

  /** A member that has seen nothing, among others who have not either. */
  static founded(table: EpochTable, localId: ReplicaId, limits: BroadcastLimits): Group {
    const delivered = new Float64Array(table.size);
    return new Group({ table, localId, limits, delivered, log: new MessageLog(delivered) });
  }

  /**
   * The next epoch, with all that this one has.
   *
   * @throws RangeError if these cannot be the next members.
   */
  next(members: readonly Member[], localId: ReplicaId): Group {
    const table = this.table.next(members, this.#departed);
    const sources = table.ids.map((id) => this.table.indexOf(id));
    const rearranged = (vector: Float64Array): Float64Array =>
      Float64Array.from(sources, (source) => vector[source] ?? 0);
    const group = new Group({
      ...{ table, localId, limits: this.#limits },
      delivered: rearranged(this.#buffer.delivered()),
      log: this.log.rearranged(sources),
    });
    for (const { origin, vector, message, sizeBytes } of this.#buffer.waiting()) {
      const index = table.indexOf(this.table.ids[origin] ?? '');
      const moved = rearranged(vector);
      group.#repair.note(moved);
      if (index >= 0) group.#buffer.offer(index, moved, message, sizeBytes);
    }
    return group;
  }

  /** The other members, by index. */
  get others(): readonly number[] {
    return this.#peers.indexes;
  }

  /** Messages that wait for others. */
  get waitingCount(): number {
    return this.#buffer.waitingCount;
  }

  /** Their bytes. */
  get waitingBytes(): number {
    return this.#buffer.waitingBytes;
  }

  /** What was delivered of each member. */
  get clock(): VectorClock {
    return new VectorClock(this.table.ids, Array.from(this.#buffer.delivered()));
  }

  /** What all members have delivered, as far as this one knows. */
  get stableCut(): VectorClock {
    const counters = this.table.ids.map((_, index) => this.log.forgottenOf(index));
    return new VectorClock(this.table.ids, counters);
  }

  /** Whether one more message of its own, of `sizeBytes`, may be published. */
  canPublish(sizeBytes: number): boolean {
    const { log, localIndex } = this;
    const { windowCountMax, windowBytesMax } = this.#limits;
    // One message is always possible, however large: else it never would be.
    if (log.countOf(localIndex) === 0) return true;
    return (
      log.countOf(localIndex) < windowCountMax &&
      log.sizeBytesOf(localIndex) + sizeBytes <= windowBytesMax
    );
  }

  /** The next message of this member. Nothing changes before `publish`. */
  stamp(payload: Uint8Array): CausalMessage<StampedMessage> {
    const { table, localIndex: origin } = this;
    const vector = this.#buffer.delivered();
    vector[origin] = (vector[origin] ?? 0) + 1;
    const stamp = {
      epoch: table.epoch,
      origin: table.ids[origin] ?? '',
      stableCount: this.log.forgottenOf(origin),
      ids: table.ids,
      counters: Array.from(vector),
    };
    const body = stampedBody(stamp, payload);
    const own = body.subarray(body.length - payload.length);
    const message = { ...stamp, body, payload: own };
    return { origin, vector, message, sizeBytes: body.length };
  }

  /** Keeps it; it counts as delivered here. */
  publish({ origin, message }: CausalMessage<StampedMessage>): void {
    this.#buffer.advance(origin);
    this.log.append(origin, message.body);
  }

  /** Takes in a message that the member at `sender` has delivered. */
  accept(sender: number, stamped: StampedMessage): Arrival {
    const { table } = this;
    if (stamped.epoch > table.epoch) return 'early';
    const origin = table.indexOf(stamped.origin);
    if (origin < 0) return 'stranger';
    const vector = this.#vectorOf(stamped.ids, stamped.counters);
    this.#peers.hear(sender, vector);
    if (sender === origin) {
      this.#peers.acknowledge(sender, vector);
      this.#forgetStable(origin, stamped.stableCount);
    }
    const counter = vector[origin] ?? 0;
    if (counter <= this.#buffer.deliveredOf(origin)) return 'duplicate';
    if (this.#buffer.holds(origin, counter)) return 'duplicate';
    if (vector.some((needed, index) => needed > (this.#lastPossible[index] ?? 0))) return 'lost';
    this.#repair.note(vector);
    const kept = keptCopy(stamped);
    return this.#buffer.offer(origin, vector, kept, kept.body.length);
  }

  /** The next message to deliver, which is kept for others from now on. */
  take(): CausalMessage<StampedMessage> | undefined {
    const taken = this.#buffer.take();
    if (taken !== undefined) this.log.append(taken.origin, taken.message.body);
    return taken;
  }

  /** What this member has, as it tells others. */
  report(): Report {
    const { ids } = this.table;
    const entries: ReportEntry[] = [];
    for (let index = 0; index < ids.length; index += 1) {
      const delivered = this.#buffer.deliveredOf(index);
      const isMember = this.table.isMember(index);
      if (isMember && delivered === 0) continue;
      const holdsNext = !isMember && this.#buffer.holds(index, delivered + 1);
      entries.push({ id: ids[index] ?? '', delivered, holdsNext });
    }
    const { epoch } = this.table;
    return { epoch, stableCount: this.log.forgottenOf(this.localIndex), entries };
  }

  /**
   * Takes in what the member at `sender` has.
   *
   * @returns Whether it waits to hear what others have: not all of its own is stable.
   */
  hearReport(sender: number, report: Report): boolean {
    const { table } = this;
    const vector = new Float64Array(table.size);
    // Of a departed one that it no longer speaks of, it has all there is.
    const doneAt = Float64Array.from(table.members, (member) =>
      member === undefined ? Infinity : -1,
    );
    const acknowledged = Float64Array.from(doneAt, (at) => Math.max(at, 0));
    for (const { id, delivered, holdsNext } of report.entries) {
      const index = table.indexOf(id);
      if (index < 0) continue;
      vector[index] = delivered;
      acknowledged[index] = delivered;
      doneAt[index] = holdsNext ? -1 : delivered;
    }
    this.#peers.hear(sender, vector);
    this.#repair.note(vector);
    this.#forgetStable(sender, report.stableCount);
    if (report.epoch === table.epoch) {
      this.#peers.acknowledge(sender, acknowledged);
      this.#peers.report(sender, doneAt);
    }
    return (vector[sender] ?? 0) > report.stableCount;
  }

  /** How far the state goes that the application has now. */
  point(): readonly WelcomeEntry[] {
    return this.table.ids.map((id, index) => ({
      id,
      delivered: this.#buffer.deliveredOf(index),
      forgotten: this.log.forgottenOf(index),
    }));
  }

  /**
   * Draws conclusions from what was heard: forgets what is stable, and what can never come.
   *
   * @returns Whether more is stable than before.
   */
  conclude(): boolean {
    this.#settle();
    const cut = this.#buffer.delivered();
    this.#peers.lowerToAcknowledged(cut);
    cut.forEach((counter, index) => {
      this.#forgetStable(index, counter);
    });
    const hasGrown = this.#hasGrown;
    this.#hasGrown = false;
    return hasGrown;
  }

  /** What to ask whom for now. */
  repairs(nowMs: number, pick: (below: number) => number): readonly RepairRequest[] {
    const scene = { table: this.table, buffer: this.#buffer, peers: this.#peers };
    return this.#repair.due(nowMs, scene, pick);
  }

  /** Those of `ranges` that were delivered here and are kept, up to so many bytes, at least one. */
  *wanted(ranges: readonly WantedRange[], sizeBytesMax: number): Generator<Uint8Array> {
    let sizeBytes = 0;
    for (const { origin, first, count } of ranges) {
      const index = this.table.indexOf(origin);
      const start = Math.max(first, this.log.forgottenOf(index) + 1);
      for (let counter = start; counter < first + count; counter += 1) {
        const body = this.log.get(index, counter);
        if (body === undefined) break;
        if (sizeBytes > 0 && sizeBytes + body.length > sizeBytesMax) return;
        sizeBytes += body.length;
        yield body;
      }
    }
  }

  /** Whether nothing is left to say: all is stable, and all know it. */
  get isQuiet(): boolean {
    return (
      this.#peers.haveAllReported &&
      this.log.count === 0 &&
      this.#buffer.waitingCount === 0 &&
      !this.#repair.isMissing(this.#buffer) &&
      [...this.#departed.values()].every(({ settledEpoch }) => settledEpoch !== undefined)
    );
  }

  /** Whoever departed, and whose last messages nobody can have any more, is settled. */
  #settle(): void {
    const { epoch, ids } = this.table;
    for (let isDone = false; !isDone;) {
      isDone = true;
      for (const [id, { departedEpoch, settledEpoch }] of this.#departed) {
        const index = this.table.indexOf(id);
        const delivered = this.#buffer.deliveredOf(index);
        if (settledEpoch !== undefined || this.#buffer.holds(index, delivered + 1)) continue;
        if (!this.#peers.areDoneWith(index, delivered)) continue;
        this.#departed.set(ids[index] ?? '', { departedEpoch, settledEpoch: epoch });
        this.#lastPossible[index] = delivered;
        this.#repair.giveUp(index, delivered);
        this.#buffer.dropBeyond(index, delivered);
        // What was dropped may have been what another one was held for.
        isDone = false;
      }
    }
  }

  /** Nobody will ask for messages of `origin` up to `counter` again. */
  #forgetStable(origin: number, counter: number): void {
    if (counter <= this.log.forgottenOf(origin)) return;
    // More than was delivered here cannot be stable, unless this member is one no longer.
    if (counter > this.#buffer.deliveredOf(origin)) return;
    this.log.forget(origin, counter);
    this.#hasGrown = true;
  }

  /** By index; members that nobody speaks of any more are left out: all of theirs was delivered. */
  #vectorOf(ids: readonly ReplicaId[], counters: readonly number[]): Float64Array {
    const known = this.table.ids;
    const vector = new Float64Array(known.length);
    let index = 0;
    for (let place = 0; place < ids.length; place += 1) {
      const id = ids[place] ?? '';
      // Both ascend.
      while (index < known.length && (known[index] ?? '') < id) index += 1;
      if (known[index] === id) vector[index] = counters[place] ?? 0;
    }
    return vector;
  }
}
