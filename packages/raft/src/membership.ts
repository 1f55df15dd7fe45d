import type { NodeId } from '@quorate/transport';

import { CatchUp } from './catch-up.ts';
import { hasCommittedInTerm } from './commitment.ts';
import {
  type Configuration,
  type ConfigurationResult,
  enterJoint,
  isJoint,
  isVoter,
  leaveJoint,
  membersOf,
  raiseVersion,
  simpleChange,
} from './configuration.ts';
import { configurationCodec, memberCountMax } from './codec/configuration.ts';
import type { ChangeMembership, MembershipRefusal } from './effects.ts';
import { Inflights } from './inflights.ts';
import type { Entry } from './messages.ts';
import { Progress } from './progress.ts';
import { announceCommit, sendEmptyAppend } from './replication.ts';
import { entrySize, type Leadership, type RaftState } from './state.ts';
import { stepDown } from './transfer.ts';

/**
 * Changing who takes part while the cluster works (thesis chapter 4).
 *
 * A configuration is an entry of the log, and a node obeys it from the moment the entry is in its
 * log, committed or not. Were it only from the commit on, two nodes could count majorities of two
 * configurations that are more than one change apart, and such majorities need not overlap. The
 * rules that keep any two configurations in use at most one change apart:
 *
 * 1. A change is refused until the one before it is committed.
 * 2. A change is refused until the leader has committed an entry of its own term. Otherwise a
 *    leader that does not know of its predecessor's uncommitted change could begin another on the
 *    same base, and the two configurations would differ by two changes (Ongaro, raft-dev, 2015).
 * 3. An entry that a new leader cuts takes its configuration with it; the one before holds again.
 *
 * Who gets a vote should be able to use it: see catch-up.ts. A leader that is not a voter of its
 * own configuration manages the cluster until the change is committed, without counting itself,
 * and then hands over to a voter that keeps up (§4.2.2). Who leaves is sent the log up to that
 * commit, so that it learns of it where it can be reached. Where it cannot, it goes on asking for
 * votes in good faith; pre-vote and stickiness keep it harmless (§4.2.3).
 *
 * Departs from etcd/raft, where a change is active once it is applied.
 */

/** Takes in a change of the members, or says why not. */
export function onChangeMembership(state: RaftState, request: ChangeMembership): void {
  const { changeId } = request;
  const leader = state.role;
  const reason = reasonToRefuse(state, request);
  if (reason !== undefined || leader.kind !== 'leader') {
    refuse(state, changeId, reason ?? 'notLeader');
    return;
  }
  const result = changed(state.configuration, request);
  if (result.kind === 'refused') {
    refuse(state, changeId, result.reason);
    return;
  }
  const { configuration } = result;
  if (membersOf(configuration).length > memberCountMax) {
    refuse(state, changeId, 'tooManyMembers');
    return;
  }
  if (request.isForced !== true && !isCaughtUp(state, leader, configuration)) {
    refuse(state, changeId, 'notCaughtUp');
    return;
  }
  const logIndex = appendConfiguration(state, leader, configuration);
  const { currentTerm: term } = state;
  state.effects.push({ kind: 'membershipProposed', changeId, logIndex, term });
}

function reasonToRefuse(
  state: RaftState,
  { ifConfigurationIndex }: ChangeMembership,
): MembershipRefusal | undefined {
  const { log, role, promised } = state;
  if (role.kind !== 'leader') return promised === undefined ? 'notLeader' : 'recovering';
  if (ifConfigurationIndex !== undefined && ifConfigurationIndex !== log.configurationIndex) {
    return 'configurationMoved';
  }
  if (role.transfer !== undefined) return 'transferring';
  if (log.configurationIndex > state.commitIndex) return 'changePending';
  return hasCommittedInTerm(state) ? undefined : 'termNotCommitted';
}

function refuse(state: RaftState, changeId: number, reason: MembershipRefusal): void {
  state.effects.push({ kind: 'membershipRefused', changeId, reason });
}

function changed(
  configuration: Configuration,
  { changes, transition = 'auto', protocolVersion }: ChangeMembership,
): ConfigurationResult {
  if (protocolVersion !== undefined) return raiseVersion(configuration, protocolVersion);
  if (changes.length === 0) return leaveJoint(configuration);
  if (transition === 'auto') {
    const result = simpleChange(configuration, changes);
    const isTooMuch = result.kind === 'refused' && result.reason === 'moreThanOneVoter';
    if (!isTooMuch) return result;
  }
  return enterJoint(configuration, changes, { autoLeave: transition !== 'explicit' });
}

/** Whether everyone who gains a vote by `next` has caught up. */
function isCaughtUp(state: RaftState, leader: Leadership, next: Configuration): boolean {
  return next.voters.every(
    (voter) =>
      voter === state.id ||
      isVoter(state.configuration, voter) ||
      leader.followers.get(voter)?.catchUp.isDone === true,
  );
}

function appendConfiguration(
  state: RaftState,
  leader: Leadership,
  configuration: Configuration,
): number {
  const logIndex = state.log.lastIndex + 1;
  const payload = configurationCodec.encode(configuration);
  const entry: Entry = { logIndex, term: state.currentTerm, kind: 'configuration', payload };
  state.log.append([entry]);
  leader.uncommittedBytes += entrySize(entry);
  adoptConfiguration(state);
  return logIndex;
}

/** Obeys the configuration at the end of the log, whenever entries came or went. */
export function adoptConfiguration(state: RaftState): void {
  const { log, role, id } = state;
  const { configuration } = log;
  if (configuration === state.configuration) return;
  state.configuration = configuration;
  state.peers = membersOf(configuration).filter((member) => member !== id);
  const { configurationIndex: logIndex } = log;
  state.effects.push({ kind: 'configurationChanged', configuration, logIndex });
  if (role.kind === 'leader') track(state, role.followers);
}

/** Begins to replicate to new members. Who leaves goes on until the change is committed. */
function track(state: RaftState, followers: Map<NodeId, Progress>): void {
  for (const peer of state.peers) {
    if (!followers.has(peer)) followers.set(peer, newProgress(state));
  }
}

/** What a leader knows of a member it has not heard from: nothing. */
export function newProgress({ log, tuning }: RaftState): Progress {
  const inflights = new Inflights(tuning.maxInflightMessages, tuning.maxInflightBytes);
  const catchUp = new CatchUp(log.lastIndex, tuning.electionTimeoutTicks);
  const progress = new Progress(log.lastIndex + 1, inflights, catchUp);
  // Everyone has one election timeout to answer.
  progress.isRecentlyActive = true;
  return progress;
}

/**
 * Ends what a committed configuration began: leaves a joint one, or hands the cluster over to those
 * who are members. Called whenever the commit index rose.
 */
export function concludeMembership(state: RaftState, leader: Leadership): void {
  const { log, configuration, commitIndex } = state;
  if (log.configurationIndex > commitIndex) return;
  dismiss(state, leader);
  if (isJoint(configuration)) {
    if (!configuration.autoLeave) return;
    const result = leaveJoint(configuration);
    if (result.kind === 'changed') appendConfiguration(state, leader, result.configuration);
    return;
  }
  if (configuration.voters.includes(state.id)) return;
  // The others learn of the commit, or they would have to elect a leader to find it out.
  announceCommit(state, leader);
  stepDown(state, leader);
}

/** Who has left learns of the commit that made it so, if it keeps up, and nothing after that. */
function dismiss(state: RaftState, { followers }: Leadership): void {
  if (followers.size === state.peers.length) return;
  for (const [member, progress] of followers) {
    if (state.peers.includes(member)) continue;
    if (progress.state === 'replicate') sendEmptyAppend(state, member, progress);
    followers.delete(member);
  }
}
