import type { NodeId } from '@quorate/transport';

import type { Placement } from './placement.ts';

/** Placements remembered, so as to know which keys were ours before the last changes. */
const PLACEMENTS_KEPT = 8;

interface Reign {
  readonly placement: Placement;
  readonly sinceMs: number;
}

/** Who owns which key, and since when this node owns those that it does. */
export class Ownership {
  readonly #localId: NodeId;
  /** The newest first. */
  #reigns: readonly [Reign, ...Reign[]];

  /** @param nowMs - When this process began: what its predecessor counted is lost. */
  constructor(localId: NodeId, placement: Placement, nowMs: number) {
    this.#localId = localId;
    this.#reigns = [{ placement, sinceMs: nowMs }];
  }

  /** How many nodes count. */
  get memberCount(): number {
    return this.#reigns[0].placement.memberCount;
  }

  /** Takes over another placement. Keys that stay ours have been ours all along. */
  change(placement: Placement, nowMs: number): void {
    const before = this.#reigns.slice(0, PLACEMENTS_KEPT - 1);
    this.#reigns = [{ placement, sinceMs: nowMs }, ...before];
  }

  /** Who owns `key` now. */
  ownerOf(key: string): NodeId {
    return this.#reigns[0].placement.ownerOf(key);
  }

  /** Whether this node does. */
  isOurs(key: string): boolean {
    return this.ownerOf(key) === this.#localId;
  }

  /**
   * Since when `key` has been ours without a break, as far back as is remembered, which may be too
   * late but is never too early.
   */
  ownedSinceMs(key: string): number {
    let sinceMs = this.#reigns[0].sinceMs;
    for (const reign of this.#reigns) {
      if (reign.placement.ownerOf(key) !== this.#localId) break;
      sinceMs = reign.sinceMs;
    }
    return sinceMs;
  }
}
