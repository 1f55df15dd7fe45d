import { BrokenPromise } from '@quorate/simulation';
import type { NodeId } from '@quorate/transport';

import type { Configuration, ConfigurationAt } from '../../src/configuration.ts';
import type { RaftStatus } from '../../src/node/status.ts';
import type { RaftNode } from '../../src/raft-node.ts';
import type { MachineObserver } from './recording-machine.ts';

/** A promise of Raft that was broken. `invariantId` stays the same while a schedule shrinks. */
export class BrokenInvariant extends BrokenPromise {
  override readonly name = 'BrokenInvariant';
}

/** What was last seen of one node: its log by term, and what of it was claimed to be durable. */
interface Shadow {
  status: RaftStatus;
  /** Term by log index, from `status.firstLogIndex` on; older ones linger. */
  readonly terms: number[];
  /** What damage has taken since: it was on disk when others counted on it. */
  lostTerms: readonly number[];
  isUp: boolean;
  isWiped: boolean;
}

/**
 * Figure 3 of the paper and the rules behind it, checked from outside at every event of a run.
 *
 * - **Election safety**: at most one leader in a term.
 * - **Log matching**: an (index, term) is preceded by the same term wherever it occurs.
 * - **Leader completeness**: a new leader holds every entry committed in an earlier term.
 * - **State-machine safety**: after the same index every replica has the same digest.
 * - **Durable majority**: when an entry is first known to be committed, a majority of the
 *   configuration of the one who knows claims to have it on disk; and a node that restarts still
 *   has what it claimed.
 * - **Elected**: a new leader has the votes of a majority of its own configuration, and who knows
 *   for sure that it has no vote never asks for any.
 * - **One change at a time**: a leader changes the members only once the change before is
 *   committed, and an entry of its own term.
 * - **Monotony**: term, commit index and applied index never fall in one life.
 *
 * The entry at (index, term) is taken for identified by these two: a difference in content shows in
 * the digests.
 */
export class InvariantChecker implements MachineObserver {
  readonly #shadows = new Map<NodeId, Shadow>();
  readonly #leaders = new Map<number, NodeId>();
  readonly #termBefore = new Map<string, number>();
  readonly #digests = new Map<number, number>();
  /** The committed entries by index: their term, and the term in which they were committed. */
  readonly #committed: { readonly term: number; readonly committedIn: number }[] = [];
  /** Where each command was applied. */
  readonly #commands = new Map<number, number>();
  readonly #damagedNodes = new Set<NodeId>();
  /** Whom each node voted for, by term and node. */
  readonly #votes = new Map<string, NodeId>();
  #committedConfiguration: ConfigurationAt | undefined;
  #highestCommitted = 0;
  // Found while a node was applying, where throwing would look like a fault of that node.
  #found: BrokenInvariant | undefined = undefined;

  /** The latest configuration that any node has known to be committed. */
  get committedConfiguration(): ConfigurationAt | undefined {
    return this.#committedConfiguration;
  }

  /** Highest index that any node has known to be committed. */
  get highestCommitted(): number {
    return this.#highestCommitted;
  }

  /** Terms in which somebody led. */
  get ledTermCount(): number {
    return this.#leaders.size;
  }

  /** Where `commandId` was applied, if it was. */
  appliedAt(commandId: number): number | undefined {
    return this.#commands.get(commandId);
  }

  onApplied(logIndex: number, commandId: number, digest: number): void {
    this.#expectDigest(logIndex, digest);
    const before = this.#commands.get(commandId);
    if (before !== undefined && before !== logIndex) {
      const detail = `command ${commandId} stands at ${before} and at ${logIndex}`;
      this.#found ??= new BrokenInvariant('applied once', detail);
    }
    this.#commands.set(commandId, logIndex);
  }

  onRestored(logIndex: number, digest: number): void {
    if (logIndex > 0) this.#expectDigest(logIndex, digest);
  }

  /** The disk of `nodeId` was damaged beyond what crashes do: it may come back with less. */
  onDamaged(nodeId: NodeId): void {
    this.#damagedNodes.add(nodeId);
  }

  /** The disk of `nodeId` was emptied: its next life begins with nothing. */
  onWiped(nodeId: NodeId): void {
    const shadow = this.#shadows.get(nodeId);
    if (shadow !== undefined) shadow.isWiped = true;
  }

  /** `nodeId` has lost its process; its disk holds at least what it claimed. */
  onDown(nodeId: NodeId): void {
    const shadow = this.#shadows.get(nodeId);
    if (shadow !== undefined) shadow.isUp = false;
  }

  /** Looks at a node after an event that may have changed it. */
  check(nodeId: NodeId, node: RaftNode): void {
    if (this.#found !== undefined) throw this.#found;
    const status = node.status();
    let shadow = this.#shadows.get(nodeId);
    if (shadow === undefined) {
      shadow = { status, terms: [], lostTerms: [], isUp: true, isWiped: false };
      this.#shadows.set(nodeId, shadow);
      this.#checkLog(shadow, node, 0);
    } else if (!shadow.isUp) {
      this.#checkRestart(shadow, node, status);
    }
    const before = shadow.status;
    shadow.status = status;
    if (before !== status) this.#checkMonotony(nodeId, before, status);
    if (isLogChanged(before, status)) this.#checkLog(shadow, node, before.lastLogIndex);
    this.#noteVote(status);
    this.#noteConfiguration(status);
    if (status.role === 'leader' && (before.role !== 'leader' || before.term !== status.term)) {
      this.#checkLeader(nodeId, node, status);
      this.#checkElection(status);
    } else if (status.role === 'leader') {
      checkChange(node, before, status);
    }
    if (status.role === 'candidate') checkSeat(status);
    if (status.commitIndex > before.commitIndex) this.#checkCommit(nodeId, node, before, status);
  }

  #noteVote({ nodeId, term, votedFor }: RaftStatus): void {
    if (votedFor !== undefined) this.#votes.set(`${term} ${nodeId}`, votedFor);
  }

  #noteConfiguration({
    configuration,
    configurationIndex: logIndex,
    commitIndex,
  }: RaftStatus): void {
    const known = this.#committedConfiguration?.logIndex ?? -1;
    // Who waits to join knows of nobody.
    if (logIndex > commitIndex || logIndex <= known || configuration.voters.length === 0) return;
    this.#committedConfiguration = { logIndex, configuration };
  }

  #checkElection({ nodeId, term, configuration }: RaftStatus): void {
    const hasVoteOf = (voter: NodeId): boolean => this.#votes.get(`${term} ${voter}`) === nodeId;
    if (isQuorum(configuration, hasVoteOf)) return;
    fail('elected', `${nodeId} leads term ${term} without a majority of its voters`);
  }

  #checkRestart(shadow: Shadow, node: RaftNode, status: RaftStatus): void {
    const { durableIndex, nodeId } = shadow.status;
    shadow.isUp = true;
    const firstDamaged = status.damaged[0]?.logIndex ?? Number.POSITIVE_INFINITY;
    const isDamaged = this.#damagedNodes.has(nodeId);
    const { isWiped } = shadow;
    shadow.isWiped = false;
    const start = Math.max(status.firstLogIndex, shadow.status.firstLogIndex);
    for (let logIndex = start; logIndex <= durableIndex && !isWiped; logIndex += 1) {
      if (logIndex >= firstDamaged && isDamaged) break;
      const was = shadow.terms[logIndex];
      const is = node.termAt(logIndex);
      if (was === is) continue;
      fail('durable', `${nodeId} claimed ${logIndex}@${was}, and restarted with term ${is}`);
    }
    if (isDamaged) {
      const had = shadow.terms.slice(0, durableIndex + 1);
      shadow.lostTerms = [...had, ...shadow.lostTerms.slice(had.length)];
    }
    shadow.status = { ...status, commitIndex: 0, lastApplied: 0, role: 'follower' };
    this.#checkLog(shadow, node, 0);
  }

  #checkMonotony(nodeId: NodeId, before: RaftStatus, now: RaftStatus): void {
    for (const field of ['term', 'commitIndex', 'lastApplied'] as const) {
      if (now[field] >= before[field]) continue;
      fail('monotony', `${field} of ${nodeId} fell from ${before[field]} to ${now[field]}`);
    }
    if (now.lastApplied > now.commitIndex) {
      fail('monotony', `${nodeId} applied ${now.lastApplied}, committed ${now.commitIndex}`);
    }
    if (now.commitIndex > now.lastLogIndex) {
      fail('monotony', `${nodeId} committed ${now.commitIndex} of ${now.lastLogIndex} entries`);
    }
  }

  /** Reads the new end of a node's log into its shadow, back to where the two agree. */
  #checkLog(shadow: Shadow, node: RaftNode, lastBefore: number): void {
    const { firstLogIndex, lastLogIndex } = shadow.status;
    const { terms } = shadow;
    if (lastLogIndex < lastBefore) terms.length = lastLogIndex + 1;
    for (let logIndex = lastLogIndex; logIndex >= firstLogIndex; logIndex -= 1) {
      const term = node.termAt(logIndex);
      if (term === undefined) fail('log', `${shadow.status.nodeId} has no entry ${logIndex}`);
      if (logIndex <= lastBefore && terms[logIndex] === term) break;
      terms[logIndex] = term;
      const before = node.termAt(logIndex - 1);
      if (before !== undefined) this.#expectTermBefore(shadow, logIndex, term, before);
    }
  }

  #expectTermBefore({ status }: Shadow, logIndex: number, term: number, before: number): void {
    const key = `${logIndex}@${term}`;
    const known = this.#termBefore.get(key);
    if (known === undefined) this.#termBefore.set(key, before);
    else if (known !== before) {
      fail(
        'log matching',
        `before ${key} stands ${before} on ${status.nodeId}, ${known} elsewhere`,
      );
    }
  }

  #checkLeader(nodeId: NodeId, node: RaftNode, { term, firstLogIndex }: RaftStatus): void {
    const other = this.#leaders.get(term);
    if (other !== undefined && other !== nodeId) {
      fail('election safety', `${other} and ${nodeId} both lead term ${term}`);
    }
    this.#leaders.set(term, nodeId);
    for (let logIndex = firstLogIndex; logIndex <= this.#highestCommitted; logIndex += 1) {
      const committed = this.#committed[logIndex];
      // Who is elected late, in a term that others have left behind, need not have what they have.
      if (committed === undefined || committed.committedIn >= term) continue;
      if (committed.term === node.termAt(logIndex)) continue;
      const detail = `${nodeId} leads term ${term} without ${logIndex}@${committed.term}`;
      fail('leader completeness', detail);
    }
  }

  #checkCommit(nodeId: NodeId, node: RaftNode, before: RaftStatus, now: RaftStatus): void {
    const start = Math.max(before.commitIndex + 1, now.firstLogIndex);
    for (let logIndex = start; logIndex <= now.commitIndex; logIndex += 1) {
      const term = node.termAt(logIndex);
      if (term === undefined) continue;
      const known = this.#committed[logIndex];
      if (known === undefined) {
        this.#expectDurableMajority(before, now, logIndex, term);
        // The leader is the first to know, so this is its term.
        this.#committed[logIndex] = { term, committedIn: now.term };
      } else if (known.term !== term) {
        const detail = `${logIndex}@${known.term}, but ${nodeId} committed ${term} there`;
        fail('committed for ever', detail);
      }
    }
    this.#highestCommitted = Math.max(this.#highestCommitted, now.commitIndex);
  }

  #expectDurableMajority(
    before: RaftStatus,
    now: RaftStatus,
    logIndex: number,
    term: number,
  ): void {
    const isOnDisk = (id: NodeId): boolean => {
      const shadow = this.#shadows.get(id);
      if (shadow === undefined) return false;
      const { status, terms, lostTerms } = shadow;
      const isThere = status.durableIndex >= logIndex && terms[logIndex] === term;
      return isThere || lostTerms[logIndex] === term;
    };
    // What a commit brings to its end may be followed by the next configuration at once.
    const configurations = [before.configuration, now.configuration];
    if (configurations.some((configuration) => isQuorum(configuration, isOnDisk))) return;
    const there = [...this.#shadows.keys()].filter(isOnDisk).join(' ');
    const detail = `${now.nodeId} committed ${logIndex}@${term}, which ${there} have on disk`;
    fail('durable majority', detail);
  }

  #expectDigest(logIndex: number, digest: number): void {
    const known = this.#digests.get(logIndex);
    if (known === undefined) this.#digests.set(logIndex, digest);
    else if (known !== digest) {
      const detail = `two digests after ${logIndex}: ${known} and ${digest}`;
      this.#found ??= new BrokenInvariant('state-machine safety', detail);
    }
  }
}

function isLogChanged(before: RaftStatus, now: RaftStatus): boolean {
  // Every change of a log moves its end, its beginning or its durable part, or raises the term.
  return (
    before.lastLogIndex !== now.lastLogIndex ||
    before.durableIndex !== now.durableIndex ||
    before.firstLogIndex !== now.firstLogIndex ||
    before.term !== now.term
  );
}

/** Whether `has` holds for a majority of each half. Written anew, not taken from what is tested. */
export function isQuorum(
  { voters, outgoingVoters }: Configuration,
  has: (voter: NodeId) => boolean,
): boolean {
  return [voters, outgoingVoters].every(
    (half) => half.length === 0 || 2 * half.filter(has).length > half.length,
  );
}

function checkChange(node: RaftNode, before: RaftStatus, now: RaftStatus): void {
  if (now.configurationIndex === before.configurationIndex) return;
  const { nodeId, term, commitIndex } = now;
  if (before.configurationIndex > commitIndex) {
    fail('one change at a time', `${nodeId} has two uncommitted changes in its log`);
  }
  if (node.termAt(commitIndex) !== term) {
    fail('one change at a time', `${nodeId} changed the members before it committed in ${term}`);
  }
}

function checkSeat({ nodeId, configuration, configurationIndex, commitIndex }: RaftStatus): void {
  const { voters, outgoingVoters } = configuration;
  if (voters.includes(nodeId) || outgoingVoters.includes(nodeId)) return;
  if (configurationIndex > commitIndex) return;
  fail('elected', `${nodeId} asks for votes, and knows that it has none`);
}

function fail(rule: string, detail: string): never {
  throw new BrokenInvariant(rule, detail);
}
