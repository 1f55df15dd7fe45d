/*
 * A replica that comes back after a crash.
 *
 * Every update, of this replica or another one, is appended to a store before anybody is told that
 * it is safe; from time to time a snapshot takes the place of the updates before it. What a crash
 * takes is what nobody was promised: `flushed` tells when all is durable, and a `Replicator` that
 * is given it acknowledges nothing before, so that peers send it again.
 *
 * ```text
 *   edit ──▶ replica ──▶ onLocalUpdate ──┐
 *                                        ├──▶ append ──▶ durable ──▶ flushed, acknowledged
 *   peer ──▶ apply ──▶ replica ──────────┘       │
 *                                                ▼ more updates than the last snapshot has bytes
 *                                             snapshot ──▶ forget the updates before it
 * ```
 *
 * After a load the replica needs an id that no life of it had before. What this one wrote and lost,
 * others may have seen; under a new id nothing can be confused with it.
 *
 * A full disk is no broken one. What found no room waits in memory, in order, and is tried again;
 * beyond a limit nothing more is taken from peers, who keep it. A broken store is final: the
 * replica works on, and nothing is promised any more.
 */
import type { Clock, Timer } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';

import { checkReplacement } from '../check-replacement.ts';
import { ClosedError } from '../closed-error.ts';
import { BeforeHistoryError, CrdtsError, PendingFullError } from '../errors.ts';
import type { ApplyOutcome, Replica } from '../replica.ts';
import { type ForeignRows, StoreFullError, type UpdateStore } from './update-store.ts';

/** A replica that takes in many updates faster than one by one, perhaps. */
export interface LoadableReplica extends Replica {
  /** Takes in several updates, all or none. */
  applyAll?(updates: Iterable<Uint8Array>): ApplyOutcome;
}

/** How a replica is kept. */
export interface DurableReplicaOptions<R extends LoadableReplica> {
  readonly store: UpdateStore;
  /** Makes the replica, under a new id each time: of a snapshot, or from nothing. */
  readonly create: (snapshot: Uint8Array | undefined) => R;
  /**
   * The bytes that `create` takes, of all that the replica has, its history and what waits in it
   * included: updates that are kept afterwards must find their past there. To trim, see `adopt`.
   */
  readonly save: (replica: R) => Uint8Array;
  /**
   * How many bytes of updates are kept before a snapshot takes their place, at least 1; as many as
   * the snapshot before has, if those are more. More: fewer snapshots, and longer loads. 1 MiB.
   */
  readonly snapshotAfterBytes?: number;
  /** How many bytes may wait for room in the store, at least 1. Default 16 MiB. */
  readonly waitingBytesMax?: number;
  /** How long to wait before a full store is tried again, in ms, more than 0. Default 1,000. */
  readonly retryMs?: number;
  /** Called once with what broke the store; with a StoreFullError each time that it fills up. */
  readonly onError?: (error: unknown) => void;
  /**
   * Called when somebody else who uses the store, such as another tab, has changed the replica: a
   * `Replicator` must be told (`changed`).
   */
  readonly onForeignChange?: () => void;
  /**
   * Called when another replica has taken the place of `replica`, by `adopt` or because somebody
   * else who uses the store did that: show that one from now on.
   */
  readonly onReplaced?: (replica: R) => void;
  readonly clock?: Clock;
}

interface Subscription {
  readonly listener: (update: Uint8Array) => void;
  readonly end: () => void;
}

interface Settings {
  readonly snapshotAfterBytes: number;
  readonly waitingBytesMax: number;
  readonly retryMs: number;
}

/**
 * A replica whose updates are kept in a store. Everything that changes it must pass through it.
 *
 * @example
 * ```ts
 * import { DiskStore, DurableReplica } from '@quorate/crdts/persistence';
 * import { TextDocument } from '@quorate/crdts/text';
 * import { MemoryDisk } from '@quorate/storage/memory';
 *
 * const disk = new MemoryDisk();
 * const open = async (on: MemoryDisk, replicaId: string): Promise<DurableReplica<TextDocument>> =>
 *   DurableReplica.open({
 *     store: await DiskStore.open({ disk: on, directory: 'note' }),
 *     create: (snapshot) =>
 *       snapshot === undefined
 *         ? new TextDocument({ replicaId })
 *         : TextDocument.load(snapshot, { replicaId }),
 *     save: (text) => text.save(),
 *   });
 * const first = await open(disk, 'life 1');
 * first.replica.insert(0, 'Hello');
 * await first.flushed();
 *
 * const second = await open(disk.afterCrash(), 'life 2');
 * second.replica.toString(); // => 'Hello'
 * ```
 */
export class DurableReplica<R extends LoadableReplica> implements Replica {
  readonly #options: DurableReplicaOptions<R>;
  readonly #settings: Settings;
  readonly #clock: Clock;
  #replica: R;
  readonly #unwatch: () => void;
  readonly #unkeep: () => void;
  /** Listeners to local changes, with what ends the subscription of each at the replica. */
  readonly #listeners = new Map<object, Subscription>();
  /** Updates that found no room, in order, and their bytes. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Settles when all that was appended is durable. */
  #appended: Promise<void> = Promise.resolve();
  /** Bytes of updates that no snapshot has, and of the latest snapshot. */
  #looseBytes: number;
  #snapshotBytes: number;
  #snapshotting: Promise<void> | undefined;
  /** Settles when the store has the replica that took the place of another one. */
  #adopted: Promise<void> | undefined;
  #adoptedRetry: Timer | undefined;
  #retry: Timer | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;
  /** Whether something in the store is not in the replica. */
  #isPartial = false;

  private constructor(
    options: DurableReplicaOptions<R>,
    settings: Settings,
    replica: R,
    sizes: { readonly looseBytes: number; readonly snapshotBytes: number },
  ) {
    this.#replica = replica;
    this.#options = options;
    this.#settings = settings;
    this.#clock = options.clock ?? systemClock;
    this.#looseBytes = sizes.looseBytes;
    this.#snapshotBytes = sizes.snapshotBytes;
    const unwatch = options.store.watch?.((rows) => {
      this.#takeForeign(rows);
    });
    this.#unwatch = unwatch ?? (() => undefined);
    this.#unkeep = this.onLocalUpdate((update) => {
      this.#keep(update);
    });
  }

  /**
   * Makes the replica that the store has, or begins one.
   *
   * @throws RangeError if an option is out of its range. What the store, or the replica, says about
   *   what is stored (as a rejection).
   *
   * @remarks O(snapshot and updates since).
   */
  static async open<R extends LoadableReplica>(
    options: DurableReplicaOptions<R>,
  ): Promise<DurableReplica<R>> {
    const settings = settingsOf(options);
    const { snapshots, updates } = await options.store.load();
    const [snapshot, ...others] = snapshots;
    let replica = options.create(snapshot);
    for (const other of others) replica = joined(replica, options.create(other));
    let looseBytes = 0;
    for await (const some of updates) {
      applyAll(replica, some);
      looseBytes += some.reduce((sum, { length }) => sum + length, 0);
    }
    const sizes = { looseBytes, snapshotBytes: snapshot?.length ?? 0 };
    return new DurableReplica(options, settings, replica, sizes);
  }

  /** The replica itself: edit it freely, but give updates of others to `apply` here. */
  get replica(): R {
    return this.#replica;
  }

  /** How much waits for its past in the replica. */
  get waitingCount(): number {
    return this.#replica.waitingCount ?? 0;
  }

  /** Bytes of updates that wait for room in the store. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** What the replica has; see `Replica.encodeVersion`. */
  encodeVersion(): Uint8Array {
    return this.#replica.encodeVersion();
  }

  /** What a replica at `version` lacks; see `Replica.updatesSince`. */
  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    return this.#replica.updatesSince(version, maxSizeBytes);
  }

  /** Whether the holder of `version` has all that is here. */
  isCoveredBy(version: Uint8Array): boolean {
    return this.#replica.isCoveredBy(version);
  }

  /**
   * Takes in an update of another replica, and keeps it; see `Replica.apply`.
   *
   * @throws PendingFullError also if the store is full, and too much waits for it.
   */
  apply(update: Uint8Array): ApplyOutcome {
    if (this.#waitingBytes + update.length > this.#settings.waitingBytesMax) {
      throw new PendingFullError('store: full, and so is what waits for it');
    }
    const outcome = this.#take(update);
    if (outcome.kind !== 'duplicate') this.#keep(update.slice());
    return outcome;
  }

  /** Calls `listener` with the bytes of each local change; see `Replica.onLocalUpdate`. */
  onLocalUpdate(listener: (update: Uint8Array) => void): () => void {
    const end = this.#replica.onLocalUpdate(listener);
    const key = {};
    this.#listeners.set(key, { listener, end });
    return () => {
      this.#listeners.get(key)?.end();
      this.#listeners.delete(key);
    };
  }

  /**
   * Puts the replica that `create` makes of `bytes`, a whole document of a peer, in the place of
   * the one that is here: what `onWholeDocument` of a `Replicator` is there for. Listeners to local
   * changes go over to it. Given bytes of this replica without its past, this trims it.
   *
   * @throws BeforeHistoryError if it lacks something of what is here, which would be lost;
   *   ForkedReplicaError; ClosedError after `close`; what `create` throws. Nothing has changed.
   *
   * @example
   * ```ts
   * import type { DurableReplica } from '@quorate/crdts/persistence';
   * import type { Replicator } from '@quorate/crdts/replicator';
   * import type { TextDocument } from '@quorate/crdts/text';
   *
   * function share(replicator: Replicator, durable: DurableReplica<TextDocument>): void {
   *   replicator.attach('note', durable, {
   *     flushed: () => durable.flushed(),
   *     save: () => durable.replica.save(),
   *     onWholeDocument: ({ bytes }) => durable.adopt(bytes),
   *   });
   * }
   * ```
   */
  adopt(bytes: Uint8Array): this {
    if (this.#isClosed) throw new ClosedError('durable replica');
    const replica = this.#options.create(bytes);
    checkReplacement(this.#replica, replica);
    // It has all that waits for room, too.
    [this.#waiting, this.#waitingBytes] = [[], 0];
    this.#replace(replica);
    // Whether it could be kept matters no more, but where it stands in the store does.
    this.#appended = this.#appended.catch(() => undefined);
    this.#storeAdopted();
    return this;
  }

  /**
   * Settles once all that the replica has now is durable.
   *
   * @throws StoreFullError (as a rejection) if there is no room now: it is tried again, and so may
   *   the caller. What broke the store, if something did. ClosedError after `close`.
   */
  flushed(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(asError(this.#failure.error));
    if (this.#waiting.length > 0) {
      const message = `store: ${this.#waitingBytes} bytes wait for room`;
      return Promise.reject(new StoreFullError(message));
    }
    return this.#adopted === undefined ? this.#appended : this.#adopted.then(() => this.#appended);
  }

  /** Makes a snapshot now, whatever is due; so the next load is as fast as can be. */
  async compact(): Promise<void> {
    if (this.#isClosed) throw new ClosedError('durable replica');
    await this.#snapshotting;
    await this.#takeSnapshot();
  }

  /** Keeps nothing any more; waits until what was kept is durable, if it can be. Idempotent. */
  async close(): Promise<void> {
    this.#unwatch();
    this.#unkeep();
    this.#isClosed = true;
    this.#retry?.cancel();
    this.#adoptedRetry?.cancel();
    await this.#snapshotting;
    await this.#appended.catch(() => undefined);
    await this.#options.store.close();
  }

  /** What others have kept need not be kept again. */
  #takeForeign({ snapshots, updates }: ForeignRows): void {
    try {
      for (const snapshot of snapshots) {
        const replica = joined(this.#replica, this.#options.create(snapshot));
        if (replica !== this.#replica) this.#replace(replica);
      }
      applyAll(this.#replica, updates);
    } catch (error) {
      // A snapshot of this replica must not take the place of what it could not read.
      this.#isPartial = true;
      this.#report(error);
    }
    this.#options.onForeignChange?.();
  }

  #replace(replica: R): void {
    this.#replica = replica;
    for (const [key, { listener, end }] of this.#listeners) {
      end();
      this.#listeners.set(key, { listener, end: replica.onLocalUpdate(listener) });
    }
    this.#options.onReplaced?.(replica);
  }

  /** Until a snapshot has what was adopted, the store has what was there before. */
  #storeAdopted(): void {
    const before = Promise.all([this.#snapshotting, this.#appended]);
    const stored = before.then(() => this.#takeSnapshot());
    const settled = stored.then(
      () => {
        if (this.#adopted === stored) this.#adopted = undefined;
      },
      (error: unknown) => {
        if (!(error instanceof StoreFullError)) {
          this.#fail(error);
          return;
        }
        this.#report(error);
        if (this.#isClosed) return;
        this.#adoptedRetry = this.#clock.setTimer(this.#settings.retryMs, () => {
          this.#storeAdopted();
        });
      },
    );
    this.#adopted = stored;
    const snapshotting = settled.finally(() => {
      if (this.#snapshotting === snapshotting) this.#snapshotting = undefined;
    });
    this.#snapshotting = snapshotting;
  }

  #take(update: Uint8Array): ApplyOutcome {
    try {
      return this.#replica.apply(update);
    } catch (error) {
      // A listener of the replica may have thrown, which has the update all the same then: it will
      // be taken for known, and acknowledged, when it comes again.
      if (!(error instanceof CrdtsError) && this.#admits(update)) this.#keep(update.slice());
      throw error;
    }
  }

  #admits(update: Uint8Array): boolean {
    try {
      this.#replica.apply(update);
      return true;
    } catch {
      return false;
    }
  }

  #keep(update: Uint8Array): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    if (this.#waiting.length > 0) this.#putAside([update]);
    else this.#append([update]);
  }

  #append(updates: readonly Uint8Array[]): void {
    const appended = this.#options.store.append(updates);
    this.#appended = appended.then(
      () => {
        this.#looseBytes += updates.reduce((sum, { length }) => sum + length, 0);
        this.#snapshotIfDue();
      },
      (error: unknown) => {
        if (error instanceof StoreFullError) this.#putAside(updates);
        else this.#fail(error);
        throw error;
      },
    );
    // Whoever asks `flushed` hears of it.
    this.#appended.catch(() => undefined);
  }

  /** Updates are refused in the order in which they were appended, and so stay in order here. */
  #putAside(updates: readonly Uint8Array[]): void {
    if (this.#waiting.length === 0) {
      this.#report(new StoreFullError('store: no room'));
      this.#retryLater();
    }
    this.#waiting.push(...updates);
    this.#waitingBytes += updates.reduce((sum, { length }) => sum + length, 0);
  }

  #retryLater(): void {
    if (this.#isClosed) return;
    this.#retry = this.#clock.setTimer(this.#settings.retryMs, () => {
      const updates = this.#waiting;
      [this.#waiting, this.#waitingBytes] = [[], 0];
      if (updates.length > 0) this.#append(updates);
    });
  }

  #snapshotIfDue(): void {
    const dueBytes = Math.max(this.#settings.snapshotAfterBytes, this.#snapshotBytes);
    if (this.#looseBytes < dueBytes || this.#snapshotting !== undefined) return;
    if (this.#isClosed || this.#failure !== undefined) return;
    // Somebody else who joins this snapshot to its own would lose what waits in it.
    if (this.#isPartial) return;
    if (this.#options.store.watch !== undefined && this.waitingCount > 0) return;
    this.#snapshotting = this.#takeSnapshot()
      .catch((error: unknown) => {
        // The updates are still there. Not again for each of them.
        this.#looseBytes = 0;
        this.#report(error);
      })
      .finally(() => {
        this.#snapshotting = undefined;
      });
  }

  async #takeSnapshot(): Promise<void> {
    const { store, save } = this.#options;
    // The snapshot has all that was appended, durable or not, and more if some waits for room. A
    // position that is not durable may come to name another update, so it must be durable first.
    const [bytes, position, looseBytes] = [save(this.#replica), store.position, this.#looseBytes];
    await this.#appended;
    await store.saveSnapshot(bytes, position);
    this.#looseBytes -= looseBytes;
    this.#snapshotBytes = bytes.length;
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#report(error);
  }

  #report(error: unknown): void {
    this.#options.onError?.(error);
  }
}

function applyAll(replica: LoadableReplica, updates: readonly Uint8Array[]): void {
  if (replica.applyAll === undefined) for (const update of updates) replica.apply(update);
  else if (updates.length > 0) replica.applyAll(updates);
}

/** What goes on of two replicas: the first with what the second has, or the one that has all. */
function joined<R extends LoadableReplica>(replica: R, other: R): R {
  try {
    applyAll(replica, other.updatesSince(replica.encodeVersion()));
    return replica;
  } catch (error) {
    if (!(error instanceof BeforeHistoryError)) throw error;
    checkReplacement(replica, other);
    return other;
  }
}

function settingsOf(options: Partial<Settings>): Settings {
  const { snapshotAfterBytes = 2 ** 20, waitingBytesMax = 2 ** 24, retryMs = 1_000 } = options;
  for (const [name, value] of Object.entries({ snapshotAfterBytes, waitingBytesMax })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(`${name}: expected an integer of at least 1, got ${value}`);
  }
  if (!(retryMs > 0 && retryMs < 2 ** 31)) {
    throw new RangeError(`retryMs: expected more than 0, got ${retryMs}`);
  }
  return { snapshotAfterBytes, waitingBytesMax, retryMs };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
