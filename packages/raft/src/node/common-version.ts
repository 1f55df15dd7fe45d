import type { NodeId } from '@quorate/transport';

import { type Configuration, type MembershipChange, membersOf } from '../configuration.ts';

/** The protocol version that a node was heard to speak at best; `undefined` if none was heard. */
export type Speaks = (node: NodeId) => number | undefined;

/** The highest version that each member speaks; 0 where one of them was not heard of yet. */
export function commonVersion(configuration: Configuration, speaks: Speaks): number {
  return Math.min(...membersOf(configuration).map((member) => speaks(member) ?? 0));
}

/** Whether one of those to be added is known not to understand what the log may hold. */
export function addsTooOld(
  changes: readonly MembershipChange[],
  version: number,
  speaks: Speaks,
): boolean {
  return changes.some(({ kind, node }) => kind !== 'remove' && (speaks(node) ?? version) < version);
}
