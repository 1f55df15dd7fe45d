import type { NodeId } from '@quorate/transport';

import { isVoter } from './configuration.ts';
import type { RaftState } from './state.ts';

/**
 * When a node that hears no leader campaigns: T to 2 T after the last word, where T is
 * `electionTimeoutTicks`.
 *
 * The paper has everyone draw at random, so that two seldom campaign at once (§5.2). But nobody can
 * act before the least draw, and with few nodes that is often late: of four draws the least exceeds
 * 1.68 T once in a hundred times, of two 1.9 T. And where two are close, votes are split, and all
 * wait again.
 *
 * Here the voters take turns. Every term has an order of its own, which each of them computes alike
 * from the term and their names, and each draws at random within its own part of the interval:
 *
 * ```text
 *   T                                                                    2 T
 *   ├─── first ─────┼─── second ────┼─── third ─────┼─── the leader ─────┤     of four voters
 * ```
 *
 * So while all but the leader are well, the first campaigns before T + T / n, and alone. If it is
 * not well, the second is next. If its log is too short to win, whoever refuses it for that, and
 * misses the leader too, need not wait for a turn. The same holds for whoever is preferred: see
 * election-priority.ts. (A node knows no other's priority before it is asked, so turns cannot.)
 *
 * Ticks of different nodes fall at different moments, so one who waited for T of them may have
 * waited for little more than T - 1, and be refused by those who still believe in the leader. Turns
 * begin one tick later for that.
 *
 * The order decides who tries first and nothing else. Nodes that know different configurations or
 * terms have different orders, which is no worse than drawing at random. And whoever has campaigned
 * draws from the whole interval, so that what went wrong in one order does not go wrong again.
 */

/** Starts a new wait of a new random length, so that nodes seldom time out together (§5.2). */
export function restartElectionTimer(state: RaftState): void {
  const { random, tuning } = state;
  const { electionTimeoutTicks } = tuning;
  state.electionElapsedTicks = 0;
  const turn = state.role.kind === 'follower' ? turnOf(state) : undefined;
  if (turn === undefined) {
    state.electionDueTicks = electionTimeoutTicks + random.int(electionTimeoutTicks);
    return;
  }
  const { rank, voterCount } = turn;
  const spanTicks = electionTimeoutTicks - 1;
  const firstTick = Math.floor((rank * spanTicks) / voterCount);
  const endTick = Math.floor(((rank + 1) * spanTicks) / voterCount);
  // With more voters than ticks, some share one.
  const drawnTick = firstTick + random.int(Math.max(1, endTick - firstTick));
  state.electionDueTicks = electionTimeoutTicks + 1 + drawnTick;
}

/**
 * Campaigns soon: no leader is heard, and somebody tries to lead who has less of the log than this
 * node, or a lower priority. Others may refuse it too, so each waits for as many ticks as there are
 * turns before its own.
 */
export function hastenElection(state: RaftState): void {
  if (state.role.kind !== 'follower') return;
  const { electionElapsedTicks, electionDueTicks, tuning } = state;
  const soonTicks = electionElapsedTicks + Math.max(1, turnOf(state)?.rank ?? 1);
  const hastenedTicks = Math.max(soonTicks, tuning.electionTimeoutTicks);
  state.electionDueTicks = Math.min(electionDueTicks, hastenedTicks);
}

/** The place of this node in the order of its term, from 0 on; `undefined` without a vote. */
function turnOf(state: RaftState): Turn | undefined {
  const { configuration, currentTerm: term, id } = state;
  if (!isVoter(configuration, id)) return undefined;
  // Who leads, or has asked for votes and probably will.
  const lastId = state.leaderId ?? state.votedFor;
  const own = lotOf(term, id);
  let rank = 0;
  let voterCount = 1;
  for (const peer of state.peers) {
    if (!isVoter(configuration, peer)) continue;
    voterCount += 1;
    if (peer === lastId) continue;
    const theirs = lotOf(term, peer);
    if (id === lastId || theirs < own || (theirs === own && peer < id)) rank += 1;
  }
  return { rank, voterCount };
}

interface Turn {
  readonly rank: number;
  readonly voterCount: number;
}

/** FNV-1a over the name, then the finalizer of MurmurHash3 over that and the term. */
function lotOf(term: number, id: NodeId): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < id.length; place += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(place), 0x01000193);
  }
  hash ^= term;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
