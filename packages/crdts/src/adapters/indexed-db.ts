/**
 * Keeps a replica in a browser, for several tabs at once.
 *
 * Every tab has a replica of its own, under an id of its own, over one database. What a tab appends
 * is a row; the others read it as soon as they are told. A snapshot is a row, too, and its writer
 * removes the rows that are in it: those that it wrote or read itself, and no others, for another
 * tab may just have written what it has not seen. So there may be a snapshot of each tab, until one
 * has read them all.
 *
 * @packageDocumentation
 */
import {
  type ForeignRows,
  StoreFullError,
  type StoredReplica,
  type UpdateStore,
} from '../persistence/update-store.ts';

/** What is used of an `IDBRequest`. */
export interface RequestLike<Result> {
  /** What came of it. */
  readonly result: Result;
  /** Why nothing did. */
  readonly error: Error | null;
  /** Called once, with one or the other. */
  onsuccess: ((event: never) => unknown) | null;
  /** Called once, if it failed. */
  onerror: ((event: never) => unknown) | null;
}

/** What is used of an `IDBObjectStore`. */
export interface ObjectStoreLike {
  /** Adds a row. */
  add(value: unknown): RequestLike<unknown>;
  /** Removes a row. */
  delete(key: number): RequestLike<unknown>;
  /** The rows in a range of keys. */
  getAll(range: unknown): RequestLike<unknown[]>;
  /** The keys in a range. */
  getAllKeys(range: unknown): RequestLike<unknown[]>;
}

/** What is used of an `IDBTransaction`. */
export interface TransactionLike {
  /** Why it was aborted. */
  readonly error: Error | null;
  /** A store of its scope. */
  objectStore(name: string): ObjectStoreLike;
  /** Called once it is durable. */
  oncomplete: ((event: never) => unknown) | null;
  /** Called once it is undone. */
  onabort: ((event: never) => unknown) | null;
}

/** What is used of an `IDBDatabase`. */
export interface DatabaseLike {
  /** Makes a store, while the database is made. */
  createObjectStore(name: string, options: { readonly autoIncrement: boolean }): unknown;
  /** Begins a transaction. */
  transaction(
    name: string,
    mode: 'readonly' | 'readwrite',
    options: { readonly durability: 'strict' | 'relaxed' },
  ): TransactionLike;
  /** Lets go of it. */
  close(): void;
  /** Called when another tab wants to delete or upgrade it. */
  onversionchange: ((event: never) => unknown) | null;
}

/** What is used of an `IDBOpenDBRequest`. */
export interface OpenRequestLike extends RequestLike<DatabaseLike> {
  /** Called when the database is made. */
  onupgradeneeded: ((event: never) => unknown) | null;
}

/** What is used of an `IDBFactory`, such as `indexedDB`. */
export interface DatabaseFactoryLike {
  /** Opens a database, or makes it. */
  open(name: string, version: number): OpenRequestLike;
}

/** What is used of a `BroadcastChannel`. */
export interface BroadcastLike {
  /** Tells all others. */
  postMessage(message: unknown): void;
  /** Called with what others tell. */
  onmessage: ((event: never) => unknown) | null;
  /** Tells and hears nothing any more. */
  close(): void;
}

declare const indexedDB: DatabaseFactoryLike;
declare const IDBKeyRange: { lowerBound(key: number, isOpen: boolean): unknown };
declare const BroadcastChannel: (new (name: string) => BroadcastLike) | undefined;

/** Where a replica is kept. */
export interface IndexedDbStoreOptions {
  /** Of the database; one for each document. All tabs give it the same. */
  readonly name: string;
  /**
   * 'strict' (the default): durable means on the disk. 'relaxed': given to the system, faster, and
   * lost if the machine loses power.
   */
  readonly durability?: 'strict' | 'relaxed';
  /** By default the `indexedDB` of the page or worker. */
  readonly factory?: DatabaseFactoryLike;
  /** Tells other tabs of news. By default a `BroadcastChannel`, where there is one. */
  readonly broadcast?: BroadcastLike;
}

interface Row {
  readonly kind: 'snapshot' | 'update';
  readonly bytes: Uint8Array;
}

/** Rows that this tab has not seen. */
interface News extends ForeignRows {
  readonly keys: number[];
  readonly snapshots: Uint8Array[];
  readonly updates: Uint8Array[];
}

const ROWS = 'rows';

/** Keeps a replica in IndexedDB. Tabs of one origin may share it; each has a replica of its own. */
export class IndexedDbStore implements UpdateStore {
  readonly #database: DatabaseLike;
  readonly #durability: 'strict' | 'relaxed';
  readonly #broadcast: BroadcastLike | undefined;
  #listener: ((rows: ForeignRows) => void) | undefined;
  /** Rows that the replica has, each with the position at which it had it first. */
  readonly #known = new Map<number, number>();
  /** The largest key that was read or written; rows behind it are news of others. */
  #lastKey = 0;
  #position = 0;
  #work: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(
    database: DatabaseLike,
    durability: 'strict' | 'relaxed',
    broadcast: BroadcastLike | undefined,
  ) {
    this.#database = database;
    this.#durability = durability;
    this.#broadcast = broadcast;
    // Another tab wants to delete or upgrade the database.
    database.onversionchange = () => {
      database.close();
    };
    if (broadcast !== undefined)
      broadcast.onmessage = () => void this.refresh().catch(() => undefined);
  }

  /**
   * Opens the database, or makes it.
   *
   * @throws What IndexedDB says (as a rejection): in some private windows there is none.
   */
  static async open(options: IndexedDbStoreOptions): Promise<IndexedDbStore> {
    const { name, durability = 'strict', factory = indexedDB } = options;
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ROWS, { autoIncrement: true });
    };
    const database = await resultOf(request);
    const canBroadcast = typeof BroadcastChannel !== 'undefined';
    const broadcast =
      options.broadcast ??
      (canBroadcast ? new BroadcastChannel(`@quorate/crdts/${name}`) : undefined);
    return new IndexedDbStore(database, durability, broadcast);
  }

  /** How much this tab has put into the store and read from it, in rows. */
  get position(): number {
    return this.#position;
  }

  /** What is there. */
  async load(): Promise<StoredReplica> {
    const news = await this.#inTurn(() => this.#readNews());
    this.#adopt(news.keys);
    return {
      snapshots: news.snapshots,
      // eslint-disable-next-line @typescript-eslint/require-await -- it is all there already
      updates: (async function* () {
        yield news.updates;
      })(),
    };
  }

  /** Keeps updates; see `UpdateStore.append`. */
  append(updates: readonly Uint8Array[]): Promise<void> {
    const position = (this.#position += updates.length);
    return this.#inTurn(async () => {
      await this.#write(
        updates.map((bytes) => ({ kind: 'update', bytes })),
        [],
        position,
      );
    });
  }

  /** Takes `bytes` for what was there at `position`; see `UpdateStore.saveSnapshot`. */
  saveSnapshot(bytes: Uint8Array, position: number): Promise<void> {
    return this.#inTurn(async () => {
      const covered = [...this.#known].filter(([, at]) => at <= position).map(([key]) => key);
      await this.#write([{ kind: 'snapshot', bytes }], covered, position);
      for (const key of covered) this.#known.delete(key);
    });
  }

  /** Calls `listener` with what other tabs put into the store; it takes it in at once. */
  watch(listener: (rows: ForeignRows) => void): () => void {
    this.#listener = listener;
    void this.refresh().catch(() => undefined);
    return () => {
      this.#listener = undefined;
    };
  }

  /**
   * Looks for what other tabs have written. Where tabs cannot tell each other, call it now and
   * then, and when a page is shown again.
   */
  async refresh(): Promise<void> {
    if (this.#isClosed || this.#listener === undefined) return;
    const news = await this.#inTurn(() => this.#readNews());
    if (news.keys.length === 0) return;
    // Both at once: a snapshot that is made in between would count the rows and not have them.
    this.#adopt(news.keys);
    this.#listener(news);
  }

  /** Waits for what was begun, and lets go of the database. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#broadcast?.close();
    await this.#work;
    this.#database.close();
  }

  /** One after the other, so that rows are read before those behind them. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #readNews(): Promise<News> {
    const transaction = this.#begin('readonly');
    const rows = transaction.objectStore(ROWS);
    const range = IDBKeyRange.lowerBound(this.#lastKey, true);
    const [keys, values] = await Promise.all([
      resultOf(rows.getAllKeys(range)),
      resultOf(rows.getAll(range)),
    ]);
    const news: News = { keys: [], snapshots: [], updates: [] };
    for (const [index, value] of values.entries()) {
      const key = Number(keys[index]);
      this.#lastKey = Math.max(this.#lastKey, key);
      // Not what this tab wrote itself.
      if (this.#known.has(key) || !isRow(value)) continue;
      news.keys.push(key);
      (value.kind === 'snapshot' ? news.snapshots : news.updates).push(value.bytes);
    }
    return news;
  }

  /** The replica has these rows from now on. */
  #adopt(keys: readonly number[]): void {
    this.#position += 1;
    for (const key of keys) this.#known.set(key, this.#position);
  }

  async #write(rows: readonly Row[], dead: readonly number[], position: number): Promise<void> {
    const transaction = this.#begin('readwrite');
    const store = transaction.objectStore(ROWS);
    for (const key of dead) store.delete(key);
    const added = rows.map((row) => store.add(row));
    await completionOf(transaction);
    for (const { result } of added) this.#known.set(Number(result), position);
    this.#broadcast?.postMessage('news');
  }

  #begin(mode: 'readonly' | 'readwrite'): TransactionLike {
    return this.#database.transaction(ROWS, mode, { durability: this.#durability });
  }
}

function isRow(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null) return false;
  return 'bytes' in value && value.bytes instanceof Uint8Array && 'kind' in value;
}

function resultOf<Result>(request: RequestLike<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('indexed-db: a request failed'));
    };
  });
}

/** Settles when a transaction is durable, or undone. */
function completionOf(transaction: TransactionLike): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      const { error } = transaction;
      const isFull = error?.name === 'QuotaExceededError';
      if (isFull) reject(new StoreFullError('indexed-db: the quota is used up'));
      else reject(error ?? new Error('indexed-db: a transaction was aborted'));
    };
  });
}
