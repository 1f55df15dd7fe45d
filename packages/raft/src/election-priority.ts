import type { PreVote } from './messages.ts';
import type { RaftState } from './state.ts';

/**
 * Which voter is to lead, where several could.
 *
 * Where a leader stands matters: next to its clients it answers them sooner, and on a weak machine
 * later. Operators say so by numbers: the higher its priority, the rather a node is to lead. But a
 * preference must cost neither safety nor, if the preferred node is ill, a leader.
 *
 * So priorities speak in pre-votes only, which promise nothing. Whoever has the same log as one of
 * lower priority that asks for a pre-vote, and could lead itself, refuses, and campaigns soon
 * instead. Real votes know no priorities: the two rules that safety rests on, one vote in a term
 * and none for a log that is behind, stay as they are.
 *
 * ```text
 *   n1 (priority 1)   n2 (0)            the leader n3 is dead
 *      ◄─ pre-vote? ─── its turn
 *      ─── refused ───►
 *      ─── pre-vote? ─► one tick later
 *      ◄── granted ────
 * ```
 *
 * Live it is because nobody insists: each node refuses for its priority until it has had a chance
 * to lead in its term, and no longer. A chance is over once the node
 *
 * - has asked for votes, won or not: a leader that lost its majority insists on nothing either;
 * - was refused by a majority, or got too few answers within half an election timeout;
 * - was due to campaign and could not: its disk hangs, or it has no seat.
 *
 * A refusal brings the campaign forward, so all this ends soon, and terms rise only where somebody
 * wins a pre-vote. A node that cannot be reached refuses nobody to begin with.
 *
 * What it is not: one refusal is one vote that is missing. Of five voters, four of which are well,
 * three can lead without asking the fourth. So it is to be more than one node that is preferred,
 * as many as the others need for a majority. And a leader of low priority stays in office: to
 * disturb a cluster that works is up to its operators (transfer.ts).
 *
 * Source: raft-rs, which has the rule for real votes too and no end of the refusals.
 */

/** Whether `request` comes from a node that is to lead only if this one cannot. */
export function isPreferredTo(state: RaftState, request: PreVote): boolean {
  const { currentTerm, log, tuning, yieldsInTerm } = state;
  const { logIndex, term } = log.lastPosition;
  if (request.lastLogIndex !== logIndex || request.lastLogTerm !== term) return false;
  return tuning.priority > (request.priority ?? 0) && yieldsInTerm !== currentTerm;
}

/** This node had its chance: for the rest of the term it refuses nobody for its priority. */
export function yieldFromNowOn(state: RaftState): void {
  state.yieldsInTerm = state.currentTerm;
}
