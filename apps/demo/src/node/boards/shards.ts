/**
 * Which nodes hold which board, and what follows from a change of that.
 *
 * The placement is a ring over the members that the control plane names, so whoever has applied the
 * same change knows the same owners. Every node that has a copy then does two things, over and
 * over: it tells the owners of the board to hold it, and once all of them have what is here, it
 * gives its own copy up if it is no owner itself. So a board is never only on its way.
 */
import { type Placement, ring } from '@quorate/consistent-hashing';
import { type Clock, nodeId, type NodeId, type Requester, type Timer } from '@quorate/transport';

import type { Settlement } from '../control/member-changes.ts';
import type { Membership } from '../control/roster.ts';
import type { BoardHost } from './board-host.ts';
import { type Burial, burialsCodec, handOverCodec } from '../../board/board-messages.ts';

/** So many nodes hold each board, if there are as many and nobody wants more or fewer. */
export const COPY_COUNT = 3;
/** How often copies are compared with the placement, in ms. */
const LOOK_MS = 2_000;
const TIMEOUT_MS = 1_000;
/** How long owners may take to have what was here, in ms: boards are edited all the time. */
const COVER_MS = 700;
/** How long after a change of members those before it are asked as well, in ms. */
const MOVING_MS = 60_000;
/** Names of boards in one request. */
const BATCH = 256;

/** So many looks at most until all boards are told again, to owners who once gave them up. */
const LOOKS_PER_ROUND = 15;

const method = 'boards/hold';
const versionMethod = 'boards/version';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What keeps copies where they belong. */
export interface ShardsOptions {
  readonly host: BoardHost;
  readonly localId: NodeId;
  readonly requester: Requester;
  readonly clock: Clock;
  readonly membership: () => Membership;
  /** How many nodes hold each board, if there are as many. */
  readonly replicaCount: number;
}

/** Copies on their way to where they belong. */
export class Shards {
  readonly #options: ShardsOptions;
  readonly #stopServing: readonly (() => void)[];
  /** Who is known to know that a board was deleted. */
  readonly #toldOf = new Map<string, Set<NodeId>>();
  #placement: Placement;
  #before: Placement;
  #changedAtMs = 0;
  #lookCount = 0;
  #timer: Timer | undefined;

  constructor(options: ShardsOptions) {
    const { requester, host } = options;
    this.#options = options;
    this.#placement = placementOf(options.membership());
    this.#before = this.#placement;
    const stopHolding = requester.serve(method, async (payload, { from }) => {
      const { boardIds, deleted } = handOverCodec.decode(payload);
      await this.#buryAll(deleted, from);
      // Who asks may be ahead of this node's view, or behind it; `look` will tell.
      const known = host.tombstones.among(boardIds);
      const isKnown = new Set(known.map(({ boardId }) => boardId));
      await Promise.all(boardIds.filter((id) => !isKnown.has(id)).map((id) => host.hold(id)));
      return burialsCodec.encode(known);
    });
    // Who is about to give a copy up must not be relied upon, or two might rely on each other.
    const stopTelling = requester.serve(versionMethod, async (payload) => {
      const boardId = decoder.decode(payload);
      return this.isOwner(boardId) ? await host.durableVersion(boardId) : new Uint8Array(0);
    });
    this.#stopServing = [stopHolding, stopTelling];
    this.#lookLater();
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

  /** Other nodes that may have a copy: the owners, and those before the last change. */
  otherHoldersOf(boardId: string): readonly NodeId[] {
    const owners = this.ownersOf(boardId);
    const before = this.isMoving ? this.#ownersIn(this.#before, boardId) : [];
    return [...new Set([...owners, ...before])].filter((id) => id !== this.#options.localId);
  }

  /** The owners of a board, the first in charge first. */
  ownersOf(boardId: string): readonly NodeId[] {
    return this.#ownersIn(this.placement, boardId);
  }

  /** Whether this node is one of them. */
  isOwner(boardId: string): boolean {
    return this.ownersOf(boardId).includes(this.#options.localId);
  }

  /**
   * Tells the owners of boards to hold them, or that they were deleted. Who does not answer is told
   * again later.
   */
  async assign(boardIds: readonly string[]): Promise<void> {
    const byOwner = new Map<NodeId, string[]>();
    for (const boardId of boardIds) {
      for (const owner of this.#otherOwnersOf(boardId)) {
        byOwner.set(owner, [...(byOwner.get(owner) ?? []), boardId]);
      }
    }
    await Promise.allSettled(
      [...byOwner].flatMap(([owner, ids]) => batches(ids).map((batch) => this.#tell(owner, batch))),
    );
  }

  /** Tells owners that a board was deleted. @returns How many know, once a second one does. */
  async bury(boardId: string): Promise<number> {
    const told = this.#otherOwnersOf(boardId).map((owner) => this.#tell(owner, [boardId]));
    await Promise.any(told).catch(() => undefined);
    return 1 + (this.#toldOf.get(boardId)?.size ?? 0);
  }

  /** How many boards have fewer copies than they should, as far as this node can tell. */
  underReplicatedCount(): number {
    return this.#options.host.boardIds.filter((boardId) => !this.#isWhole(boardId)).length;
  }

  /** How many copies here belong elsewhere, and wait until they are whole there. */
  leavingCount(): number {
    return this.#options.host.boardIds.filter((boardId) => !this.isOwner(boardId)).length;
  }

  /**
   * How boards stand here. Of a board that is edited all the time some owner always lacks the last
   * edits; what counts is whether all have, soon, what was here when it was asked.
   */
  async settlement(): Promise<Settlement> {
    const { epoch } = this.placement;
    const { host } = this.#options;
    const waiting = host.boardIds.filter((boardId) => !this.#isWhole(boardId));
    const areCovered = await Promise.all(waiting.map((boardId) => this.#isCovered(boardId)));
    const lackingCount = areCovered.filter((isCovered) => !isCovered).length;
    return { epoch, copyCount: host.boardIds.length, lackingCount };
  }

  close(): void {
    for (const stop of this.#stopServing) stop();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #ownersIn(placement: Placement, boardId: string): readonly NodeId[] {
    return placement.locateN(boardId, this.#options.replicaCount).map(({ id }) => nodeId(id));
  }

  #isWhole(boardId: string): boolean {
    const { host, localId } = this.#options;
    const coverage = host.coverage(boardId);
    return this.ownersOf(boardId).every((owner) => owner === localId || coverage.includes(owner));
  }

  /** Whether all owners come to have, on disk, what is here now. */
  async #isCovered(boardId: string): Promise<boolean> {
    const owners = this.#otherOwnersOf(boardId);
    const wanted = { count: owners.length, timeoutMs: COVER_MS };
    try {
      const covering = await this.#options.host.confirmed(boardId, owners, wanted);
      return covering.length >= owners.length;
    } catch {
      // It was given up meanwhile: all had it.
      return !this.#options.host.boardIds.includes(boardId);
    }
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => {
      void this.#look().finally(() => {
        if (this.#timer !== undefined) this.#lookLater();
      });
    });
  }

  async #look(): Promise<void> {
    const { host } = this.#options;
    const { tombstones } = host;
    const untold = tombstones.boardIds.filter((boardId) => !this.#isTold(boardId));
    // What an owner confirmed it may have given up since, when it was none for a while.
    const isRound = this.isMoving || this.#lookCount % LOOKS_PER_ROUND === 0;
    const isDoubted = this.placement.epoch > 0 && isRound;
    this.#lookCount += 1;
    const waiting = host.boardIds.filter((boardId) => isDoubted || !this.#isWhole(boardId));
    await this.assign([...untold, ...waiting]);
    const strange = host.boardIds.filter((boardId) => !this.isOwner(boardId));
    for (const boardId of strange) if (await this.#isKept(boardId)) await host.release(boardId);
    for (const boardId of tombstones.boardIds) {
      if (this.isOwner(boardId) || !this.#isTold(boardId)) continue;
      this.#toldOf.delete(boardId);
      await tombstones.forget(boardId);
    }
  }

  /** Whether all owners say that they have, on disk, what is here now. */
  async #isKept(boardId: string): Promise<boolean> {
    const { host, requester } = this.#options;
    if (!this.#isWhole(boardId)) return false;
    const name = encoder.encode(boardId);
    const asked = this.#otherOwnersOf(boardId).map((owner) =>
      requester.request(owner, versionMethod, name, { timeoutMs: TIMEOUT_MS }),
    );
    const versions = await Promise.all(asked).catch(() => undefined);
    return versions?.every((version) => host.isCoveredBy(boardId, version)) === true;
  }

  #otherOwnersOf(boardId: string): readonly NodeId[] {
    return this.ownersOf(boardId).filter((owner) => owner !== this.#options.localId);
  }

  #isTold(boardId: string): boolean {
    const told = this.#toldOf.get(boardId);
    return this.#otherOwnersOf(boardId).every((owner) => told?.has(owner) === true);
  }

  async #tell(owner: NodeId, ids: readonly string[]): Promise<void> {
    const { requester, host } = this.#options;
    const deleted = host.tombstones.among(ids);
    const isDeleted = new Set(deleted.map(({ boardId }) => boardId));
    const message = { boardIds: ids.filter((id) => !isDeleted.has(id)), deleted };
    const options = { timeoutMs: TIMEOUT_MS };
    const reply = await requester.request(owner, method, handOverCodec.encode(message), options);
    for (const { boardId } of deleted) this.#markTold(boardId, owner);
    await this.#buryAll(burialsCodec.decode(reply), owner);
  }

  /** Takes in what `from` knows of deleted boards. */
  async #buryAll(burials: readonly Burial[], from: NodeId): Promise<void> {
    const { host } = this.#options;
    await Promise.all(burials.map(({ boardId, keys }) => host.bury(boardId, keys)));
    for (const { boardId } of burials) this.#markTold(boardId, from);
  }

  #markTold(boardId: string, node: NodeId): void {
    const told = this.#toldOf.get(boardId) ?? new Set();
    this.#toldOf.set(boardId, told.add(node));
  }
}

function placementOf({ epoch, members }: Membership): Placement {
  const nodes = members.map(({ id, weight, zone }) =>
    zone === undefined ? { id, weight } : { id, weight, zone },
  );
  return ring({ nodes, epoch });
}

function batches(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / BATCH);
  return Array.from({ length: count }, (_, index) => ids.slice(index * BATCH, (index + 1) * BATCH));
}
