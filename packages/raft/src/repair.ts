import type { NodeId } from '@quorate/transport';

import { configurationCodec } from './codec/configuration.ts';
import type { Configuration } from './configuration.ts';
import { invariant } from './invariant.ts';
import { adoptConfiguration } from './membership.ts';
import type { Entry, FetchedEntries, LogPosition } from './messages.ts';
import { send } from './persistence.ts';
import { becomeFollower } from './roles.ts';
import type { RaftState } from './state.ts';
import { isSurelyUncommitted } from './uncommitted.ts';

/** The term of a snapshot that comes from someone who does not lead: no leader has it. */
export const LEADERLESS_TERM = 0;

/**
 * Repair of a damaged log from peers, whoever leads, and also while nobody does.
 *
 * A node that lost entries it vouched for casts no vote until it has them again (see recovery.ts).
 * To wait for a leader is safe and can be for ever: three nodes with one damaged entry each, all
 * different, have lost nothing together and elect nobody. To cut the log where it is damaged and
 * let a leader fill it up destroys, on this disk, healthy copies of all that follows.
 *
 * So the node keeps what it can read behind the damage and asks the others for what it cannot, one
 * gap after the other, lowest first:
 *
 * ```text
 *   index       1 2 3 4 5 6 7 8 9        ask: what follows 3, up to 5? Do you have 6 of term 2?
 *   this log    ■ ■ ■ · · ■ ■ · ■
 *               log   gap later …
 * ```
 *
 * **What is taken.** A leader makes one entry per index and term, so an entry whose term is still
 * known here is the right one if the terms agree. Where the term is lost too, the first readable
 * position behind it, the anchor, decides: two logs that agree there agree on all before it (Log
 * Matching, §5.3). Once no gap is left, everything from the first one on goes to the disk in one
 * write that takes effect as a whole.
 *
 * **What is cut off.** Nobody may have the entry. The leader of the current term has all that was
 * ever committed, so what it lacks may go. Without a leader it takes so many voters who certainly
 * never had it that no quorum can have (see uncommitted.ts). One trap is there: an old leader may
 * still count on this node's acknowledgement from before the damage, and bring one of those voters
 * the entry after it answered. So the answers count only in a term that this node raised for the
 * purpose, after it had stopped to acknowledge: who answers in it takes nothing from older leaders
 * any more. The term is raised only once the answers without it would do.
 *
 * Source: Alagappan et al., "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018.
 * Departs from it: a damaged node does not stand for election, and the log has no second copy of
 * its terms; the anchor takes its place.
 */
export interface Repair {
  /** The last index that is to be had again. Falls when an end proves to be uncommitted. */
  lastIndex: number;
  /** No entry of the old log had a larger term. */
  readonly maxTerm: number;
  /** Whether the promise is that of the damage found now; else it is older, and only kept. */
  isOwnPromise: boolean;
  /** The terms of damaged entries, where they are known. */
  readonly terms: ReadonlyMap<number, number>;
  /** Where, ascending. */
  readonly knownIndexes: readonly number[];
  /** What was fetched, and what could be read behind it: goes on where the log ends. */
  readonly assembled: Entry[];
  /** Readable and behind a gap, ascending, from `laterAt` on. */
  later: readonly Entry[];
  laterAt: number;
  /** Whether something was cut off: what this node vouched for is proven uncommitted. */
  isCut: boolean;
  /** The leader has compacted what is missing: only its snapshot helps. */
  needsSnapshot: boolean;
  /** A peer that has compacted what is missing, and who was asked for its snapshot instead. */
  compactedBy: NodeId | undefined;
  snapshotFrom: NodeId | undefined;
  /** What others said about the first missing entry. */
  readonly lackers: Map<NodeId, Lack>;
  /**
   * The number of the current question. Begins anew at random with every start of the node, so that
   * an answer that comes late, or twice, is not taken for one to a question of this life.
   */
  question: number;
  /** The term raised so that answers count. */
  fencedTerm: number | undefined;
  /** Entries that came from others. */
  fetchedCount: number;
  // Who is asked, and when next.
  nextPeer: number;
  askedCount: number;
  waitTicks: number;
  pauseTicks: number;
}

/** A peer without the first missing entry, as far as this node remembers what that was. */
interface Lack {
  /** The term in which it said so. */
  readonly term: number;
  /** What it has in its place. */
  readonly instead: Entry | undefined;
  /** Whether that follows what this node has. */
  readonly isAligned: boolean;
}

/** What `newRepair` starts from. */
export interface RepairStart {
  readonly promised: LogPosition;
  readonly isOwnPromise: boolean;
  readonly maxTerm: number;
  readonly terms: ReadonlyMap<number, number>;
  readonly later: readonly Entry[];
  /** The number of the first question. */
  readonly question: number;
}

/** A repair at its beginning. */
export function newRepair({ promised, later, ...start }: RepairStart): Repair {
  return {
    ...start,
    lastIndex: Math.max(promised.logIndex, later.at(-1)?.logIndex ?? 0),
    knownIndexes: [...start.terms.keys()].sort((left, right) => left - right),
    assembled: [],
    later,
    laterAt: 0,
    isCut: false,
    needsSnapshot: false,
    compactedBy: undefined,
    snapshotFrom: undefined,
    lackers: new Map(),
    fencedTerm: undefined,
    fetchedCount: 0,
    nextPeer: 0,
    askedCount: 0,
    waitTicks: 1,
    pauseTicks: 0,
  };
}

/** Whether entries of the leader have to wait, because taking them would cut off healthy ones. */
export function isHoldingLater({ repair }: RaftState): boolean {
  return repair !== undefined && repair.laterAt < repair.later.length;
}

/**
 * Whether the leader, which offers entries while later ones are held, is to come to its snapshot.
 *
 * @param canTakeEntries - Whether those offered follow what can be read here. Then this leader has
 *   them still, whatever another one had compacted, and the repair asks it: a rejection would be
 *   answered with the same entries, without end.
 */
export function isSnapshotWanted({ repair }: RaftState, canTakeEntries: boolean): boolean {
  if (repair?.needsSnapshot !== true) return false;
  if (!canTakeEntries) return true;
  repair.needsSnapshot = false;
  askAnew(repair);
  return false;
}

/** Asks the next peer when the last one did not answer, or after a pause when all have. */
export function tickRepair(state: RaftState): void {
  const { repair, tuning } = state;
  if (repair === undefined) return;
  if (positionBefore(state, repair).logIndex >= repair.lastIndex) return;
  repair.waitTicks -= 1;
  if (repair.waitTicks > 0) return;
  if (repair.askedCount < state.peers.length) {
    askNext(state, repair);
    return;
  }
  const { compactedBy } = repair;
  if (compactedBy !== undefined && state.leaderId === undefined) {
    // A snapshot holds only what was committed, so it may come from anyone.
    repair.snapshotFrom = compactedBy;
    ask(state, repair, compactedBy, 'snapshot');
  }
  pause(repair, tuning.electionTimeoutTicks);
  // A leader of an older release does not understand the question: it repairs by its own means.
  const isInVain = repair.pauseTicks === longestPause(tuning.electionTimeoutTicks);
  const isLed = state.leaderId !== undefined && !repair.needsSnapshot;
  if (isInVain && isLed && isHoldingLater(state)) dropLater(state, repair);
}

/** Whether `from` was asked for its snapshot, whoever leads. */
export function isAskedForSnapshot({ repair }: RaftState, from: NodeId): boolean {
  return repair?.snapshotFrom === from;
}

/** All were asked in vain: some time later again, and then later. */
function pause(repair: Repair, electionTimeoutTicks: number): void {
  const longest = longestPause(electionTimeoutTicks);
  repair.pauseTicks = Math.min(longest, Math.max(2, 2 * repair.pauseTicks));
  repair.waitTicks = repair.pauseTicks;
  repair.askedCount = 0;
}

function longestPause(electionTimeoutTicks: number): number {
  return 4 * electionTimeoutTicks;
}

function askNext(state: RaftState, repair: Repair): void {
  const { peers } = state;
  const isFirst = repair.askedCount === 0;
  repair.askedCount += 1;
  const leader = peers.find((peer) => peer === state.leaderId);
  const next = peers[repair.nextPeer % peers.length];
  if (isFirst && leader !== undefined) {
    ask(state, repair, leader);
    return;
  }
  repair.nextPeer += 1;
  if (next !== undefined) ask(state, repair, next);
}

function ask(
  state: RaftState,
  repair: Repair,
  peer: NodeId,
  what: 'entries' | 'snapshot' = 'entries',
): void {
  const before = positionBefore(state, repair);
  const anchor = anchorOf(state, repair);
  const gapEnd = (repair.later[repair.laterAt]?.logIndex ?? repair.lastIndex + 1) - 1;
  repair.waitTicks = Math.max(2, Math.ceil(state.tuning.electionTimeoutTicks / 2));
  send(state, peer, {
    kind: 'fetchEntries',
    term: state.currentTerm,
    prevLogIndex: before.logIndex,
    prevLogTerm: before.term,
    toIndex: gapEnd,
    anchorIndex: anchor?.logIndex ?? 0,
    anchorTerm: anchor?.term ?? 0,
    question: repair.question,
    isFence: repair.fencedTerm !== undefined && repair.fencedTerm === state.currentTerm,
    wantsSnapshot: what === 'snapshot',
  });
}

/** Where the log ends, with what was fetched for it. */
function positionBefore({ log }: RaftState, { assembled }: Repair): LogPosition {
  const last = assembled.at(-1);
  return last === undefined ? log.lastPosition : { logIndex: last.logIndex, term: last.term };
}

/** The first position behind the gap that is known to be of this log. */
function anchorOf(state: RaftState, repair: Repair): LogPosition | undefined {
  const next = repair.later[repair.laterAt];
  if (next !== undefined) return { logIndex: next.logIndex, term: next.term };
  const { promised } = state;
  const end = repair.lastIndex;
  if (!repair.isOwnPromise) return repair.isCut ? undefined : promised;
  const term = repair.terms.get(end);
  return term === undefined ? undefined : { logIndex: end, term };
}

/** The term of a missing entry, where it is known or can be nothing else. */
function knownTerm(repair: Repair, logIndex: number, termBefore: number): number | undefined {
  const term = repair.terms.get(logIndex);
  if (term !== undefined) return term;
  // Terms never fall along a log, so between two equal ones there is no other.
  const next = repair.later[repair.laterAt];
  const known = firstAbove(repair.knownIndexes, logIndex);
  const isInGap = known !== undefined && known < (next?.logIndex ?? Number.POSITIVE_INFINITY);
  const termAfter = (isInGap ? repair.terms.get(known) : next?.term) ?? repair.maxTerm;
  return repair.isOwnPromise && termBefore === termAfter ? termBefore : undefined;
}

/** The first of `ascending` that is larger than `value`. */
function firstAbove(ascending: readonly number[], value: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ascending[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return ascending[low];
}

/** Takes in what a peer has of the gap, or that it has none of it. */
export function onFetchedEntries(state: RaftState, from: NodeId, reply: FetchedEntries): void {
  const { repair } = state;
  if (repair === undefined) return;
  const before = positionBefore(state, repair);
  const isCurrent =
    reply.prevLogIndex === before.logIndex &&
    reply.prevLogTerm === before.term &&
    reply.question === repair.question;
  if (!isCurrent) return;
  if (isImpossible(state, repair, reply)) {
    state.refusedFetchCount += 1;
    return;
  }
  const count = acceptableCount(state, repair, reply);
  if (count > 0) {
    take(state, repair, reply.entries.slice(0, count));
    if (positionBefore(state, repair).logIndex < repair.lastIndex) ask(state, repair, from);
    return;
  }
  if (reply.isCompacted) repair.compactedBy = from;
  if (reply.isLeader && reply.term === state.currentTerm) {
    obeyLeader(state, repair, reply);
  } else if (reply.isDefinite && !reply.isCompacted) {
    const instead = reply.entries[0];
    repair.lackers.set(from, { term: reply.term, instead, isAligned: reply.isAligned });
    judge(state, repair);
  }
  const isMissing = positionBefore(state, repair).logIndex < repair.lastIndex;
  if (isMissing && repair.askedCount < state.peers.length) askNext(state, repair);
}

/** A snapshot has replaced the log: what is still missing, and what is still good, lies behind. */
export function repairBehindSnapshot(state: RaftState, { logIndex, term }: LogPosition): void {
  const { repair } = state;
  if (repair === undefined) return;
  const readable = [...repair.assembled, ...repair.later.slice(repair.laterAt)];
  const there = readable.find((entry) => entry.logIndex === logIndex)?.term;
  const isSame = (there ?? repair.terms.get(logIndex)) === term;
  repair.assembled.length = 0;
  repair.later = isSame ? readable.filter((entry) => entry.logIndex > logIndex) : [];
  repair.laterAt = 0;
  repair.isOwnPromise &&= isSame;
  repair.needsSnapshot = false;
  askAnew(repair);
  proceed(state, repair);
}

/** What no log that agrees with this one before the gap, and at the anchor, can hold. */
function isImpossible(state: RaftState, repair: Repair, reply: FetchedEntries): boolean {
  const gapEnd = (repair.later[repair.laterAt]?.logIndex ?? repair.lastIndex + 1) - 1;
  if ((reply.entries.at(-1)?.logIndex ?? 0) > gapEnd) return true;
  const anchor = anchorOf(state, repair);
  if (anchor?.term !== reply.anchorTerm) return false;
  let termBefore = reply.prevLogTerm;
  for (const { logIndex, term } of reply.entries) {
    const known = knownTerm(repair, logIndex, termBefore);
    if (term > anchor.term || (known !== undefined && term !== known)) return true;
    termBefore = term;
  }
  return false;
}

function acceptableCount(state: RaftState, repair: Repair, reply: FetchedEntries): number {
  const anchor = anchorOf(state, repair);
  const isAnchored = anchor?.term === reply.anchorTerm;
  let termBefore = reply.prevLogTerm;
  for (const [place, { logIndex, term }] of reply.entries.entries()) {
    const known = knownTerm(repair, logIndex, termBefore);
    if (known === undefined ? !isAnchored : known !== term) return place;
    termBefore = term;
  }
  return reply.entries.length;
}

function take(state: RaftState, repair: Repair, entries: readonly Entry[]): void {
  repair.assembled.push(...entries);
  repair.fetchedCount += entries.length;
  repair.pauseTicks = 0;
  askAnew(repair);
  proceed(state, repair);
}

/** Another question: answers to the one before no longer count. */
function askAnew(repair: Repair): void {
  repair.question += 1;
  repair.compactedBy = undefined;
  repair.lackers.clear();
  repair.askedCount = 0;
}

/** Goes on with what can be read behind the gap, and writes down what is whole. */
function proceed(state: RaftState, repair: Repair): void {
  const { log } = state;
  for (;;) {
    const next = repair.later[repair.laterAt];
    if (next?.logIndex !== positionBefore(state, repair).logIndex + 1) break;
    repair.assembled.push(next);
    repair.laterAt += 1;
  }
  if (isHoldingLater(state)) return;
  if (repair.later.length > 0) {
    log.markLost();
    repair.later = [];
    repair.laterAt = 0;
  }
  log.append(repair.assembled.splice(0));
  adoptConfiguration(state);
  if (!repair.isCut || !repair.isOwnPromise || log.lastIndex < repair.lastIndex) return;
  // What is left is all that can have been committed of what this node vouched for. Once that is
  // durable, so is the proof.
  state.promised = log.lastPosition;
}

/** The leader's log holds all that was committed, so what does not agree with it may go. */
function obeyLeader(state: RaftState, repair: Repair, reply: FetchedEntries): void {
  if (reply.isCompacted) {
    repair.needsSnapshot = true;
    return;
  }
  if (!isHoldingLater(state)) return;
  // The promise stays: what the leader sends from here on will keep it.
  dropLater(state, repair);
}

function dropLater(state: RaftState, repair: Repair): void {
  askAnew(repair);
  repair.later = [];
  repair.laterAt = 0;
  state.log.markLost();
  proceed(state, repair);
}

/** Without a leader: whether the others lack so much that it cannot have been committed. */
function judge(state: RaftState, repair: Repair): void {
  if (!repair.isOwnPromise || state.leaderId !== undefined) return;
  const verdict = verdictOf(state, repair, repair.fencedTerm ?? Number.POSITIVE_INFINITY);
  if (verdict !== undefined) {
    carryOut(state, repair, verdict);
    return;
  }
  if (verdictOf(state, repair, 0) === undefined || repair.fencedTerm === state.currentTerm) return;
  becomeFollower(state, state.currentTerm + 1);
  repair.fencedTerm = state.currentTerm;
  repair.question += 1;
  repair.askedCount = state.peers.length;
  for (const peer of state.peers) ask(state, repair, peer);
}

/** What is proven: where to cut, or which entry stood here if a committed one did. */
type Verdict = { readonly kind: 'cut'; readonly fromIndex: number } | Adoption;
interface Adoption {
  readonly kind: 'adopt';
  readonly entry: Entry;
}

/** @param minTerm - Answers of lower terms do not count. */
function verdictOf(state: RaftState, repair: Repair, minTerm: number): Verdict | undefined {
  const lacks = [...repair.lackers].filter(([, { term }]) => term >= minTerm);
  const before = positionBefore(state, repair);
  const fromIndex = before.logIndex + 1;
  const isKnown = knownTerm(repair, fromIndex, before.term) !== undefined;
  const anchor = anchorOf(state, repair);
  // Whoever has the anchor has the gap, and its answer would have been taken.
  if (isKnown || anchor !== undefined) {
    const isProven = isUncommitted(state, repair, lacks);
    if (!isProven) return undefined;
    return { kind: 'cut', fromIndex: isKnown ? fromIndex : (anchor?.logIndex ?? fromIndex) };
  }
  const terms = lacks.map(([, { instead }]) => instead?.term ?? 0);
  const highest = Math.max(0, ...terms);
  const agreeing = lacks.filter(([, { instead }]) => [0, highest].includes(instead?.term ?? 0));
  if (!isUncommitted(state, repair, agreeing)) return undefined;
  if (highest === 0) return { kind: 'cut', fromIndex };
  const found = agreeing.find(([, { instead, isAligned }]) => instead !== undefined && isAligned);
  const entry = found?.[1].instead;
  return entry === undefined ? undefined : { kind: 'adopt', entry };
}

function isUncommitted(
  state: RaftState,
  repair: Repair,
  lacks: readonly (readonly [NodeId, Lack])[],
): boolean {
  const lackers = new Set(lacks.map(([peer]) => peer));
  return isSurelyUncommitted(configurationBefore(state, repair), lackers);
}

/** The configuration in force where the gap begins. */
function configurationBefore(state: RaftState, { assembled }: Repair): Configuration {
  const last = assembled.findLast(({ kind }) => kind === 'configuration');
  return last === undefined ? state.configuration : configurationCodec.decode(last.payload);
}

function carryOut(state: RaftState, repair: Repair, verdict: Verdict): void {
  repair.isCut = true;
  if (verdict.kind === 'adopt') {
    take(state, repair, [verdict.entry]);
    return;
  }
  invariant(verdict.fromIndex > state.commitIndex, 'what is committed is never cut off');
  repair.lastIndex = verdict.fromIndex - 1;
  dropLater(state, repair);
}
