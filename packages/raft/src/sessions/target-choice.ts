import type { NodeId } from '@quorate/transport';

import { invariant } from '../invariant.ts';

/** What an attempt says about who leads. */
export interface LeaderHint {
  /** The node did what a leader does. */
  readonly isAnswered: boolean;
  /** Who leads, as far as the node knows. */
  readonly leaderId: NodeId | undefined;
}

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
  learn(asked: NodeId, { isAnswered, leaderId }: LeaderHint): 'atOnce' | 'later' {
    if (isAnswered) {
      this.#current = asked;
      return 'later';
    }
    // Somebody else's attempt has moved on from this node already.
    if (asked !== this.#current) return 'atOnce';
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
