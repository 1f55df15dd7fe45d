import type { NodeId } from '@quorate/transport';

import { isVoter } from './configuration.ts';
import type { TransferRefusal } from './effects.ts';
import { campaignAtOnce } from './election.ts';
import { send } from './persistence.ts';
import { hearLeader } from './replication.ts';
import { becomeFollower } from './roles.ts';
import type { Leadership, RaftState } from './state.ts';

/**
 * Handing leadership over on purpose (thesis §3.10): before maintenance, or to a better place.
 *
 * ```text
 *   leader   takes no more proposals ─► the target has the whole log ─► timeoutNow ─┐
 *   target                                      asks for votes at once, no pre-vote ◄┘
 *   others   vote although they hear the leader: the request says that it asked for this
 * ```
 *
 * It is an election like any other, only begun early, so nothing can go wrong but that nobody or
 * somebody else wins. The leader waits one election timeout and then goes on as before. What it
 * gave away it cannot take back, though: the target may still win after that.
 *
 * A leader that must go, because it was removed or its disk hangs, says the same to whoever has
 * most of the log, and does not wait for what becomes of it.
 */

/** Takes in the wish to hand over, or says why not. Ends with 'transferEnded'. */
export function onTransferLeadership(
  state: RaftState,
  transferId: number,
  wanted: NodeId | undefined,
): void {
  const { role } = state;
  if (role.kind !== 'leader') {
    refuse(state, transferId, state.promised === undefined ? 'notLeader' : 'recovering');
    return;
  }
  const to = wanted ?? bestSuccessor(state, role);
  const reason = reasonToRefuse(state, role, to);
  if (reason !== undefined || to === undefined) {
    refuse(state, transferId, reason ?? 'noSuccessor');
    return;
  }
  role.transfer = { transferId, to, elapsedTicks: 0, isTold: false };
}

function reasonToRefuse(
  state: RaftState,
  { transfer }: Leadership,
  to: NodeId | undefined,
): TransferRefusal | undefined {
  if (transfer !== undefined) return 'transferPending';
  if (to === undefined) return 'noSuccessor';
  if (to === state.id) return 'leadsAlready';
  return isVoter(state.configuration, to) ? undefined : 'notVoter';
}

/** The voter that is known to have most of the log, among those that answer. */
function bestSuccessor(state: RaftState, { followers }: Leadership): NodeId | undefined {
  let best: { readonly peer: NodeId; readonly matchIndex: number } | undefined;
  for (const [peer, { state: sending, matchIndex }] of followers) {
    if (sending !== 'replicate' || !isVoter(state.configuration, peer)) continue;
    if (best === undefined || matchIndex > best.matchIndex) best = { peer, matchIndex };
  }
  return best?.peer;
}

/** Ends a leader's step: tells the target to begin once it has the whole log. */
export function continueTransfer(
  state: RaftState,
  { transfer, followers, lease }: Leadership,
): void {
  if (transfer === undefined || transfer.isTold) return;
  if (followers.get(transfer.to)?.matchIndex !== state.log.lastIndex) return;
  transfer.isTold = true;
  lease.giveAway();
  send(state, transfer.to, { kind: 'timeoutNow', term: state.currentTerm });
}

/**
 * Ends a leadership that has become useless: whoever has most of the log need not wait for its
 * election timeout. Word of it may be lost, and then everyone waits.
 */
export function stepDown(state: RaftState, leader: Leadership): void {
  const { followers, transfer } = leader;
  const to = bestSuccessor(state, leader);
  // Without what is committed it would win nothing.
  const matchIndex = to === undefined ? 0 : (followers.get(to)?.matchIndex ?? 0);
  if (to !== undefined && matchIndex >= state.commitIndex && transfer?.isTold !== true) {
    send(state, to, { kind: 'timeoutNow', term: state.currentTerm });
  }
  becomeFollower(state, state.currentTerm);
}

/** Gives up after one election timeout: clients wait meanwhile. */
export function tickTransfer(state: RaftState, leader: Leadership): void {
  const { transfer } = leader;
  if (transfer === undefined) return;
  transfer.elapsedTicks += 1;
  if (transfer.elapsedTicks < state.tuning.electionTimeoutTicks) return;
  leader.transfer = undefined;
  const { transferId } = transfer;
  state.effects.push({ kind: 'transferEnded', transferId, how: 'timedOut' });
}

/** The leader `from` of `currentTerm` wants this node to lead. */
export function onTimeoutNow(state: RaftState, from: NodeId): void {
  // Only a leader says so; an earlier word of it may have been lost.
  if (state.role.kind !== 'follower') return;
  hearLeader(state, from);
  campaignAtOnce(state);
}

function refuse(state: RaftState, transferId: number, reason: TransferRefusal): void {
  state.effects.push({ kind: 'transferRefused', transferId, reason });
}
