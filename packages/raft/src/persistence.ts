import type { NodeId } from '@quorate/transport';

import type { HardState } from './effects.ts';
import { invariant } from './invariant.ts';
import { isAtLeastAsUpToDate } from './log.ts';
import type { RaftMessage } from './messages.ts';
import type { RaftState } from './state.ts';

/**
 * What leaves at once, and what rides on a write.
 *
 * A vote or an acknowledgement is a promise: the sender of the request will count on it, whatever
 * happens to this node. Given before the write behind it is durable, it can be forgotten by a
 * crash, and a forgotten promise is two leaders in a term or a committed entry lost. The usual way,
 * to wait for the disk and then answer, stops the node for every write.
 *
 * Here nothing waits. A step that changes what must survive asks for one write, with a ticket, and
 * keeps the promises that depend on it. The step that learns that the ticket is durable sends them.
 * Writes become durable in the order of their tickets, so one number says it all.
 *
 * ```text
 *   receive requestVote     → persist #7 { votedFor: b }         reply withheld for #7
 *   receive appendEntries   → persist #8 { entries: 4, 5 }       reply withheld for #8
 *   persisted #8            → send requestVoteReply, send appendEntriesReply
 * ```
 *
 * A promise that changes nothing (an entry that arrives twice) still waits for the last write asked
 * for: what it speaks of may be part of it.
 *
 * Source: etcd/raft, `AsyncStorageWrites`. Ongaro & Ousterhout 2014, Figure 2: "Updated on stable
 * storage before responding to RPCs".
 */

/** Sends `message` in this step. Only what stays true if this node forgets everything. */
export function send(state: RaftState, to: NodeId, message: RaftMessage): void {
  state.effects.push({ kind: 'send', to, message });
}

/** Sends `message` once all that happened up to the end of this step is durable. */
export function sendWhenDurable(state: RaftState, to: NodeId, message: RaftMessage): void {
  state.outbox.push({ to, message });
}

/** Ends a step: asks for one write of all that changed, and ties the promises to it. */
export function persistChanges(state: RaftState): void {
  const ticket = state.issuedTicket + 1;
  const hardState = changedHardState(state);
  const changes = state.log.takeChanges(ticket);
  if (hardState !== undefined || changes !== undefined) {
    state.issuedTicket = ticket;
    if (hardState !== undefined) {
      state.issuedHardState = hardState;
      state.hardStateTicket = ticket;
    }
    if (changes?.snapshot !== undefined) {
      state.restores.push({ ticket, snapshot: changes.snapshot });
    }
    state.effects.push({
      kind: 'persist',
      ticket,
      hardState,
      snapshot: changes?.snapshot,
      truncateFrom: changes?.truncateFrom,
      entries: changes?.entries ?? [],
    });
  }
  if (state.outbox.length > 0) releaseOutbox(state);
}

function changedHardState(state: RaftState): HardState | undefined {
  const { currentTerm, votedFor, promised, issuedHardState } = state;
  const isSame =
    issuedHardState.currentTerm === currentTerm &&
    issuedHardState.votedFor === votedFor &&
    issuedHardState.promised === promised;
  return isSame ? undefined : { currentTerm, votedFor, promised };
}

function releaseOutbox(state: RaftState): void {
  const { outbox, issuedTicket: ticket } = state;
  state.outbox = [];
  for (const { to, message } of outbox) {
    if (ticket > state.durableTicket) withhold(state, ticket, to, message);
    else send(state, to, message);
  }
}

/** An acknowledgement replaces one that it covers, so that a slow disk piles up no promises. */
function withhold(state: RaftState, ticket: number, to: NodeId, message: RaftMessage): void {
  const last = state.withheld.at(-1);
  if (last?.ticket === ticket && last.to === to && isCoveredBy(last.message, message)) {
    state.withheld.pop();
  }
  state.withheld.push({ ticket, to, message });
}

function isCoveredBy(before: RaftMessage, after: RaftMessage): boolean {
  if (before.kind !== 'appendEntriesReply' || after.kind !== 'appendEntriesReply') return false;
  if (before.result.kind !== 'accepted' || after.result.kind !== 'accepted') return false;
  return before.term === after.term && before.result.matchIndex <= after.result.matchIndex;
}

/**
 * Takes in that all writes up to `ticket` are durable: sends what waited for them, hands durable
 * snapshots to the state machine, and makes a damaged node whole once its log is.
 */
export function markDurable(state: RaftState, ticket: number): void {
  invariant(ticket <= state.issuedTicket, 'only a write that was asked for can be durable');
  if (ticket <= state.durableTicket) return;
  state.durableTicket = ticket;
  state.storageWaitTicks = 0;
  state.log.markDurable(ticket);

  const releasedCount = countUpTo(state.withheld, ticket);
  for (const { to, message } of state.withheld.splice(0, releasedCount)) send(state, to, message);

  const restoreCount = countUpTo(state.restores, ticket);
  for (const { snapshot } of state.restores.splice(0, restoreCount)) {
    state.effects.push({ kind: 'restore', snapshot });
    state.applyingIndex = Math.max(state.applyingIndex, snapshot.lastIncludedIndex);
  }
  keepPromise(state);
}

function countUpTo(queue: readonly { readonly ticket: number }[], ticket: number): number {
  const place = queue.findIndex((item) => item.ticket > ticket);
  return place === -1 ? queue.length : place;
}

/**
 * A damaged log is whole when its durable part is as up to date as what it vouched for.
 *
 * Why that is enough: take an entry this node once acknowledged and whose commit counted on it. If
 * the log now ends in the term of the promise, at or beyond its index, it was written by the same
 * leader, and by Log Matching holds all the promise held. If it ends in a later term, that term's
 * leader was elected after the commit and, by Leader Completeness, held the entry: the commit
 * happened in a term no later than the promise's, because this node acknowledged an entry of it.
 */
function keepPromise(state: RaftState): void {
  const { promised, log } = state;
  if (promised === undefined) return;
  const term = log.termAt(log.durableIndex);
  if (term === undefined) return;
  if (!isAtLeastAsUpToDate({ logIndex: log.durableIndex, term }, promised)) return;
  const fetchedCount = state.repair?.fetchedCount ?? 0;
  state.promised = undefined;
  state.repair = undefined;
  state.effects.push({ kind: 'recovered', fetchedCount });
}

/** Whether term and vote as they are now would survive a crash. */
export function isHardStateDurable(state: RaftState): boolean {
  return changedHardState(state) === undefined && state.hardStateTicket <= state.durableTicket;
}

/** Whether the disk has not finished any of the writes under way for too long. */
export function isStorageStalled(state: RaftState): boolean {
  return state.storageWaitTicks >= state.tuning.storageStallTicks;
}
