import { BeforeHistoryError } from './errors.ts';
import type { Replica } from './replica.ts';

/**
 * That `replica` may take the place of `current`: it has all that is there.
 *
 * @throws BeforeHistoryError if it lacks something, which would be lost.
 * @throws ForkedReplicaError if an id that both know names different events.
 */
export function checkReplacement(current: Replica, replica: Replica): void {
  if (isBehind(replica, current)) {
    throw new BeforeHistoryError('whole document: expected one with all that is here, got less');
  }
  // That an id is in two hands can be seen by either of the two.
  isBehind(current, replica);
}

/** Whether `replica` lacks something of what `other` has. */
function isBehind(replica: Replica, other: Replica): boolean {
  try {
    return other.updatesSince(replica.encodeVersion()).length > 0;
  } catch (error) {
    if (error instanceof BeforeHistoryError) return true;
    throw error;
  }
}
