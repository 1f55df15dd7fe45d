import type { NodeId } from '@quorate/transport';

import type { ForwardProposal, ForwardReply } from './messages.ts';
import { send } from './persistence.ts';
import { appendCommands } from './replication.ts';
import type { RaftState } from './state.ts';

/**
 * Proposals on nodes that do not lead, handed to the leader (option `forwardProposals`).
 *
 * ```text
 *   follower  propose ──► forwardProposal(nonce, id) ─┐       ┌► proposed at (index, term)
 *                                                     ▼       │       │ applies it: 'committed'
 *   leader                              appends ──► forwardReply      ▼
 *                                          └──────► entries, as to anyone
 * ```
 *
 * The leader says no more than where the entries stand, for this is all that is certain then: index
 * and term name one entry for all time. What becomes of them the node sees for itself, in its own
 * log, and the result is that of its own state machine.
 *
 * A forward is sent once. If it is lost, or its answer is, nobody can tell whether the entries will
 * be committed; sent again, they might be twice. So the node gives up after a while, and says that
 * it does not know. A leader for its part takes in no forward twice, and none after a later one of
 * the same node: networks repeat and reorder what they carry.
 */

/** How many election timeouts a node waits for the leader's word. */
const PATIENCE = 2;

/**
 * The user's commands enter the leader's log (§5.3), are handed to the leader, or are refused.
 *
 * @throws RangeError if there are none.
 */
export function onPropose(
  state: RaftState,
  proposalId: number,
  payloads: readonly Uint8Array[],
): void {
  if (payloads.length === 0) throw new RangeError('payloads: expected at least one, got none');
  const { role, leaderId, currentTerm: term, tuning, effects } = state;
  if (role.kind === 'leader') {
    const result = appendCommands(state, role, payloads);
    if (result.kind === 'refused') {
      effects.push({ kind: 'proposalRefused', proposalId, reason: result.reason });
    } else {
      effects.push({ kind: 'proposed', proposalId, firstIndex: result.firstIndex, term });
    }
  } else if (state.promised !== undefined) {
    effects.push({ kind: 'proposalRefused', proposalId, reason: 'recovering' });
  } else if (leaderId === undefined || !tuning.forwardProposals) {
    effects.push({ kind: 'proposalRefused', proposalId, reason: 'notLeader' });
  } else {
    forward(state, leaderId, proposalId, payloads);
  }
}

function forward(
  state: RaftState,
  leaderId: NodeId,
  proposalId: number,
  payloads: readonly Uint8Array[],
): void {
  const { forwards, effects, currentTerm: term } = state;
  const bytes = payloads.reduce((sum, { length }) => sum + length, 0);
  if (!forwards.hasRoomFor(bytes)) {
    effects.push({ kind: 'proposalRefused', proposalId, reason: 'tooManyUncommitted' });
    return;
  }
  const { nonce } = forwards;
  const forwardId = forwards.begin(proposalId, bytes);
  effects.push({ kind: 'proposalForwarded', proposalId });
  send(state, leaderId, { kind: 'forwardProposal', term, nonce, forwardId, payloads });
}

/**
 * `from` has something to propose. Said nothing to what may have been taken in before, or by the
 * leader of another term: it would not be true of the first copy. `message.term` is `currentTerm`.
 */
export function onForwardProposal(state: RaftState, from: NodeId, message: ForwardProposal): void {
  const { role, currentTerm: term } = state;
  const { nonce, forwardId, payloads } = message;
  if (role.kind !== 'leader' || !role.followers.has(from)) return;
  if (!role.forwardsTaken.take(from, nonce, forwardId)) return;
  const result = appendCommands(state, role, payloads);
  send(state, from, { kind: 'forwardReply', term, nonce, forwardId, result });
}

/**
 * The leader of `reply.term` has said where the entries stand, or why nowhere. True whatever the
 * term is now, and whoever leads.
 */
export function onForwardReply(state: RaftState, reply: ForwardReply): void {
  const { forwards, effects } = state;
  if (reply.nonce !== forwards.nonce) return;
  const proposalId = forwards.end(reply.forwardId);
  if (proposalId === undefined) return;
  const { result, term } = reply;
  if (result.kind === 'refused') {
    effects.push({ kind: 'proposalRefused', proposalId, reason: result.reason });
    return;
  }
  effects.push({ kind: 'proposed', proposalId, firstIndex: result.firstIndex, term });
}

/** The transport did not take the forward: it certainly did not get anywhere. */
export function onForwardDropped({ forwards, effects }: RaftState, forwardId: number): void {
  const proposalId = forwards.end(forwardId);
  if (proposalId === undefined) return;
  effects.push({ kind: 'proposalRefused', proposalId, reason: 'leaderUnreachable' });
}

/** Gives up forwards of which nothing was heard. */
export function tickForwards({ forwards, effects, tuning }: RaftState): void {
  for (const proposalId of forwards.tick(PATIENCE * tuning.electionTimeoutTicks)) {
    effects.push({ kind: 'proposalLost', proposalId });
  }
}
