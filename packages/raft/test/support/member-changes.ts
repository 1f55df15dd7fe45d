import type { ClientOperation, Tuning } from '@quorate/simulation';
import type { NodeId, Random } from '@quorate/transport';

import type { Configuration, MembershipChange } from '../../src/configuration.ts';
import type { MembershipOptions } from '../../src/node/membership-request.ts';

/** What an operator may want. Which nodes it is about depends on who is a member just then. */
const plans = [
  'addLearner',
  'promote',
  'demote',
  'remove',
  'replace',
  'shuffle',
  'shuffle',
  'leave',
  'addVoter',
] as const;

/** How the change is made: as in `ChangeMembership`. */
const transitions = ['auto', 'auto', 'implicit', 'explicit'] as const;

/** A change of the members to ask for. */
export interface MemberRequest {
  readonly changes: readonly MembershipChange[];
  readonly options: MembershipOptions;
  /** Asked for by `addVoter`, which takes its time. */
  readonly isPatient: boolean;
}

/** Draws a change of the members of a cluster. */
export function drawMemberChange(random: Random): Tuning {
  return {
    kind: 'members',
    plan: plans[random.int(plans.length)] ?? 'leave',
    transition: transitions[random.int(transitions.length)] ?? 'auto',
    // Who: a place among those who come into question; for a shuffle, one bit for each node.
    who: random.int(128),
    whom: random.int(128),
    isForced: random.int(3) === 0,
    isConditional: random.int(4) === 0,
    timeoutMs: 200 + random.int(5_000),
  };
}

/** What `operation` comes to for the members there are; `undefined` if it makes no sense. */
export function memberRequestOf(
  operation: ClientOperation,
  nodeIds: readonly NodeId[],
  {
    configuration,
    configurationIndex,
  }: { configuration: Configuration; configurationIndex: number },
): MemberRequest | undefined {
  const changes = changesOf(operation, nodeIds, configuration);
  if (changes === undefined) return undefined;
  const { isForced, isConditional, timeoutMs, plan } = operation;
  const transition = transitions.find((each) => each === operation['transition']);
  return {
    changes,
    options: {
      timeoutMs: Number(timeoutMs),
      isForced: isForced === true,
      ...(transition !== undefined && { transition }),
      ...(isConditional === true && { ifConfigurationIndex: configurationIndex }),
    },
    isPatient: plan === 'addVoter',
  };
}

function changesOf(
  operation: ClientOperation,
  nodeIds: readonly NodeId[],
  { voters, learners }: Configuration,
): readonly MembershipChange[] | undefined {
  const { plan } = operation;
  const who = Number(operation['who']);
  const whom = Number(operation['whom']);
  const strangers = nodeIds.filter((id) => !voters.includes(id) && !learners.includes(id));
  const changeOne = (
    kind: MembershipChange['kind'],
    candidates: readonly NodeId[],
  ): readonly MembershipChange[] | undefined => {
    const node = candidates[who % Math.max(1, candidates.length)];
    return node === undefined ? undefined : [{ kind, node }];
  };
  switch (plan) {
    case 'addLearner':
      return changeOne('addLearner', strangers);
    case 'promote':
      return changeOne('addVoter', learners);
    case 'addVoter':
      return changeOne('addVoter', [...learners, ...strangers]);
    case 'demote':
      return changeOne('addLearner', voters);
    case 'remove':
      return changeOne('remove', [...voters, ...learners]);
    case 'replace': {
      const added = changeOne('addVoter', [...learners, ...strangers]);
      const removed = voters[whom % Math.max(1, voters.length)];
      if (added === undefined || removed === undefined) return undefined;
      return [...added, { kind: 'remove', node: removed }];
    }
    case 'shuffle':
      return nodeIds.flatMap((node, place) => shuffled(node, place, { who, whom }, voters));
    case 'leave':
      return [];
    default:
      return undefined;
  }
}

function shuffled(
  node: NodeId,
  place: number,
  { who, whom }: { readonly who: number; readonly whom: number },
  voters: readonly NodeId[],
): readonly MembershipChange[] {
  const isWanted = ((who >> place) & 1) === 1;
  if (isWanted) return voters.includes(node) ? [] : [{ kind: 'addVoter', node }];
  if (!voters.includes(node)) return [];
  return [{ kind: ((whom >> place) & 1) === 1 ? 'addLearner' : 'remove', node }];
}

/** Who votes after `changes`, and not before, when they are in force. */
export function votersAfter(
  { voters }: Configuration,
  changes: readonly MembershipChange[],
): readonly NodeId[] {
  return changes.reduce((left, { kind, node }) => {
    const others = left.filter((voter) => voter !== node);
    return kind === 'addVoter' ? [...others, node] : others;
  }, voters);
}
