/**
 * What a member says, to whom, and when.
 *
 * What it publishes goes to all at once. What it has, it tells those who wait to hear that: who
 * published since, and who says that not all of its own is stable; and a few of the others in turn,
 * so that a loss is noticed that nobody speaks of. When all is stable and all know it, it speaks to
 * those few alone, and rarely.
 */
import type { NodeId } from '@quorate/transport';

import type { BroadcastCounters } from './broadcast-statistics.ts';
import type { BroadcastLimits } from './broadcast-options.ts';
import { stampedIn } from './codec.ts';
import type { Group } from './group.ts';
import type { MemberSender } from './member-sender.ts';
import type { StampedMessage, WantedRange } from './messages.ts';

/** Reports of one who has nothing to say are this many times rarer. */
const QUIET_TURNS = 8;

/** The most that a range takes: an id and two numbers. */
const RANGE_BYTES = 81;

/** Ranges of one request. */
const RANGES_MAX = 256;

/** What a member says and with what it may say it. */
export interface GossipOptions {
  readonly sender: MemberSender;
  readonly limits: BroadcastLimits;
  readonly counters: BroadcastCounters;
  /** Bytes of one request, at least 1,000. */
  readonly requestBytesMax: number;
}

/** One member's side of the talk. */
export class Gossip {
  readonly #options: GossipOptions;
  /** Members who wait to hear what we have, by index. */
  readonly #owed = new Set<number>();
  #turn = 0;
  /** Whose turn it is to be told, of the others. */
  #nextTold = 0;

  constructor(options: GossipOptions) {
    this.#options = options;
  }

  /** The member at `index` waits to hear what we have. */
  owe(index: number): void {
    this.#owed.add(index);
  }

  /** A new epoch begins: all are told what we have, in its words. */
  begin(group: Group): void {
    this.#owed.clear();
    for (const peer of group.others) this.#report(group, peer);
  }

  /** Sends to all what was published here. */
  publish(group: Group, stamped: StampedMessage): void {
    for (const peer of group.others) {
      const to = group.table.members[peer];
      const isSent =
        to !== undefined && this.#options.sender.send(to.node, { kind: 'data', stamped });
      // What this process has stands in the message: nothing else need be said.
      if (isSent) this.#owed.delete(peer);
    }
  }

  /** Says what there is to say in one interval. @param pick - An index below a number. */
  speak(group: Group, nowMs: number, pick: (below: number) => number): void {
    this.#turn += 1;
    if (!group.isQuiet || this.#turn % QUIET_TURNS === 0) this.#oweSome(group);
    for (const peer of this.#owed) this.#report(group, peer);
    this.#owed.clear();
    for (const { peer, ranges } of group.repairs(nowMs, pick)) {
      const to = group.table.members[peer];
      if (to !== undefined) this.ask(to.node, ranges);
    }
  }

  /** Asks for missing messages. What does not fit is missing still, and is asked for later. */
  ask(to: NodeId, ranges: readonly WantedRange[]): void {
    const { counters, sender, requestBytesMax } = this.#options;
    counters.wantedCount += 1;
    const count = Math.min(RANGES_MAX, Math.floor(requestBytesMax / RANGE_BYTES));
    sender.send(to, { kind: 'want', ranges: ranges.slice(0, count) });
  }

  /** Answers who asks. What does not fit is asked for again. */
  repair(group: Group, to: NodeId, ranges: readonly WantedRange[]): void {
    const { counters, limits, sender } = this.#options;
    for (const body of group.wanted(ranges, limits.repairBytesMax)) {
      if (!sender.send(to, { kind: 'data', stamped: stampedIn(body) })) return;
      counters.repairedCount += 1;
    }
  }

  #oweSome(group: Group): void {
    const { others } = group;
    const count = Math.min(this.#options.limits.fanout, others.length);
    for (let told = 0; told < count; told += 1) {
      const peer = others[this.#nextTold % others.length];
      this.#nextTold += 1;
      if (peer !== undefined) this.#owed.add(peer);
    }
  }

  #report(group: Group, peer: number): void {
    const to = group.table.members[peer];
    if (to === undefined) return;
    this.#options.counters.reportedCount += 1;
    this.#options.sender.send(to.node, { kind: 'report', ...group.report() });
  }
}
