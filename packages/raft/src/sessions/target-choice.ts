import type { NodeId } from '@quorate/transport';

import { invariant } from '../invariant.ts';
import type { SessionAttempt } from './messages.ts';

/** Whom to ask: the node that answered last, the leader it names, or else the next in turn. */
export class TargetChoice {
  readonly #nodeIds: readonly NodeId[];
  #current: NodeId;

  /** @throws RangeError if there is no node to ask. */
  constructor(nodeIds: readonly NodeId[]) {
    const [first] = nodeIds;
    if (first === undefined) throw new RangeError('nodeIds: expected at least one, got none');
    this.#nodeIds = nodeIds;
    this.#current = first;
  }

  /** The node to ask now. */
  get current(): NodeId {
    return this.#current;
  }

  /**
   * Learns from what became of an attempt at `asked`.
   *
   * @returns 'atOnce' if another node is said to lead, or was found since.
   */
  learn(asked: NodeId, attempt: SessionAttempt): 'atOnce' | 'later' {
    if (attempt.kind === 'answered') {
      this.#current = asked;
      return 'later';
    }
    // Somebody else's attempt has moved on from this node already.
    if (asked !== this.#current) return 'atOnce';
    const leaderId = attempt.kind === 'rejected' ? attempt.leaderId : undefined;
    if (leaderId !== undefined && leaderId !== asked && this.#nodeIds.includes(leaderId)) {
      this.#current = leaderId;
      return 'atOnce';
    }
    const next = this.#nodeIds[(this.#nodeIds.indexOf(asked) + 1) % this.#nodeIds.length];
    invariant(next !== undefined, 'a node follows each node');
    this.#current = next;
    return 'later';
  }
}
