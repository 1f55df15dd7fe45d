import type { NodeId } from '@quorate/transport';

import type { Configuration } from './configuration.ts';

/**
 * Whether an entry can be proven never to have been committed, because too many voters say that
 * they never had it.
 *
 * An entry is committed once a quorum has it, so it is not if those who may have it, this node
 * among them, are fewer than a quorum. Which configuration counts is the question: the entry may
 * itself be the one that changes it. A change moves one voter at most, or is joint and needs a
 * quorum of the old ones too; leaving a joint configuration needs one of the new ones. So the
 * proof has to hold for the configuration before the entry and for all its neighbours.
 *
 * Source: Alagappan et al., FAST 2018, §3.4 ("determined to be uncommitted").
 *
 * @param configuration - In force just before the entry.
 * @param lackers - Who certainly never had it.
 */
export function isSurelyUncommitted(
  configuration: Configuration,
  lackers: ReadonlySet<NodeId>,
): boolean {
  const { voters } = configuration;
  const holderCount = voters.filter((voter) => !lackers.has(voter)).length;
  const isShort = (voterCount: number, added: number): boolean =>
    holderCount + added < quorumOf(voterCount + added);
  if (configuration.outgoingVoters.length > 0) return isShort(voters.length, 0);
  return isShort(voters.length, 0) && isShort(voters.length, 1) && isShort(voters.length - 1, 0);
}

function quorumOf(voterCount: number): number {
  return Math.floor(voterCount / 2) + 1;
}
