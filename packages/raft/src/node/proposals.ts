import { type Clock, IdTable, type NodeId } from '@quorate/transport';

import type { MembershipRefusal } from '../effects.ts';
import type { Entry, LogPosition } from '../messages.ts';
import type {
  MembershipOutcome,
  ProposalDoubt,
  ProposalOutcome,
  ProposalRejection,
  WaitOptions,
} from './outcomes.ts';
import { LateResults } from './late-results.ts';
import { type GaveUp, Waiter, WaitingRoom } from './waiter.ts';

const noCommand = new Uint8Array(0);

/** Bytes of one 'propose' input: a flood is refused in parts, not as a whole. */
const BATCH_BYTES_MAX = 262_144;

/** What stands before a command in a message, at most. */
const LENGTH_BYTES_MAX = 5;

/**
 * Every proposal made on this node whose fate is not known yet.
 *
 * Losing an entry from one's own log proves nothing: another node may still hold it, win an
 * election and commit it. What does prove something is the committed entry at its index, for
 * (index, term) names one entry for all time:
 *
 * ```text
 *   queued ──► logged at (index, term) ──► committed entry at index has this term: 'committed'
 *     │                                 ├► it has another term: 'rejected', for good
 *     └► refused by the core: rejected  └► timeout, abort, close, or a snapshot hides it: 'unknown'
 * ```
 */
export class Proposals {
  readonly #room: WaitingRoom;
  // Of this turn, in order. Not offered yet: whoever leaves now leaves no trace.
  #queued = new Set<Proposal>();
  readonly #offered = new IdTable<readonly Proposal[]>();
  // Changes of the members among them, which may be refused for reasons of their own.
  readonly #changes = new Map<number, Settler<MembershipOutcome>>();
  // The newest proposal at each log index; older ones, of earlier terms, hang behind it.
  readonly #logged = new IdTable<Proposal>();
  // Of those that are offered, the ones that left this node: nothing is certain about them.
  readonly #forwarded = new Set<number>();
  readonly #lateResults = new LateResults();
  readonly #batchBytesMax: number;
  #lastApplied = 0;
  #nextProposalId = 1;

  /** @param batchBytesMax - What one message can carry. */
  constructor(clock: Clock, batchBytesMax: number) {
    this.#room = new WaitingRoom(clock);
    this.#batchBytesMax = Math.min(BATCH_BYTES_MAX, batchBytesMax);
  }

  /** Proposals whose caller still waits. */
  get count(): number {
    let count = this.#queued.size;
    for (const proposals of this.#offered.values()) count += proposals.length;
    for (const newest of this.#logged.values()) {
      for (let one: Proposal | undefined = newest; one !== undefined; one = one.older) count += 1;
    }
    return count;
  }

  /** Whether `takeBatches` has something to give. */
  get hasQueued(): boolean {
    return this.#queued.size > 0;
  }

  /** Queues `command`, owned from now on, for the batch of this turn. */
  add(command: Uint8Array, options: WaitOptions): Promise<ProposalOutcome> {
    const waiter = new Waiter<ProposalOutcome>(this.#room, options, (reason) =>
      this.#giveUp(proposal, reason),
    );
    const proposal: Proposal = { command, waiter, position: undefined, older: undefined };
    this.#queued.add(proposal);
    return waiter.promise;
  }

  /**
   * Waits for the fate of a change of the members, which the caller offers to the core at once.
   *
   * @returns The id under which the core answers.
   */
  addChange(options: WaitOptions): {
    readonly changeId: number;
    readonly outcome: Promise<MembershipOutcome>;
  } {
    const waiter = new Waiter<MembershipOutcome>(this.#room, options, (reason) =>
      this.#giveUp(proposal, reason),
    );
    const proposal: Proposal = {
      command: noCommand,
      waiter,
      position: undefined,
      older: undefined,
    };
    const changeId = this.#nextProposalId++;
    this.#offered.set(changeId, [proposal]);
    this.#changes.set(changeId, waiter);
    return { changeId, outcome: waiter.promise };
  }

  /** What was queued since the last call, to be offered to the core now, in order. */
  takeBatches(): readonly ProposalBatch[] {
    const batches: ProposalBatch[] = [];
    let proposals: Proposal[] = [];
    let bytes = 0;
    const close = (): void => {
      if (proposals.length === 0) return;
      const proposalId = this.#nextProposalId++;
      this.#offered.set(proposalId, proposals);
      batches.push({ proposalId, payloads: proposals.map(({ command }) => command) });
      proposals = [];
      bytes = 0;
    };
    for (const proposal of this.#queued) {
      const size = proposal.command.length + LENGTH_BYTES_MAX;
      if (bytes + size > this.#batchBytesMax) close();
      proposals.push(proposal);
      bytes += size;
    }
    close();
    this.#queued = new Set();
    return batches;
  }

  /** The batch left for the leader: what is lost from here on is in doubt. */
  onForwarded(proposalId: number): void {
    this.#forwarded.add(proposalId);
  }

  /** The leader never said what became of the batch. */
  onLost(proposalId: number): void {
    for (const { waiter } of this.#takeOffered(proposalId)) waiter.settle(doubt('forwardLost'));
  }

  /** The batch stands in the log from `first` on. */
  onProposed(proposalId: number, first: LogPosition, leaderId: NodeId | undefined): void {
    const proposals = this.#offered.get(proposalId) ?? [];
    let { logIndex } = first;
    for (const proposal of proposals) {
      this.#place(proposal, { logIndex, term: first.term }, leaderId);
      logIndex += 1;
    }
    this.#takeOffered(proposalId);
  }

  #place(proposal: Proposal, position: LogPosition, leaderId: NodeId | undefined): void {
    if (proposal.position === 'gone') return;
    const { logIndex } = position;
    proposal.position = position;
    if (logIndex <= this.#lastApplied) {
      this.#settleLate(proposal, logIndex, leaderId);
      return;
    }
    proposal.older = this.#logged.get(logIndex);
    this.#logged.set(logIndex, proposal);
  }

  /** The core refused the batch: none of it entered the log. */
  onRefused(proposalId: number, reason: ProposalRejection, leaderId: NodeId | undefined): void {
    const proposals = this.#takeOffered(proposalId);
    for (const { waiter } of proposals) waiter.settle({ kind: 'rejected', reason, leaderId });
  }

  /** The core refused to change the members. */
  onChangeRefused(changeId: number, reason: MembershipRefusal, leaderId: NodeId | undefined): void {
    this.#changes.get(changeId)?.settle({ kind: 'rejected', reason, leaderId });
    this.#takeOffered(changeId);
  }

  /** `entry` is committed and applied with `result`: that decides every proposal at its index. */
  onApplied(entry: Entry, result: Uint8Array, leaderId: NodeId | undefined): void {
    const { logIndex, term } = entry;
    this.#lastApplied = logIndex;
    if (this.#forwarded.size > 0) this.#lateResults.record(entry, result);
    const newest = this.#logged.get(logIndex);
    if (newest === undefined) return;
    this.#logged.delete(logIndex);
    for (let one: Proposal | undefined = newest; one !== undefined; one = one.older) {
      settleBy(one, logIndex, { term, result }, leaderId);
    }
  }

  /** A snapshot replaced the log through `last`: what it says about the proposals it covers. */
  onRestored(last: LogPosition, leaderId: NodeId | undefined): void {
    this.#lastApplied = Math.max(this.#lastApplied, last.logIndex);
    for (const [logIndex, newest] of this.#logged.entries()) {
      if (logIndex > last.logIndex) continue;
      this.#logged.delete(logIndex);
      for (let one: Proposal | undefined = newest; one !== undefined; one = one.older) {
        one.waiter.settle(
          isRuledOut(one, last)
            ? { kind: 'rejected', reason: 'overwritten', leaderId }
            : { kind: 'unknown', reason: 'leadershipLost' },
        );
      }
    }
  }

  /** The node stops: others may still commit what is in the log; the rest certainly fails. */
  closeAll(leaderId: NodeId | undefined): void {
    for (const { waiter } of this.#queued) {
      waiter.settle({ kind: 'rejected', reason: 'stopped', leaderId });
    }
    this.#queued.clear();
    for (const [proposalId] of this.#offered.entries()) {
      if (!this.#forwarded.has(proposalId)) this.onRefused(proposalId, 'stopped', leaderId);
      for (const { waiter } of this.#takeOffered(proposalId)) waiter.settle(doubt('closed'));
    }
    for (const newest of this.#logged.values()) {
      for (let one: Proposal | undefined = newest; one !== undefined; one = one.older) {
        one.waiter.settle({ kind: 'unknown', reason: 'closed' });
      }
    }
    this.#logged.clear();
  }

  #takeOffered(proposalId: number): readonly Proposal[] {
    const proposals = this.#offered.get(proposalId) ?? [];
    this.#offered.delete(proposalId);
    this.#changes.delete(proposalId);
    if (this.#forwarded.delete(proposalId) && this.#forwarded.size === 0) this.#lateResults.clear();
    return proposals;
  }

  /** The entry at `logIndex` was applied before it was known that the proposal stands there. */
  #settleLate(proposal: Proposal, logIndex: number, leaderId: NodeId | undefined): void {
    const applied = this.#lateResults.at(logIndex);
    if (applied === undefined) proposal.waiter.settle(doubt('leadershipLost'));
    else settleBy(proposal, logIndex, applied, leaderId);
  }

  #giveUp(proposal: Proposal, reason: GaveUp): void {
    if (this.#queued.delete(proposal)) {
      const outcome = { kind: 'rejected', reason: 'aborted', leaderId: undefined } as const;
      proposal.waiter.settle(reason === 'aborted' ? outcome : doubt(reason));
      return;
    }
    const { position } = proposal;
    if (position !== undefined && position !== 'gone') this.#forget(proposal, position.logIndex);
    proposal.position = 'gone';
    proposal.waiter.settle(doubt(reason));
  }

  /** Takes `proposal` out of the chain at `logIndex`. */
  #forget(proposal: Proposal, logIndex: number): void {
    const newest = this.#logged.get(logIndex);
    if (newest === proposal) {
      if (proposal.older === undefined) this.#logged.delete(logIndex);
      else this.#logged.set(logIndex, proposal.older);
      return;
    }
    for (let one = newest; one !== undefined; one = one.older) {
      if (one.older === proposal) one.older = proposal.older;
    }
  }
}

/** The commands of one turn, for one 'propose' input. */
interface ProposalBatch {
  readonly proposalId: number;
  readonly payloads: readonly Uint8Array[];
}

/** Somebody who waits for an outcome, or for more kinds of outcome than this one. */
interface Settler<Outcome> {
  settle(outcome: Outcome): void;
}

interface Proposal {
  readonly command: Uint8Array;
  readonly waiter: Settler<ProposalOutcome>;
  /** Where it stands in the log; 'gone' once nobody waits for it any more. */
  position: LogPosition | 'gone' | undefined;
  /** An earlier proposal that stood at the same index in an earlier term. */
  older: Proposal | undefined;
}

/** Settles a proposal that stood at `logIndex`, by what was committed and applied there. */
function settleBy(
  { position, waiter }: Proposal,
  logIndex: number,
  applied: { readonly term: number; readonly result: Uint8Array },
  leaderId: NodeId | undefined,
): void {
  waiter.settle(
    position !== 'gone' && position?.term === applied.term
      ? { kind: 'committed', logIndex, result: applied.result }
      : { kind: 'rejected', reason: 'overwritten', leaderId },
  );
}

function doubt(reason: ProposalDoubt): ProposalOutcome {
  return { kind: 'unknown', reason };
}

/** Whether a committed log that holds `last` cannot hold the entry, which is at or before it. */
function isRuledOut({ position }: Proposal, last: LogPosition): boolean {
  if (position === undefined || position === 'gone') return false;
  // Terms never fall along a log, so no entry before `last` has a later term.
  if (position.term > last.term) return true;
  return position.logIndex === last.logIndex && position.term !== last.term;
}
