/**
 * Keeps copies where they belong.
 *
 * Every node that has a copy tells the owners to hold it, for as long as one of them lacks
 * something. A copy that is not an owner's takes no edits of its own any more, so what it had when
 * that began is all that it can lose. Once all owners say that they have that on their disks, it is
 * given up. So a board is never only on its way.
 */
import { doesCover } from '@quorate/crdts/document';
import type { Clock, NodeId, Requester, Timer } from '@quorate/transport';

import { fromBase64, toBase64 } from '../../base64.ts';
import {
  type Burial,
  type HandedOver,
  handedOverCodec,
  type HandOver,
  handOverCodec,
} from '../../board/board-messages.ts';
import type { BoardOwners } from '../../placement/board-owners.ts';
import type { Settlement } from '../control/member-changes.ts';
import type { BoardHost } from './board-host.ts';

/** How often copies are compared with the placement, in ms. */
const LOOK_MS = 2_000;
const TIMEOUT_MS = 1_000;
/** How long owners may take to have what was here, in ms: boards are edited all the time. */
const COVER_MS = 700;
/** Names of boards in one request. */
const BATCH = 256;

const method = 'boards/hold';

/** What keeps copies where they belong. */
export interface ShardsOptions {
  readonly host: BoardHost;
  readonly owners: BoardOwners;
  readonly requester: Requester;
  readonly clock: Clock;
}

/** Copies on their way to where they belong. */
export class Shards {
  readonly #options: ShardsOptions;
  readonly #stopServing: () => void;
  /** Who is known to know that a board was deleted. */
  readonly #toldOf = new Map<string, Set<NodeId>>();
  /** What the copies had that belong elsewhere, when they came to do so by this epoch. */
  #leaving: ReadonlyMap<string, Uint8Array> = new Map();
  #leavingSince = -1;
  #timer: Timer | undefined;

  constructor(options: ShardsOptions) {
    this.#options = options;
    this.#stopServing = options.requester.serve(method, async (payload, { from }) =>
      handedOverCodec.encode(await this.#hold(handOverCodec.decode(payload), from)),
    );
    this.#lookLater();
  }

  /**
   * Tells the owners of boards to hold them, or that they were deleted. Who does not answer is told
   * again later.
   *
   * @returns Who says what of a board is on its disk, if it is to stay there.
   */
  async assign(boardIds: readonly string[]): Promise<ReadonlyMap<NodeId, Versions>> {
    const { owners } = this.#options;
    const byOwner = new Map<NodeId, string[]>();
    for (const boardId of boardIds) {
      for (const owner of owners.othersOf(boardId)) {
        byOwner.set(owner, [...(byOwner.get(owner) ?? []), boardId]);
      }
    }
    const answers = new Map<NodeId, Versions>();
    await Promise.allSettled(
      [...byOwner].flatMap(([owner, ids]) => {
        const versions = new Map<string, Uint8Array>();
        answers.set(owner, versions);
        return batches(ids).map(async (batch) => {
          for (const [id, version] of await this.#tell(owner, batch)) versions.set(id, version);
        });
      }),
    );
    return answers;
  }

  /** Tells owners that a board was deleted. @returns How many know, once a second one does. */
  async bury(boardId: string): Promise<number> {
    const told = this.#options.owners
      .othersOf(boardId)
      .map((owner) => this.#tell(owner, [boardId]));
    await Promise.any(told).catch(() => undefined);
    return 1 + (this.#toldOf.get(boardId)?.size ?? 0);
  }

  /** How many boards have fewer copies than they should, as far as this node can tell. */
  underReplicatedCount(): number {
    return this.#options.host.boardIds.filter((boardId) => !this.#isWhole(boardId)).length;
  }

  /** How many copies here belong elsewhere, and wait until they are whole there. */
  leavingCount(): number {
    const { host, owners } = this.#options;
    return host.boardIds.filter((boardId) => !owners.includes(boardId)).length;
  }

  /**
   * How boards stand here. Of a board that is edited all the time some owner always lacks the last
   * edits; what counts is whether all have, soon, what was here when it was asked.
   */
  async settlement(): Promise<Settlement> {
    const { host, owners } = this.#options;
    const { epoch } = owners.placement;
    const areCovered = await Promise.all(host.boardIds.map((boardId) => this.#isCovered(boardId)));
    const lackingCount = areCovered.filter((isCovered) => !isCovered).length;
    return { epoch, copyCount: host.boardIds.length, lackingCount };
  }

  close(): void {
    this.#stopServing();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Whether all owners have, on disk, what is here. */
  #isWhole(boardId: string): boolean {
    const { host, owners } = this.#options;
    const coverage = host.coverage(boardId);
    return owners.othersOf(boardId).every((owner) => coverage.includes(owner));
  }

  /** Whether all come to have it in time. */
  async #isCovered(boardId: string): Promise<boolean> {
    const { host, owners } = this.#options;
    if (this.#isWhole(boardId)) return true;
    const others = owners.othersOf(boardId);
    const wanted = { count: others.length, timeoutMs: COVER_MS };
    const covering = await host.confirmed(boardId, others, wanted).catch(() => []);
    // If it was given up meanwhile, all have it.
    return covering.length >= others.length || !host.boardIds.includes(boardId);
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.setTimer(LOOK_MS, () => {
      void this.#look().finally(() => {
        if (this.#timer !== undefined) this.#lookLater();
      });
    });
  }

  async #look(): Promise<void> {
    const { host, owners } = this.#options;
    const { tombstones } = host;
    this.#noteLeaving();
    const leaving = this.#leaving;
    const untold = tombstones.boardIds.filter((boardId) => !this.#isTold(boardId));
    const lacking = host.boardIds.filter((id) => leaving.has(id) || !this.#isWhole(id));
    const answers = await this.assign([...untold, ...lacking]);
    for (const [boardId, version] of leaving) {
      if (owners.placement.epoch !== this.#leavingSince) break;
      const others = owners.othersOf(boardId);
      const areKept = others.map((owner) => {
        const kept = answers.get(owner)?.get(boardId);
        return kept !== undefined && doesCover(kept, version);
      });
      if (others.length > 0 && areKept.every(Boolean)) await host.release(boardId);
    }
    for (const boardId of tombstones.boardIds) {
      if (owners.includes(boardId) || !this.#isTold(boardId)) continue;
      this.#toldOf.delete(boardId);
      await tombstones.forget(boardId);
    }
  }

  /** Who owned a board since, as members changed twice, may have edited it: begins anew. */
  #noteLeaving(): void {
    const { host, owners } = this.#options;
    const { epoch } = owners.placement;
    const known = epoch === this.#leavingSince ? this.#leaving : new Map<string, Uint8Array>();
    const found = host.boardIds
      .filter((boardId) => !owners.includes(boardId))
      .map((boardId) => [boardId, known.get(boardId) ?? host.versionOf(boardId)] as const);
    this.#leaving = new Map(found);
    this.#leavingSince = epoch;
  }

  #isTold(boardId: string): boolean {
    const told = this.#toldOf.get(boardId);
    return this.#options.owners.othersOf(boardId).every((owner) => told?.has(owner) === true);
  }

  /** @returns What of the copies that leave this node is on the disk there. */
  async #tell(owner: NodeId, ids: readonly string[]): Promise<Versions> {
    const { requester, host } = this.#options;
    const deleted = host.tombstones.among(ids);
    const isDeleted = new Set(deleted.map(({ boardId }) => boardId));
    const open = ids.filter((id) => !isDeleted.has(id));
    const message = {
      boardIds: open.filter((id) => !this.#leaving.has(id)),
      leaving: open.filter((id) => this.#leaving.has(id)),
      deleted,
    };
    const options = { timeoutMs: TIMEOUT_MS };
    const reply = await requester.request(owner, method, handOverCodec.encode(message), options);
    for (const { boardId } of deleted) this.#markTold(boardId, owner);
    const answer = handedOverCodec.decode(reply);
    await this.#buryAll(answer.deleted, owner);
    return new Map(answer.kept.map(({ boardId, version }) => [boardId, fromBase64(version)]));
  }

  async #hold({ boardIds, leaving, deleted }: HandOver, from: NodeId): Promise<HandedOver> {
    const { host, owners } = this.#options;
    await this.#buryAll(deleted, from);
    // Who asks may be ahead of this node's view, or behind it; `look` will tell.
    const known = host.tombstones.among([...boardIds, ...leaving]);
    const isKnown = new Set(known.map(({ boardId }) => boardId));
    const isOpen = (id: string): boolean => !isKnown.has(id);
    await Promise.all([...boardIds, ...leaving].filter(isOpen).map((id) => host.hold(id)));
    // Who is about to give a copy up must not be relied upon, or two might rely on each other.
    const owned = leaving.filter((id) => isOpen(id) && owners.includes(id));
    const kept = owned.map(async (boardId) => {
      return { boardId, version: toBase64(await host.durableVersion(boardId)) };
    });
    return { deleted: known, kept: await Promise.all(kept) };
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

/** What somebody has of boards. */
type Versions = ReadonlyMap<string, Uint8Array>;

function batches(ids: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(ids.length / BATCH);
  return Array.from({ length: count }, (_, index) => ids.slice(index * BATCH, (index + 1) * BATCH));
}
