/**
 * Which nodes own which board: a ring over the members that the control plane names, so whoever has
 * applied the same change knows the same owners.
 */
import { type Placement, ring } from '@quorate/consistent-hashing';
import { type Clock, nodeId, type NodeId } from '@quorate/transport';

import type { Membership } from '../node/control/roster.ts';

/** So many nodes hold each board, if there are as many and nobody wants more or fewer. */
export const COPY_COUNT = 3;
/** How long after a change of members those before it are asked as well, in ms. */
const MOVING_MS = 60_000;

/** What owners are found with. */
export interface BoardOwnersOptions {
  readonly localId: NodeId;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly membership: () => Membership;
  /** How many nodes hold each board, if there are as many. Default: `COPY_COUNT`. */
  readonly replicaCount?: number;
}

/** The owners of all boards, as far as this node knows. */
export class BoardOwners {
  /** How many nodes hold each board, if there are as many. */
  readonly replicaCount: number;
  readonly #options: BoardOwnersOptions;
  #placement: Placement;
  #before: Placement;
  #changedAtMs = 0;

  constructor(options: BoardOwnersOptions) {
    this.#options = options;
    this.replicaCount = options.replicaCount ?? COPY_COUNT;
    this.#placement = placementOf(options.membership());
    this.#before = this.#placement;
  }

  /** Who owns what, as of the newest members that this node has applied. */
  get placement(): Placement {
    const { membership, clock } = this.#options;
    const newest = membership();
    if (newest.epoch > this.#placement.epoch) {
      this.#before = this.#placement;
      this.#changedAtMs = clock.nowMs();
      this.#placement = placementOf(newest);
    }
    return this.#placement;
  }

  /** Whether members changed lately, so that owners may lack what others have. */
  get isMoving(): boolean {
    return this.placement.epoch > 0 && this.#options.clock.nowMs() < this.#changedAtMs + MOVING_MS;
  }

  /** The owners of a board, the first in charge first. */
  of(boardId: string): readonly NodeId[] {
    return this.#in(this.placement, boardId);
  }

  /** Those of them that are not this node. */
  othersOf(boardId: string): readonly NodeId[] {
    return this.of(boardId).filter((owner) => owner !== this.#options.localId);
  }

  /** Other nodes that may have a copy: the owners, and those before the last change. */
  otherHoldersOf(boardId: string): readonly NodeId[] {
    const before = this.isMoving ? this.#in(this.#before, boardId) : [];
    const holders = new Set([...this.of(boardId), ...before]);
    return [...holders].filter((id) => id !== this.#options.localId);
  }

  /** Whether this node is an owner of a board. */
  includes(boardId: string): boolean {
    return this.of(boardId).includes(this.#options.localId);
  }

  #in(placement: Placement, boardId: string): readonly NodeId[] {
    return placement.locateN(boardId, this.replicaCount).map(({ id }) => nodeId(id));
  }
}

function placementOf({ epoch, members }: Membership): Placement {
  const nodes = members.map(({ id, weight, zone }) =>
    zone === undefined ? { id, weight } : { id, weight, zone },
  );
  return ring({ nodes, epoch });
}
