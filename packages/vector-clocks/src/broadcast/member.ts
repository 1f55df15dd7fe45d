import type { NodeId } from '@quorate/transport';

import { checkReplicaId, type ReplicaId } from '../replica-id.ts';

/**
 * One life of one node. What a process knew is gone when it ends, its counters with it, so the next
 * one is another member, and never continues the counts of the first.
 */
export interface Member {
  readonly node: NodeId;
  /** An integer of at least 0, another one in each life of the node: one more, or the time. */
  readonly incarnation: number;
}

/**
 * The id of `member` in clocks: `node@incarnation`.
 *
 * @throws RangeError if the incarnation is no safe integer of at least 0, or the id is longer than
 *   64 bytes.
 *
 * @example
 * ```ts
 * import { nodeId } from '@quorate/transport';
 * import { memberId } from '@quorate/vector-clocks/broadcast';
 *
 * memberId({ node: nodeId('n1'), incarnation: 3 }); // => 'n1@3'
 * ```
 */
export function memberId({ node, incarnation }: Member): ReplicaId {
  if (!Number.isSafeInteger(incarnation) || incarnation < 0) {
    throw new RangeError(`incarnation: expected an integer of at least 0, got ${incarnation}`);
  }
  return checkReplicaId('member', `${node}@${incarnation}`);
}
