import type { MembershipChange } from '../configuration.ts';
import type { ChangeMembership } from '../effects.ts';
import type { WaitOptions } from './outcomes.ts';

/** How to change the members, and how long to wait for it. */
export interface MembershipOptions
  extends WaitOptions, Pick<ChangeMembership, 'transition' | 'ifConfigurationIndex' | 'isForced'> {}

/**
 * What is wrong with a change whatever the cluster looks like.
 *
 * @throws RangeError if two changes are about the same node, or the index can be no index.
 */
export function checkMembershipRequest(
  changes: readonly MembershipChange[],
  { ifConfigurationIndex = 0 }: MembershipOptions,
): void {
  const nodes = changes.map(({ node }) => node);
  const twice = nodes.find((node, place) => nodes.indexOf(node) !== place);
  if (twice !== undefined) {
    throw new RangeError(`changes: expected at most one for each node, got two for ${twice}`);
  }
  if (!Number.isSafeInteger(ifConfigurationIndex) || ifConfigurationIndex < 0) {
    throw new RangeError(
      `ifConfigurationIndex: expected a safe integer >= 0, got ${ifConfigurationIndex}`,
    );
  }
}
