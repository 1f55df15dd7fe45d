/**
 * How a late joiner gets its state: from one member, at one point of the history, together with
 * every message up to that point that is not stable yet.
 *
 * The state alone would do for the joiner, but not for the group: the state may contain a message
 * that only the member who gave it has, and if that one crashed now, the joiner would be the only
 * one left who knows of it and could not pass it on. So the joiner is a member only when it keeps
 * what any other member would keep: it fetches the messages behind those that the giver has
 * forgotten, up to the point of the state, and only then takes the state over.
 *
 * Giver and joiner are in the same epoch, so that the giver has counted the joiner as a member ever
 * since: it forgets nothing that the joiner has not acknowledged.
 */
import type { ReplicaId } from '../replica-id.ts';
import type { BroadcastLimits } from './broadcast-options.ts';
import { type DepartedMember, EpochTable } from './epoch-table.ts';
import { Group } from './group.ts';
import { type Member, memberId } from './member.ts';
import { MessageLog } from './message-log.ts';
import type { StampedMessage, WantedRange, WelcomeMessage } from './messages.ts';

/** Messages asked for at once, and ranges of them. */
const MESSAGES_MAX = 512;
const RANGES_MAX = 64;

interface Candidate {
  readonly table: EpochTable;
  readonly delivered: Float64Array;
  readonly forgotten: Float64Array;
  readonly state: Uint8Array;
  /** By index and counter. */
  readonly bodies: readonly Map<number, Uint8Array>[];
}

/** What to say now. */
export type JoinStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'ask'; readonly to: Member }
  | { readonly kind: 'fetch'; readonly from: Member; readonly ranges: readonly WantedRange[] };

/** What a joiner begins with. */
export interface Joined {
  readonly group: Group;
  readonly state: Uint8Array;
}

/** The way of one process into one epoch. */
export class Joining {
  readonly epoch: number;
  readonly #members: readonly Member[];
  readonly #localId: ReplicaId;
  readonly #limits: BroadcastLimits;
  readonly #others: readonly Member[];
  #giver: Member | undefined;
  #candidate: Candidate | undefined;
  #giveUpAtMs = 0;

  constructor(
    epoch: number,
    members: readonly Member[],
    localId: ReplicaId,
    limits: BroadcastLimits,
  ) {
    this.epoch = epoch;
    this.#members = members;
    this.#localId = localId;
    this.#limits = limits;
    this.#others = members.filter((member) => memberId(member) !== localId);
  }

  /** Whether `id` is one of the others. */
  isMember(id: ReplicaId): boolean {
    return this.#others.some((member) => memberId(member) === id);
  }

  /** What to say now. @param pick - An index below the number it is given. */
  step(nowMs: number, pick: (below: number) => number): JoinStep {
    if (this.#giver === undefined || nowMs >= this.#giveUpAtMs) {
      const to = this.#others[this.#others.length > 0 ? pick(this.#others.length) : 0];
      this.#giver = to;
      this.#candidate = undefined;
      this.#waitFrom(nowMs);
      return to === undefined ? { kind: 'wait' } : { kind: 'ask', to };
    }
    if (this.#candidate === undefined) return { kind: 'wait' };
    const ranges = rangesOf(this.#candidate);
    return ranges.length === 0 ? { kind: 'wait' } : { kind: 'fetch', from: this.#giver, ranges };
  }

  /** Takes in what the member `from` gives. */
  welcome(from: ReplicaId, { epoch, entries, state }: WelcomeMessage, nowMs: number): void {
    const isAsked = this.#giver !== undefined && memberId(this.#giver) === from;
    if (!isAsked || epoch !== this.epoch || this.#candidate !== undefined) return;
    const memberIds = new Set(this.#members.map(memberId));
    const departed = new Map<ReplicaId, DepartedMember>();
    for (const { id } of entries) {
      if (memberIds.has(id)) continue;
      departed.set(id, { departedEpoch: epoch, settledEpoch: undefined });
    }
    const table = new EpochTable(epoch, this.#members, departed);
    const [delivered, forgotten] = [new Float64Array(table.size), new Float64Array(table.size)];
    for (const entry of entries) {
      const index = table.indexOf(entry.id);
      delivered[index] = entry.delivered;
      forgotten[index] = entry.forgotten;
    }
    const bodies = table.ids.map(() => new Map<number, Uint8Array>());
    this.#candidate = { table, delivered, forgotten, state: state.slice(), bodies };
    this.#waitFrom(nowMs);
  }

  /** Takes in a message, if it is one of those that are asked for. */
  collect({ origin, ids, counters, body }: StampedMessage, nowMs: number): void {
    const candidate = this.#candidate;
    if (candidate === undefined) return;
    const index = candidate.table.indexOf(origin);
    const counter = counters[ids.indexOf(origin)] ?? 0;
    const isAskedFor =
      counter > (candidate.forgotten[index] ?? 0) && counter <= (candidate.delivered[index] ?? 0);
    const bodies = candidate.bodies[index];
    if (!isAskedFor || bodies === undefined || bodies.has(counter)) return;
    bodies.set(counter, body.slice());
    this.#waitFrom(nowMs);
  }

  /** What it begins with, once nothing is missing. */
  joined(): Joined | undefined {
    const candidate = this.#candidate;
    if (candidate === undefined || rangesOf(candidate).length > 0) return undefined;
    const { table, delivered, forgotten, bodies, state } = candidate;
    const log = new MessageLog(forgotten);
    for (let index = 0; index < table.size; index += 1) {
      for (let counter = (forgotten[index] ?? 0) + 1; ; counter += 1) {
        const body = bodies[index]?.get(counter);
        if (body === undefined) break;
        log.append(index, body);
      }
    }
    const start = { table, localId: this.#localId, limits: this.#limits, delivered, log };
    return { group: new Group(start), state };
  }

  #waitFrom(nowMs: number): void {
    this.#giveUpAtMs = nowMs + this.#limits.joinTimeoutMs;
  }
}

/** What is missing, as much of it as is asked for at once. */
function rangesOf({ table, delivered, forgotten, bodies }: Candidate): readonly WantedRange[] {
  const ranges: WantedRange[] = [];
  for (const [index, origin] of table.ids.entries()) {
    const last = delivered[index] ?? 0;
    let first = (forgotten[index] ?? 0) + 1;
    while (first <= last && bodies[index]?.has(first) === true) first += 1;
    if (first > last) continue;
    let end = first;
    const limit = Math.min(last, first + MESSAGES_MAX - 1);
    while (end < limit && bodies[index]?.has(end + 1) === false) end += 1;
    ranges.push({ origin, first, count: end - first + 1 });
    if (ranges.length === RANGES_MAX) break;
  }
  return ranges;
}
