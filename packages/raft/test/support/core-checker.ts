import type { NodeId } from '@quorate/transport';

import type { RaftEffect } from '../../src/effects.ts';
import type { Entry } from '../../src/messages.ts';
import type { RaftState } from '../../src/state.ts';
import type { CoreNode } from './core-cluster.ts';

/** A broken promise of Figure 3, or of one of the rules behind it. */
export class SafetyViolation extends Error {
  override readonly name = 'SafetyViolation';
}

interface Seen {
  currentTerm: number;
  commitIndex: number;
  lastApplied: number;
}

/**
 * Watches a cluster from outside, step by step: it sees what nodes say, write and apply, and holds
 * it against the properties of the paper's Figure 3. It shares no code with what it checks.
 */
export class CoreChecker {
  readonly #nodes: ReadonlyMap<NodeId, CoreNode>;
  readonly #leaderOfTerm = new Map<number, NodeId>();
  readonly #voteOf = new Map<string, NodeId>();
  /** What stands at (index, term) anywhere, and the term before it: Log Matching. */
  readonly #entryAt = new Map<string, { readonly content: string; readonly termBefore: number }>();
  /** Term of the committed entry at each index, and the term in which it was committed. */
  readonly #committedTerms: number[] = [0];
  readonly #termsOfCommit: number[] = [0];
  readonly #committedCommands = new Set<string>();
  readonly #digests = new Map<number, number>();
  readonly #seen = new Map<NodeId, Seen>();
  readonly #commitAtInvocation = new Map<number, number>();
  readsAnswered = 0;

  constructor(nodes: ReadonlyMap<NodeId, CoreNode>) {
    this.#nodes = nodes;
    for (const { nodeId, stateMachine } of nodes.values()) {
      stateMachine.onApplied = (logIndex, digest) => this.#checkApplied(nodeId, logIndex, digest);
    }
  }

  /** Highest index that any node ever knew to be committed. */
  get committedIndex(): number {
    return this.#committedTerms.length - 1;
  }

  get electedCount(): number {
    return this.#leaderOfTerm.size;
  }

  readInvoked(readId: number): void {
    this.#commitAtInvocation.set(readId, this.committedIndex);
  }

  crashed(nodeId: NodeId): void {
    this.#seen.delete(nodeId);
  }

  afterStep({ nodeId }: CoreNode, raft: RaftState, effects: readonly RaftEffect[]): void {
    for (const effect of effects) this.#checkEffect(nodeId, raft, effect);
    this.#checkMonotony(nodeId, raft);
    this.#checkCommit(nodeId, raft);
  }

  #checkEffect(nodeId: NodeId, raft: RaftState, effect: RaftEffect): void {
    switch (effect.kind) {
      case 'persist':
        this.#checkEntries(raft, effect.entries);
        return;
      case 'roleChanged':
        if (effect.role === 'leader') this.#checkLeader(nodeId, raft, effect.term);
        return;
      case 'send':
        if (effect.message.kind === 'requestVoteReply' && effect.message.voteGranted) {
          this.#checkVote(nodeId, effect.message.term, effect.to);
        }
        return;
      case 'readReady':
        this.#checkRead(effect.readId, effect.readIndex);
        return;
      default:
        return;
    }
  }

  /** Log Matching: an index and a term name one entry, and one history before it. */
  #checkEntries(raft: RaftState, entries: readonly Entry[]): void {
    for (const { logIndex, term, kind, payload } of entries) {
      const termBefore = raft.log.termAt(logIndex - 1) ?? -1;
      const content = `${kind}:${payload.join(',')}`;
      const key = `${logIndex}@${term}`;
      const known = this.#entryAt.get(key);
      if (known === undefined) {
        this.#entryAt.set(key, { content, termBefore });
        continue;
      }
      check(known.content === content, `two entries at ${key}`);
      check(known.termBefore === termBefore, `two histories before ${key}`);
    }
  }

  /** Election Safety and Leader Completeness. */
  #checkLeader(nodeId: NodeId, raft: RaftState, term: number): void {
    const known = this.#leaderOfTerm.get(term);
    check(known === undefined, `term ${term} elects ${nodeId} after ${known}`);
    this.#leaderOfTerm.set(term, nodeId);
    // An election may end after a later one: only what was committed in lower terms must be there.
    const logIndex = this.#termsOfCommit.findLastIndex((termOfCommit) => termOfCommit < term);
    const committedTerm = this.#committedTerms[logIndex];
    check(
      raft.log.termAt(logIndex) === committedTerm,
      `leader ${nodeId} of term ${term} has no ${logIndex}@${committedTerm}`,
    );
  }

  #checkVote(voter: NodeId, term: number, candidate: NodeId): void {
    const key = `${voter} in term ${term}`;
    const known = this.#voteOf.get(key);
    check(known === undefined || known === candidate, `${key} votes for ${candidate}, ${known}`);
    this.#voteOf.set(key, candidate);
    const durable = this.#nodes.get(voter)?.disk.durable.hardState;
    check(
      durable !== undefined && durable.currentTerm >= term,
      `${key} votes before it is durable`,
    );
  }

  #checkMonotony(nodeId: NodeId, raft: RaftState): void {
    const { currentTerm, commitIndex, lastApplied, applyingIndex, log } = raft;
    const before = this.#seen.get(nodeId);
    if (before !== undefined) {
      check(currentTerm >= before.currentTerm, `${nodeId}: term falls`);
      check(commitIndex >= before.commitIndex, `${nodeId}: commit falls`);
      check(lastApplied >= before.lastApplied, `${nodeId}: applied falls`);
    }
    check(lastApplied <= applyingIndex, `${nodeId}: applied more than it was given`);
    check(applyingIndex <= commitIndex, `${nodeId}: applies what is not committed`);
    check(commitIndex <= log.lastIndex, `${nodeId}: commits what it does not have`);
    check(log.durableIndex <= log.lastIndex, `${nodeId}: more durable than there is`);
    this.#seen.set(nodeId, { currentTerm, commitIndex, lastApplied });
  }

  /** A commit is on a majority of disks when it is first known, and everybody's is the same. */
  #checkCommit(nodeId: NodeId, raft: RaftState): void {
    const { commitIndex, log } = raft;
    for (let logIndex = this.#committedTerms.length; logIndex <= commitIndex; logIndex += 1) {
      const term = log.termAt(logIndex);
      if (term === undefined) throw new SafetyViolation(`${nodeId} commits unknown ${logIndex}`);
      this.#checkOnMajority(raft, logIndex, term);
      this.#checkOnce(log.entryAt(logIndex));
      this.#committedTerms.push(term);
      this.#termsOfCommit.push(raft.currentTerm);
    }
    const committedTerm = this.#committedTerms[commitIndex];
    const term = log.termAt(commitIndex);
    check(term === committedTerm, `${nodeId} has ${term} for ${commitIndex}@${committedTerm}`);
  }

  /** In each half of the configuration, where that is joint. */
  #checkOnMajority({ configuration }: RaftState, logIndex: number, term: number): void {
    const { voters, outgoingVoters } = configuration;
    for (const half of [voters, outgoingVoters]) {
      const copies = half.filter((voter) => this.#hasCopy(voter, logIndex, term)).length;
      check(
        half.length === 0 || copies * 2 > half.length,
        `${logIndex}@${term} is committed with ${copies} durable copies`,
      );
    }
  }

  /** No command is proposed twice, so none may be committed twice. */
  #checkOnce(entry: Entry | undefined): void {
    if (entry?.kind !== 'command') return;
    const command = entry.payload.join(',');
    check(!this.#committedCommands.has(command), `${entry.logIndex} repeats a command`);
    this.#committedCommands.add(command);
  }

  #hasCopy(nodeId: NodeId, logIndex: number, term: number): boolean {
    const durable = this.#nodes.get(nodeId)?.disk.durable;
    if (durable === undefined) return false;
    const { logStart, entries, snapshot, hardState, damaged } = durable;
    const isCovered = snapshot !== undefined && snapshot.lastIncludedIndex >= logIndex;
    const entry = entries[logIndex - logStart.logIndex - 1];
    // A copy that was damaged since it was acknowledged: its node votes for nobody without it.
    const isPromised =
      (damaged?.lastIndex ?? 0) >= logIndex || (hardState?.promised?.logIndex ?? 0) >= logIndex;
    return isCovered || isPromised || entry?.term === term;
  }

  /** State Machine Safety: the same state after the same index, everywhere. */
  #checkApplied(nodeId: NodeId, logIndex: number, digest: number): void {
    const known = this.#digests.get(logIndex) ?? digest;
    check(known === digest, `${nodeId} applies something else at ${logIndex}`);
    check(logIndex <= this.committedIndex, `${nodeId} applies ${logIndex} before it is committed`);
    this.#digests.set(logIndex, digest);
  }

  /** A read sees all that was committed before it was asked for. */
  #checkRead(readId: number, readIndex: number): void {
    const atInvocation = this.#commitAtInvocation.get(readId) ?? 0;
    check(readIndex >= atInvocation, `read ${readId} sees ${readIndex}, not ${atInvocation}`);
    this.#commitAtInvocation.delete(readId);
    this.readsAnswered += 1;
  }
}

function check(condition: boolean, claim: string): void {
  if (!condition) throw new SafetyViolation(claim);
}
