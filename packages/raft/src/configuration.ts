import type { NodeId } from '@quorate/transport';

/**
 * Who takes part, and how that may change (thesis §4).
 *
 * Two majorities of one set of voters always share a member; all that is safe in Raft rests on
 * that. Replace the set at once, and it is gone: while some nodes count in the old set and some in
 * the new one, two majorities without a common member can decide at the same time.
 *
 * ```text
 *   old  a b c          {a, b} is a majority of the old set,
 *   new      c d e      {d, e} of the new one: two leaders in one term
 * ```
 *
 * Two ways around it.
 *
 * - **One voter at a time** (§4.1). Majorities of sets that differ by one member always overlap, so
 *   the new set can take over directly: `simpleChange`.
 * - **Joint consensus** (§4.3). Any change goes through a configuration that is both: every
 *   decision needs a majority of the old voters and a majority of the new ones. `enterJoint` makes
 *   it, and once it is committed `leaveJoint` ends it.
 *
 * ```text
 *        enterJoint                               leaveJoint
 *   abc ────────────► voters cde, outgoing abc ──────────────► cde
 * ```
 *
 * Learners receive the log and count nowhere. A voter of the old set that is to become a learner
 * still counts there while the configuration is joint, so it waits among `nextLearners`.
 *
 * Source: Ongaro's thesis, chapter 4; etcd/raft's `confchange` for learners in joint
 * configurations, whose decisions these functions share case by case.
 */
export interface Configuration {
  /** Who votes; while joint, the new set. Each list is sorted and without duplicates. */
  readonly voters: readonly NodeId[];
  /** While joint, the old set; else empty. */
  readonly outgoingVoters: readonly NodeId[];
  /** Who receives the log without a vote. */
  readonly learners: readonly NodeId[];
  /** Voters of the old set that become learners when the joint configuration is left. */
  readonly nextLearners: readonly NodeId[];
  /** Whether the leader leaves the joint configuration by itself once it is committed. */
  readonly autoLeave: boolean;
  /**
   * The protocol version that all members speak and the log may hold: see protocol-version.ts.
   * Left out: 1.
   */
  readonly protocolVersion?: number;
}

/** A configuration and the entry that brought it. */
export interface ConfigurationAt {
  /** Where that entry stands; 0 for the configuration that a cluster starts with. */
  readonly logIndex: number;
  readonly configuration: Configuration;
}

/** One thing to change about the members. */
export interface MembershipChange {
  /** 'addVoter' also promotes a learner, 'addLearner' also demotes a voter. */
  readonly kind: 'addVoter' | 'addLearner' | 'remove';
  readonly node: NodeId;
}

/** Why a change cannot be made to a configuration. */
export type ConfigurationRefusal =
  | 'alreadyJoint' // Leave the joint configuration first.
  | 'notJoint' // There is nothing to leave.
  | 'noVoters' // There is no voter yet: only a single one can be added.
  | 'removesAllVoters' // Somebody must vote.
  | 'moreThanOneVoter' // Majorities might not overlap: this needs a joint configuration.
  | 'versionNotHigher'; // The cluster has this protocol version already, or a higher one.

/** What a change makes of a configuration. */
export type ConfigurationResult =
  | { readonly kind: 'changed'; readonly configuration: Configuration }
  | { readonly kind: 'refused'; readonly reason: ConfigurationRefusal };

/** Nobody takes part: what a node knows that waits to be told. */
export const emptyConfiguration: Configuration = {
  voters: [],
  outgoingVoters: [],
  learners: [],
  nextLearners: [],
  autoLeave: false,
};

/** A configuration of `voters` alone, in any order, without duplicates. */
export function configurationOf(voters: readonly NodeId[]): Configuration {
  return { ...emptyConfiguration, voters: [...voters].sort() };
}

/** Whether decisions need two majorities. */
export function isJoint({ outgoingVoters }: Configuration): boolean {
  return outgoingVoters.length > 0;
}

/** Whether `node` has a vote, in either half of a joint configuration. */
export function isVoter({ voters, outgoingVoters }: Configuration, node: NodeId): boolean {
  return voters.includes(node) || outgoingVoters.includes(node);
}

/** Everyone who receives the log, sorted. */
export function membersOf(configuration: Configuration): readonly NodeId[] {
  const { voters, outgoingVoters, learners, nextLearners } = configuration;
  return [...new Set([...voters, ...outgoingVoters, ...learners, ...nextLearners])].sort();
}

/** §4.1: `changes` at once, which together may add or remove one vote at most. */
export function simpleChange(
  configuration: Configuration,
  changes: readonly MembershipChange[],
): ConfigurationResult {
  if (isJoint(configuration)) return refused('alreadyJoint');
  const changed = applyChanges(configuration, changes);
  if (changed.voters.length === 0) return refused('removesAllVoters');
  if (differenceCount(configuration.voters, changed.voters) > 1) return refused('moreThanOneVoter');
  return { kind: 'changed', configuration: changed };
}

/** §4.3: any `changes`, decided by the old voters and the new ones until `leaveJoint`. */
export function enterJoint(
  configuration: Configuration,
  changes: readonly MembershipChange[],
  { autoLeave }: { readonly autoLeave: boolean },
): ConfigurationResult {
  if (isJoint(configuration)) return refused('alreadyJoint');
  const { voters } = configuration;
  if (voters.length === 0) return refused('noVoters');
  const changed = applyChanges({ ...configuration, outgoingVoters: voters }, changes);
  if (changed.voters.length === 0) return refused('removesAllVoters');
  return { kind: 'changed', configuration: { ...changed, autoLeave } };
}

/** §4.3: the new voters alone from here on. */
export function leaveJoint(configuration: Configuration): ConfigurationResult {
  if (!isJoint(configuration)) return refused('notJoint');
  const { voters, learners, nextLearners } = configuration;
  return {
    kind: 'changed',
    configuration: {
      ...configuration,
      outgoingVoters: [],
      voters,
      learners: [...learners, ...nextLearners].sort(),
      nextLearners: [],
      autoLeave: false,
    },
  };
}

/** The protocol version of `configuration`. */
export function protocolVersionOf({ protocolVersion = 1 }: Configuration): number {
  return protocolVersion;
}

/** The same members, who all speak `version` of the protocol. */
export function raiseVersion(configuration: Configuration, version: number): ConfigurationResult {
  if (isJoint(configuration)) return refused('alreadyJoint');
  if (version <= protocolVersionOf(configuration)) return refused('versionNotHigher');
  return { kind: 'changed', configuration: { ...configuration, protocolVersion: version } };
}

function applyChanges(
  configuration: Configuration,
  changes: readonly MembershipChange[],
): Configuration {
  return changes.reduce(applyChange, configuration);
}

function applyChange(configuration: Configuration, change: MembershipChange): Configuration {
  const { node } = change;
  if (change.kind === 'addLearner' && configuration.learners.includes(node)) return configuration;
  const { voters, outgoingVoters, learners, nextLearners } = configuration;
  const without = {
    ...configuration,
    voters: voters.filter((voter) => voter !== node),
    learners: learners.filter((learner) => learner !== node),
    nextLearners: nextLearners.filter((learner) => learner !== node),
  };
  switch (change.kind) {
    case 'remove':
      return without;
    case 'addVoter':
      return { ...without, voters: [...without.voters, node].sort() };
    case 'addLearner':
      // Whoever still votes in the old set cannot be a learner yet.
      return outgoingVoters.includes(node)
        ? { ...without, nextLearners: [...without.nextLearners, node].sort() }
        : { ...without, learners: [...without.learners, node].sort() };
  }
}

function refused(reason: ConfigurationRefusal): ConfigurationResult {
  return { kind: 'refused', reason };
}

/** How many are in one list and not in the other. */
function differenceCount(left: readonly NodeId[], right: readonly NodeId[]): number {
  const gone = left.filter((node) => !right.includes(node)).length;
  const come = right.filter((node) => !left.includes(node)).length;
  return gone + come;
}
