import { invariant } from './invariant.ts';
import { jointIndex } from './quorum.ts';
import { entrySize, type Leadership, type RaftState } from './state.ts';

/**
 * When an entry is committed, and when it may be applied (§5.3, §5.4.2).
 *
 * An entry is safe once a majority has it on disk, but only if it is of the leader's own term.
 * Counting copies of an older entry is the trap of the paper's Figure 8:
 *
 * ```text
 *        (a)          (b)          (c)                     (d)
 *   S1   1 2          1 2          1 2   leader, term 4    1 3     S5 comes back, wins with the
 *   S2   1 2          1 2          1 2                     1 3     votes of S2, S3, S4 because its
 *   S3   1            1            1 2   ← copied by S1    1 3     last term 3 beats their 2, and
 *   S4   1            1            1                       1 3     erases an entry that a majority
 *   S5   1            1 3          1 3                     1 3     had: it was never committed.
 * ```
 *
 * In (c) entry 2 is on a majority and still not safe. It becomes so when S1 commits an entry of
 * term 4 on top of it, because then S5 could no longer win.
 *
 * What counts as a copy is what is durable. The leader counts its own copy like any other: it sends
 * before its own disk is done, and may even commit without it (thesis §10.2.1). A cluster of one
 * commits when its own write is done.
 */

/** Raises the leader's commit index to what a majority has durably, if that is of its own term. */
export function advanceCommit(state: RaftState, leader: Leadership): void {
  const { log, id } = state;
  const reached = jointIndex(state.configuration, (voter) =>
    voter === id ? log.durableIndex : (leader.followers.get(voter)?.matchIndex ?? 0),
  );
  if (reached <= state.commitIndex) return;
  // §5.4.2: entries of older terms are committed only along with one of the current term.
  if (log.termAt(reached) !== state.currentTerm) return;
  for (let logIndex = state.commitIndex + 1; logIndex <= reached; logIndex += 1) {
    const entry = log.entryAt(logIndex);
    invariant(entry !== undefined, 'uncommitted entries are in memory');
    leader.uncommittedBytes -= entrySize(entry);
  }
  commitTo(state, reached);
}

/** Raises the commit index to `logIndex`; a lower one changes nothing, for commit never reverts. */
export function commitTo(state: RaftState, logIndex: number): void {
  if (logIndex <= state.commitIndex) return;
  invariant(logIndex <= state.log.lastIndex, 'only entries of the log are committed');
  state.commitIndex = logIndex;
}

/** Whether the leader has committed an entry of its term: only then is its commit index current. */
export function hasCommittedInTerm(state: RaftState): boolean {
  return state.log.termAt(state.commitIndex) === state.currentTerm;
}

/**
 * Hands committed entries to the state machine, in batches and within a window.
 *
 * @remarks
 * Only entries that are durable *here*: the state machine, and every snapshot of it, then never
 * runs ahead of this node's own log, so that after a crash the log covers all that was applied.
 */
export function applyCommitted(state: RaftState): void {
  const { log, applies, tuning } = state;
  const limit = Math.min(state.commitIndex, log.durableIndex);
  while (state.applyingIndex < limit && !applies.isFull) {
    const entries = log.slice(state.applyingIndex + 1, limit, tuning.maxMessageBytes);
    const last = entries.at(-1);
    invariant(last !== undefined, 'a slice holds at least one entry');
    let bytes = 0;
    for (const entry of entries) bytes += entrySize(entry);
    applies.add(last.logIndex, bytes);
    state.applyingIndex = last.logIndex;
    state.effects.push({ kind: 'apply', entries });
  }
}

/** The state machine holds everything up to `logIndex`. */
export function markApplied(state: RaftState, logIndex: number): void {
  invariant(logIndex <= state.applyingIndex, 'only what was handed over can be applied');
  if (logIndex <= state.lastApplied) return;
  state.lastApplied = logIndex;
  state.applies.confirm(logIndex);
}
