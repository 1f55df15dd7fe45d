/*
 * Rest for groups in which nothing happens.
 *
 * A leader says that it lives every heartbeat interval, in each group, to each follower. With a
 * thousand groups that is all a process does. When nothing has happened in a group for some
 * election timeouts and all followers have everything, the leader says so, and it and those who can
 * confirm it stop ticking: no heartbeats, no election timeouts. Anything that happens wakes.
 *
 *     leader    ♥ ♥ ♥ quiesce ─ ─ ─ ─ ─ ─ proposal ♥ ♥
 *     follower  . . .       ─ ─ ─ ─ ─ ─ ─ ─       . . .
 *
 * It is a hint about time and nothing else: to stop ticking is to be slow, and no promise of Raft
 * depends on how fast anyone ticks. A vote refused because a leader was heard of stays refused for
 * longer; a lease runs by the clock, not by ticks. What is lost is the notice of a dead leader, so
 * the transport's word that a peer is down wakes, and so does whoever wants something.
 *
 * Source: CockroachDB's quiescence of ranges; TiKV's hibernate regions.
 */
import type { NodeId } from '@quorate/transport';

import { isJoint } from '../configuration.ts';
import type { RaftState } from '../state.ts';
import type { NodeMessage } from '../codec/edge-messages.ts';
import type { Quiesce } from '../codec/quiesce.ts';

/** Decides when a node rests, and what wakes it. */
export class Quiescence {
  readonly #raft: RaftState;
  /** 0: never. */
  readonly #afterTicks: number;
  readonly #offer: (to: NodeId, message: Quiesce) => void;
  #idleTicks = 0;
  #isQuiescent = false;

  constructor(raft: RaftState, afterTicks: number, offer: (to: NodeId, message: Quiesce) => void) {
    this.#raft = raft;
    this.#afterTicks = afterTicks;
    this.#offer = offer;
  }

  /** Whether the node rests. */
  get isQuiescent(): boolean {
    return this.#isQuiescent;
  }

  /** Something happens, or is wanted. */
  wake(): void {
    this.#idleTicks = 0;
    this.#isQuiescent = false;
  }

  /** Time for a tick. Answers whether the core is to have it. */
  tick(): boolean {
    if (this.#afterTicks === 0) return true;
    if (this.#isQuiescent) return false;
    this.#idleTicks = isIdleLeader(this.#raft) ? this.#idleTicks + 1 : 0;
    if (this.#idleTicks < this.#afterTicks) return true;
    this.#isQuiescent = true;
    this.#sayGoodNight();
    return false;
  }

  /** A message came. All but the echo of a heartbeat wake, and the wish to rest may be granted. */
  onMessage(from: NodeId, message: NodeMessage): void {
    if (message.kind === 'heartbeatReply') return;
    if (message.kind !== 'quiesce') {
      this.wake();
    } else if (this.#afterTicks > 0 && this.#agrees(from, message)) {
      this.#isQuiescent = true;
    }
  }

  #sayGoodNight(): void {
    const { role, currentTerm: term, log } = this.#raft;
    if (role.kind !== 'leader') return;
    const message: Quiesce = { kind: 'quiesce', term, lastLogIndex: log.lastIndex };
    for (const peer of role.followers.keys()) this.#offer(peer, message);
  }

  /** Whether all that the leader has is here, and known to be committed. */
  #agrees(from: NodeId, { term, lastLogIndex }: Quiesce): boolean {
    const { role, currentTerm, leaderId, log, commitIndex, lastApplied, promised } = this.#raft;
    return (
      role.kind === 'follower' &&
      term === currentTerm &&
      from === leaderId &&
      lastLogIndex === log.lastIndex &&
      lastLogIndex === commitIndex &&
      lastLogIndex === lastApplied &&
      promised === undefined
    );
  }
}

/** Whether this node leads and has nothing left to do for anybody. */
function isIdleLeader({ role, log, commitIndex, lastApplied, configuration }: RaftState): boolean {
  if (role.kind !== 'leader' || role.transfer !== undefined || isJoint(configuration)) return false;
  const { lastIndex, durableIndex } = log;
  const isSettled =
    commitIndex === lastIndex && lastApplied === lastIndex && durableIndex === lastIndex;
  if (!isSettled || role.reads.hasRound) return false;
  for (const { matchIndex } of role.followers.values()) {
    if (matchIndex !== lastIndex) return false;
  }
  return true;
}
