import type { NodeId } from '@quorate/transport';

import { mustNotElect } from './election.ts';
import type { Entry, FetchEntries } from './messages.ts';
import { sendWhenDurable } from './persistence.ts';
import { LEADERLESS_TERM } from './repair.ts';
import type { RaftState } from './state.ts';

/**
 * The other side of repair.ts: says what this node has of a peer's gap.
 *
 * Anyone answers, whatever its role, and a damaged node too, from what it can read. That it does
 * not have an entry says something only where it lost none itself; and while a leader is known, it
 * is the leader that is to be asked, for its log is the one that counts. Both is in `isDefinite`.
 * The answer waits for the disk: a term taken over from the request must not be forgotten.
 */
export function onFetchEntries(state: RaftState, from: NodeId, request: FetchEntries): void {
  const { currentTerm: term, log, role, snapshot } = state;
  const { prevLogIndex, prevLogTerm, toIndex, question, wantsSnapshot } = request;
  if (wantsSnapshot && role.kind !== 'leader' && snapshot.logIndex > prevLogIndex) {
    state.effects.push({ kind: 'sendSnapshot', to: from, term: LEADERLESS_TERM });
    return;
  }
  const isUndisturbed = role.kind === 'leader' || !mustNotElect(state, from);
  const alignment = alignmentOf(state, request);
  const isCompacted = prevLogIndex < log.start.logIndex;
  const isHidden = isCompacted || alignment === 'diverged';
  sendWhenDurable(state, from, {
    kind: 'fetchedEntries',
    term,
    prevLogIndex,
    prevLogTerm,
    question,
    anchorTerm: termAt(state, request.anchorIndex) ?? 0,
    isLeader: role.kind === 'leader',
    isAligned: alignment === 'agreed',
    isDefinite: isUndisturbed && (alignment === 'diverged' || isDefinite(state, request)),
    isCompacted,
    entries: isHidden ? [] : entriesFrom(state, prevLogIndex + 1, toIndex),
  });
}

/** Whether two logs agree up to the gap. Where this one is damaged too, nobody may know. */
function alignmentOf(state: RaftState, request: FetchEntries): 'agreed' | 'diverged' | 'unknown' {
  const { prevLogIndex, prevLogTerm, anchorIndex, anchorTerm } = request;
  // Log Matching: who agrees behind the gap agrees before it.
  if (anchorIndex > 0 && termAt(state, anchorIndex) === anchorTerm) return 'agreed';
  const termBefore = termAt(state, prevLogIndex);
  if (termBefore === prevLogTerm) return 'agreed';
  // Terms never fall along a log.
  if ((termAt(state, prevLogIndex + 1) ?? prevLogTerm) < prevLogTerm) return 'diverged';
  const isKnown = termBefore !== undefined || isRemembered(state, prevLogIndex);
  return isKnown && prevLogIndex >= state.log.start.logIndex ? 'diverged' : 'unknown';
}

/** Whether this node knows what it ever had behind the gap's beginning, and at the anchor. */
function isDefinite(state: RaftState, { prevLogIndex, anchorIndex }: FetchEntries): boolean {
  const places = anchorIndex === 0 ? [prevLogIndex + 1] : [prevLogIndex + 1, anchorIndex];
  return places.every((logIndex) => isRemembered(state, logIndex));
}

/** Whether this node knows what it ever had at `logIndex`, or that it had nothing there. */
function isRemembered(state: RaftState, logIndex: number): boolean {
  const { promised, log } = state;
  if (promised === undefined || logIndex > Math.max(log.lastIndex, promised.logIndex)) return true;
  return termAt(state, logIndex) !== undefined;
}

/** The entries from `fromIndex` to `toIndex` that can be read, or as many as fit a message. */
function entriesFrom(state: RaftState, fromIndex: number, toIndex: number): readonly Entry[] {
  const { log, tuning } = state;
  if (fromIndex > toIndex) return [];
  if (fromIndex >= log.firstIndex && fromIndex <= log.lastIndex) {
    return log.slice(fromIndex, Math.min(toIndex, log.lastIndex), tuning.maxMessageBytes);
  }
  const entries: Entry[] = [];
  let bytes = 0;
  for (let next = fromIndex; next <= toIndex; next += 1) {
    const entry = readableAt(state, next);
    bytes += entry?.payload.length ?? 0;
    if (entry === undefined || (bytes > tuning.maxMessageBytes && entries.length > 0)) break;
    entries.push(entry);
  }
  return entries;
}

function termAt(state: RaftState, logIndex: number): number | undefined {
  return state.log.termAt(logIndex) ?? readableAt(state, logIndex)?.term;
}

/** An entry that a damaged node can read although its log does not reach so far. */
function readableAt({ repair }: RaftState, logIndex: number): Entry | undefined {
  if (repair === undefined) return undefined;
  const first = repair.assembled[0]?.logIndex ?? 0;
  return repair.assembled[logIndex - first] ?? search(repair.later, logIndex);
}

function search(entries: readonly Entry[], logIndex: number): Entry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((entries[middle]?.logIndex ?? 0) < logIndex) low = middle + 1;
    else high = middle;
  }
  return entries[low]?.logIndex === logIndex ? entries[low] : undefined;
}
