/**
 * The boards of which this node has a copy.
 *
 * A copy is a document on disk that the replicator keeps equal with the other copies. It is begun
 * when this node comes to own a board, and given up when it does not any more and all who do have
 * what is here. Nobody says "move": each node looks at the placement, and the replicator does the
 * rest.
 */
import type { Replica } from '@quorate/crdts';
import { DurableReplica } from '@quorate/crdts/persistence';
import { Replicator } from '@quorate/crdts/replicator';
import { randomReplicaId } from '@quorate/crdts/text';
import type { Disk } from '@quorate/storage';
import type { Clock, NodeId, Random, Transport } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';

import { type Board, openBoard, textOf } from '../../board/board.ts';
import { BoardFiles } from '../../board/board-files.ts';
import { BoardsInUse } from '../../board/boards-in-use.ts';
import type { Requests } from '../../board/requests.ts';
import { RestingBoard } from '../../board/resting-board.ts';
import { Tombstones } from '../../board/tombstones.ts';

/** What a host needs. */
export interface BoardHostOptions {
  readonly disk: Disk;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** All nodes that may hold copies. */
  readonly peers: readonly NodeId[];
  /** Whether this node means to keep its copy of a board. */
  readonly keeps: (boardId: string) => boolean;
  /** Called when a copy is begun or opened. */
  readonly onHold: (boardId: string) => void;
  /** Receives what cannot be read or kept. */
  readonly onError: (boardId: string, error: unknown) => void;
}

/** A copy. Its board is open when asked for, and may be closed when nobody uses it any more. */
export interface HostedBoard {
  /** Not to be kept beyond a turn of the event loop. */
  readonly board: Board;
  /** The same. */
  readonly requests: Requests;
  /** Settles once all that the copy has is on disk. */
  readonly flushed: () => Promise<void>;
  /** Takes in an update of a client. */
  readonly merge: (update: Uint8Array) => void;
}

/** A board that somebody here looks at. */
interface Watched {
  readonly listeners: Set<() => void>;
  board: () => Board;
  stop: () => void;
}

interface Copy extends HostedBoard {
  readonly durable: DurableReplica<RestingBoard>;
  readonly detach: () => void;
}

/** Of so many boards a digest is shown. */
const DIGESTS_MAX = 64;

/** Opens, keeps and gives up copies of boards. */
export class BoardHost {
  /** The boards that were deleted. There are no copies of them here. */
  readonly tombstones: Tombstones;
  readonly #options: BoardHostOptions;
  readonly #files: BoardFiles;
  readonly #replicator: Replicator;
  readonly #copies = new Map<string, Promise<Copy>>();
  /** Those that are there, open or at rest. */
  readonly #here = new Map<string, RestingBoard>();
  readonly #inUse: BoardsInUse;
  /** Those that were given up and are not gone yet. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #watched = new Map<string, Watched>();

  private constructor(options: BoardHostOptions, tombstones: Tombstones, files: BoardFiles) {
    const { transport, clock, random, peers } = options;
    this.tombstones = tombstones;
    this.#files = files;
    this.#inUse = new BoardsInUse(clock);
    this.#options = options;
    this.#replicator = new Replicator({
      ...{ transport, clock, random, group: 'boards', relay: 'compare' },
      peers: peers.filter((peer) => peer !== transport.localId),
    });
  }

  /** Opens all copies that the disk has. */
  static async open(options: BoardHostOptions): Promise<BoardHost> {
    const { disk, onHold } = options;
    const files = await BoardFiles.open(disk);
    const host = new BoardHost(options, await Tombstones.open(disk), files);
    for (const boardId of host.tombstones.boardIds) onHold(boardId);
    await Promise.all(files.boardIds.map((boardId) => host.#find(boardId)));
    return host;
  }

  /** The boards of which there is a copy here. */
  get boardIds(): readonly string[] {
    return [...this.#here.keys()];
  }

  /** How many of them are open. */
  get openCount(): number {
    return this.#inUse.count;
  }

  /** All that the copy of a board says, as JSON, if there is one. */
  textOf(boardId: string): string | undefined {
    const here = this.#here.get(boardId);
    return here === undefined ? undefined : textOf(here.board);
  }

  /** The copy, if there is one. */
  get(boardId: string): Promise<HostedBoard> | undefined {
    return this.#copies.get(boardId);
  }

  /** The copy, which is begun if there is none. */
  hold(boardId: string): Promise<HostedBoard> {
    const held = this.#copies.get(boardId);
    if (held !== undefined) return held;
    const opening = this.#begin(boardId);
    this.#copies.set(boardId, opening);
    this.#options.onHold(boardId);
    opening.catch((error: unknown) => {
      this.#copies.delete(boardId);
      this.#options.onError(boardId, error);
    });
    return opening;
  }

  /**
   * Calls `listener` whenever a board has changed or was deleted, also if no copy is kept here:
   * then one in memory is, until the last watcher leaves.
   *
   * @returns The board as it is known here by now, and what ends it.
   */
  watch(
    boardId: string,
    listener: () => void,
  ): { readonly board: () => Board; readonly stop: () => void } {
    const watched = this.#watched.get(boardId) ?? this.#lookAt(boardId);
    watched.listeners.add(listener);
    return {
      board: () => watched.board(),
      stop: () => {
        if (!watched.listeners.delete(listener) || watched.listeners.size > 0) return;
        watched.stop();
        this.#watched.delete(boardId);
      },
    };
  }

  /** Which of `owners` have, on disk, all that is here now: at least `count`, if in time. */
  confirmed(
    boardId: string,
    owners: readonly NodeId[],
    { count, timeoutMs }: { readonly count: number; readonly timeoutMs: number },
  ): Promise<readonly NodeId[]> {
    return this.#replicator.whenCovered(boardId, { peerCount: count, timeoutMs, among: owners });
  }

  /** Who has all that is here, as far as is known. */
  coverage(boardId: string): readonly NodeId[] {
    return this.#replicator.coverage(boardId);
  }

  /** What of a board is on the disk here, as a version; nothing if there is no copy. */
  async durableVersion(boardId: string): Promise<Uint8Array> {
    const copy = await this.#copies.get(boardId);
    const version = this.versionOf(boardId);
    await copy?.flushed();
    return version;
  }

  /** What of a board is here, as a version; nothing if there is no copy. */
  versionOf(boardId: string): Uint8Array {
    return this.#here.get(boardId)?.encodeVersion() ?? new Uint8Array(0);
  }

  /** What the first copies have, in 8 hexadecimal digits: equal if they have the same. */
  digests(): Readonly<Record<string, string>> {
    const shown = [...this.#here].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, DIGESTS_MAX);
    return Object.fromEntries(
      shown.map(([boardId, board]) => {
        const digest = crc32c(board.encodeVersion()) >>> 0;
        return [boardId, digest.toString(16).padStart(8, '0')];
      }),
    );
  }

  /** Gives up a copy and its files. */
  async release(boardId: string): Promise<void> {
    const copy = await this.#copies.get(boardId);
    if (copy === undefined) return;
    this.#copies.delete(boardId);
    this.#here.delete(boardId);
    this.#inUse.forget(copy.durable.replica);
    copy.detach();
    const watched = this.#watched.get(boardId);
    watched?.stop();
    if (watched !== undefined) this.#mirror(boardId, watched);
    const leaving = copy.durable
      .close()
      .then(() => this.#files.remove(boardId))
      .finally(() => this.#leaving.delete(boardId));
    this.#leaving.set(boardId, leaving);
    await leaving;
  }

  /** Keeps in mind, on disk, that these requests deleted a board, and gives up the copy of it. */
  async bury(boardId: string, keys: readonly string[]): Promise<void> {
    this.#options.onHold(boardId);
    await this.tombstones.add(boardId, keys);
    this.#tell(boardId);
    await this.release(boardId);
  }

  async close(): Promise<void> {
    this.#replicator.close();
    this.#inUse.close();
    const copies = await Promise.allSettled(this.#copies.values());
    for (const copy of copies) if (copy.status === 'fulfilled') await copy.value.durable.close();
    await this.#files.close();
  }

  #tell(boardId: string): void {
    for (const listener of this.#watched.get(boardId)?.listeners ?? []) listener();
  }

  /** Opens a copy that is on the disk. */
  async #find(boardId: string): Promise<void> {
    if (this.tombstones.keysOf(boardId) === undefined) await this.hold(boardId);
    // A crash came between the tombstone and this.
    else await this.#files.remove(boardId);
  }

  #lookAt(boardId: string): Watched {
    const board = (): Board => openBoard('nobody');
    const watched: Watched = { listeners: new Set(), board, stop: () => undefined };
    this.#watched.set(boardId, watched);
    const copy = this.#copies.get(boardId);
    if (copy === undefined) this.#mirror(boardId, watched);
    else
      void copy.then(({ durable }) => show(watched, durable.replica, () => durable.replica.board));
    return watched;
  }

  /** Shows a board of which there is no copy here. */
  #mirror(boardId: string, watched: Watched): void {
    const board = openBoard(randomReplicaId(this.#options.random));
    const told = telling(board, () => this.#tell(boardId));
    show(watched, board, () => board, this.#replicator.attach(boardId, told));
  }

  async #begin(boardId: string): Promise<Copy> {
    const { clock, random, onError, keeps } = this.#options;
    await this.#leaving.get(boardId)?.catch(() => undefined);
    // A life of its own for every opening: what a crash took from here, others may have.
    const replicaId = randomReplicaId(random);
    const durable = await DurableReplica.open<RestingBoard>({
      store: await this.#files.openStore(boardId),
      create: (snapshot) => new RestingBoard(openBoard(replicaId, snapshot), this.#inUse.note),
      save: (board) => board.save(),
      onError: (error) => onError(boardId, error),
      clock,
    });
    const watched = this.#watched.get(boardId);
    // One who only looks makes room: a name stands for one replica.
    watched?.stop();
    const { replica } = durable;
    replica.tend();
    if (watched !== undefined) show(watched, replica, () => replica.board);
    this.#here.set(boardId, replica);
    const told = telling(durable, () => this.#tell(boardId));
    const detach = this.#replicator.attach(boardId, told, {
      flushed: () => durable.flushed(),
      keeps: () => keeps(boardId),
    });
    return {
      get board() {
        return replica.board;
      },
      get requests() {
        return replica.requests;
      },
      flushed: () => durable.flushed(),
      merge: (update) => {
        told.apply(update);
        this.#replicator.changed(boardId);
      },
      durable,
      detach,
    };
  }
}

/** Lets watchers see `board` from now on, which is `shown` as it changes. */
function show(
  watched: Watched,
  shown: Pick<Board, 'onChange'>,
  board: () => Board,
  detach: () => void = () => undefined,
): void {
  watched.board = board;
  const unsubscribe = shown.onChange(() => {
    for (const listener of watched.listeners) listener();
  });
  watched.stop = () => {
    unsubscribe();
    detach();
  };
  for (const listener of watched.listeners) listener();
}

/**
 * A replica that says when it has taken something in: also if that looks no different, as what lost
 * against a concurrent edit does.
 */
function telling(replica: Replica, tell: () => void): Replica {
  return {
    encodeVersion: () => replica.encodeVersion(),
    updatesSince: (version, maxSizeBytes) => replica.updatesSince(version, maxSizeBytes),
    isCoveredBy: (version) => replica.isCoveredBy(version),
    apply: (update) => {
      const outcome = replica.apply(update);
      tell();
      return outcome;
    },
    onLocalUpdate: (listener) => replica.onLocalUpdate(listener),
  };
}
