/**
 * The boards of which this node has a copy.
 *
 * A copy is a document on disk that the replicator keeps equal with the other copies. It is begun
 * when this node comes to own a board, and given up when it does not any more and all who do have
 * what is here. Nobody says "move": each node looks at the placement, and the replicator does the
 * rest.
 */
import type { Replica } from '@quorate/crdts';
import { DiskStore, DurableReplica } from '@quorate/crdts/persistence';
import { Replicator } from '@quorate/crdts/replicator';
import { randomReplicaId } from '@quorate/crdts/text';
import type { Disk } from '@quorate/storage';
import type { Clock, NodeId, Random, Transport } from '@quorate/transport';
import { crc32c } from '@quorate/transport/codec';

import { type Board, openBoard } from '../../board/board.ts';
import { Requests } from '../../board/requests.ts';
import { Tombstones } from '../../board/tombstones.ts';

/** What a host needs. */
export interface BoardHostOptions {
  readonly disk: Disk;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** All nodes that may hold copies. */
  readonly peers: readonly NodeId[];
  /** Called when a copy is begun or opened. */
  readonly onHold: (boardId: string) => void;
  /** Receives what cannot be read or kept. */
  readonly onError: (boardId: string, error: unknown) => void;
}

/** A copy that is open. */
export interface HostedBoard {
  readonly board: Board;
  readonly requests: Requests;
  /** Settles once all that the copy has is on disk. */
  readonly flushed: () => Promise<void>;
  /** Takes in an update of a client. */
  readonly merge: (update: Uint8Array) => void;
}

/** A board that somebody here looks at. */
interface Watched {
  readonly listeners: Set<() => void>;
  board: Board | undefined;
  stop: () => void;
}

interface Copy extends HostedBoard {
  readonly durable: DurableReplica<Board>;
  readonly detach: () => void;
}

const directory = 'boards';
/** Of so many boards a digest is shown. */
const DIGESTS_MAX = 64;
/** A board is small: so is each file of its log. */
const SEGMENT_BYTES = 64 * 1_024;

/** Opens, keeps and gives up copies of boards. */
export class BoardHost {
  /** The boards that were deleted. There are no copies of them here. */
  readonly tombstones: Tombstones;
  readonly #options: BoardHostOptions;
  readonly #replicator: Replicator;
  readonly #copies = new Map<string, Promise<Copy>>();
  /** Those that are open. */
  readonly #open = new Map<string, Board>();
  readonly #watched = new Map<string, Watched>();

  private constructor(options: BoardHostOptions, tombstones: Tombstones) {
    const { transport, clock, random, peers } = options;
    this.tombstones = tombstones;
    this.#options = options;
    this.#replicator = new Replicator({
      ...{ transport, clock, random, group: 'boards', relay: 'compare' },
      peers: peers.filter((peer) => peer !== transport.localId),
    });
  }

  /** Opens all copies that the disk has. */
  static async open(options: BoardHostOptions): Promise<BoardHost> {
    const { disk, onHold } = options;
    const host = new BoardHost(options, await Tombstones.open(disk));
    for (const boardId of host.tombstones.boardIds) onHold(boardId);
    await disk.createDirectory(directory);
    const found = await disk.list(directory);
    await Promise.all(found.map((boardId) => host.#find(boardId)));
    return host;
  }

  /** The boards of which there is a copy here. */
  get boardIds(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** All that the copy of a board says, as JSON, if there is one that is open. */
  textOf(boardId: string): string | undefined {
    const board = this.#open.get(boardId);
    return board === undefined ? undefined : JSON.stringify(board);
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
      board: () => watched.board ?? openBoard('nobody'),
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

  /** What the first copies have, in 8 hexadecimal digits: equal if they have the same. */
  digests(): Readonly<Record<string, string>> {
    const shown = [...this.#open].toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(0, DIGESTS_MAX);
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
    this.#open.delete(boardId);
    copy.detach();
    const watched = this.#watched.get(boardId);
    watched?.stop();
    if (watched !== undefined) this.#mirror(boardId, watched);
    await copy.durable.close();
    await this.#removeFiles(boardId);
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
    const copies = await Promise.allSettled(this.#copies.values());
    for (const copy of copies) if (copy.status === 'fulfilled') await copy.value.durable.close();
  }

  #tell(boardId: string): void {
    for (const listener of this.#watched.get(boardId)?.listeners ?? []) listener();
  }

  /** Opens the copy that is in a folder, if there is one. */
  async #find(boardId: string): Promise<void> {
    const files = await filesOf(this.#options.disk, boardId);
    if (files.length === 0) return;
    if (this.tombstones.keysOf(boardId) === undefined) await this.hold(boardId);
    // A crash came between the tombstone and this.
    else await this.#removeFiles(boardId);
  }

  async #removeFiles(boardId: string): Promise<void> {
    const { disk } = this.#options;
    const files = await filesOf(disk, boardId);
    for (const file of files) await disk.remove(file);
    const folders = new Set(files.map((file) => file.slice(0, file.lastIndexOf('/'))));
    for (const folder of folders) await disk.syncDirectory(folder);
  }

  #lookAt(boardId: string): Watched {
    const watched: Watched = { listeners: new Set(), board: undefined, stop: () => undefined };
    this.#watched.set(boardId, watched);
    const copy = this.#copies.get(boardId);
    if (copy === undefined) this.#mirror(boardId, watched);
    else void copy.then(({ board }) => show(watched, board));
    return watched;
  }

  /** Shows a board of which there is no copy here. */
  #mirror(boardId: string, watched: Watched): void {
    const board = openBoard(randomReplicaId(this.#options.random));
    const told = telling(board, () => this.#tell(boardId));
    show(watched, board, this.#replicator.attach(boardId, told));
  }

  async #begin(boardId: string): Promise<Copy> {
    const { disk, clock, random, onError } = this.#options;
    // A life of its own for every opening: what a crash took from here, others may have.
    const replicaId = randomReplicaId(random);
    const durable = await DurableReplica.open<Board>({
      store: await DiskStore.open({
        ...{ disk, directory: `${directory}/${boardId}`, segmentBytes: SEGMENT_BYTES },
      }),
      create: (snapshot) => openBoard(replicaId, snapshot),
      save: (board) => board.save(),
      onError: (error) => onError(boardId, error),
      clock,
    });
    const watched = this.#watched.get(boardId);
    // One who only looks makes room: a name stands for one replica.
    watched?.stop();
    if (watched !== undefined) show(watched, durable.replica);
    this.#open.set(boardId, durable.replica);
    const told = telling(durable, () => this.#tell(boardId));
    const detach = this.#replicator.attach(boardId, told, { flushed: () => durable.flushed() });
    return {
      board: durable.replica,
      requests: new Requests(durable.replica),
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

/** Lets watchers see `board` from now on. */
function show(watched: Watched, board: Board, detach: () => void = () => undefined): void {
  watched.board = board;
  const unsubscribe = board.onChange(() => {
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

/** The files of a copy. Folders stay when they are gone: there is no copy in an empty one. */
async function filesOf(disk: Disk, boardId: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const part of await disk.list(`${directory}/${boardId}`)) {
    const folder = `${directory}/${boardId}/${part}`;
    for (const name of await disk.list(folder)) files.push(`${folder}/${name}`);
  }
  return files;
}
