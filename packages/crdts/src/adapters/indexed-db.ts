/**
 * Keeps a replica in a browser, for several tabs at once.
 *
 * Every tab has a replica of its own, under an id of its own, over one database. What a tab appends
 * is a row; the others read it as soon as they are told. A snapshot is a row, too, and its writer
 * removes the rows that are in it: those that it wrote or read itself, and no others, for another
 * tab may just have written what it has not seen. So there may be a snapshot of each tab, until one
 * has read them all.
 *
 * A browser may refuse a database, run out of room, or take the database away while it is open,
 * when somebody clears the data of the site. Each of these has an error of its own; what was
 * appended and not confirmed is then not kept, and whoever appended it knows.
 *
 * @packageDocumentation
 */
import {
  type ForeignRows,
  StoreFullError,
  StoreGoneError,
  type StoredReplica,
  StoreUnavailableError,
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
  /** Undoes it. */
  abort(): void;
  /** A store of its scope. */
  objectStore(name: string): ObjectStoreLike;
  /** Called once it is durable. */
  oncomplete: ((event: never) => unknown) | null;
  /** Called once it is undone. */
  onabort: ((event: never) => unknown) | null;
}

/** What is used of a `DOMStringList`. */
export interface NameListLike {
  /** Whether `name` is one of them. */
  contains(name: string): boolean;
}

/** What is used of an `IDBDatabase`. */
export interface DatabaseLike {
  /** Makes a store, while the database is made. */
  createObjectStore(name: string, options: { readonly autoIncrement: boolean }): unknown;
  /** The stores that it has. */
  readonly objectStoreNames: NameListLike;
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
  /** Called when the browser has closed it. */
  onclose: ((event: never) => unknown) | null;
}

/** What is used of an `IDBOpenDBRequest`. */
export interface OpenRequestLike extends RequestLike<DatabaseLike> {
  /** Called when the database is made. */
  onupgradeneeded: ((event: never) => unknown) | null;
  /** Called when another tab has to let go of it first, and does not. */
  onblocked: ((event: never) => unknown) | null;
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

declare const indexedDB: DatabaseFactoryLike | undefined;
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
  /** Called when opening has to wait for another tab: somebody may have to close it. */
  readonly onBlocked?: () => void;
  /** Called when the open database is taken away: cleared, deleted, or upgraded by another tab. */
  readonly onGone?: (error: StoreGoneError) => void;
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
  /** Calls of `append`, and up to which of them all are refused, as there was no room. */
  #appendCount = 0;
  #refusedCount = 0;
  #gone: StoreGoneError | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(
    database: DatabaseLike,
    broadcast: BroadcastLike | undefined,
    { durability = 'strict', onGone }: IndexedDbStoreOptions,
  ) {
    this.#database = database;
    this.#durability = durability;
    this.#broadcast = broadcast;
    const lose = (): void => {
      if (this.#gone !== undefined || this.#isClosed) return;
      this.#gone = new StoreGoneError('indexed-db: the database was taken away');
      database.close();
      onGone?.(this.#gone);
    };
    database.onversionchange = lose;
    database.onclose = lose;
    if (broadcast !== undefined)
      broadcast.onmessage = () => void this.refresh().catch(() => undefined);
  }

  /**
   * Opens the database, or makes it.
   *
   * @throws StoreUnavailableError (as a rejection) if there is none, as in some private windows, or
   *   another one under this name; StoreFullError if there is no room for one.
   */
  static async open(options: IndexedDbStoreOptions): Promise<IndexedDbStore> {
    const database = await openDatabase(options);
    if (!database.objectStoreNames.contains(ROWS)) {
      database.close();
      throw new StoreUnavailableError(
        `indexed-db: expected '${options.name}' to be of this store, got another database`,
      );
    }
    const canBroadcast = typeof BroadcastChannel !== 'undefined';
    const broadcast =
      options.broadcast ??
      (canBroadcast ? new BroadcastChannel(`@quorate/crdts/${options.name}`) : undefined);
    return new IndexedDbStore(database, broadcast, options);
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
    const place = (this.#appendCount += 1);
    return this.#inTurn(async () => {
      // What comes behind others must not be kept without them.
      if (place <= this.#refusedCount) throw full();
      try {
        await this.#write(
          updates.map((bytes) => ({ kind: 'update', bytes })),
          [],
          position,
        );
      } catch (error) {
        if (error instanceof StoreFullError) this.#refusedCount = this.#appendCount;
        throw error;
      }
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
    await this.#work;
    this.#broadcast?.close();
    this.#database.close();
  }

  /** One after the other, so that rows are read before those behind them. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#work.then(work).catch((error: unknown) => {
      throw this.#typed(error);
    });
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
    const added = this.#addTo(transaction, rows, dead);
    await completionOf(transaction, added);
    for (const { result } of added) this.#known.set(Number(result), position);
    this.#broadcast?.postMessage('news');
  }

  #typed(error: unknown): StoreFullError | StoreGoneError {
    if (error instanceof StoreFullError) return error;
    if (this.#gone !== undefined) return this.#gone;
    return new StoreGoneError('indexed-db: the database does not work', { cause: error });
  }

  #addTo(
    transaction: TransactionLike,
    rows: readonly Row[],
    dead: readonly number[],
  ): RequestLike<unknown>[] {
    const store = transaction.objectStore(ROWS);
    try {
      const added = rows.map((row) => store.add(row));
      for (const key of dead) store.delete(key);
      return added;
    } catch (error) {
      // A row that is too large, say: what it was to replace must not go without it.
      transaction.abort();
      throw isQuota(error) ? full() : error;
    }
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
function completionOf(
  transaction: TransactionLike,
  requests: readonly RequestLike<unknown>[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      // Some browsers tell the reason only of the request that it was.
      const errors = [transaction.error, ...requests.map(({ error }) => error)];
      if (errors.some(isQuota)) reject(full());
      else reject(transaction.error ?? new Error('indexed-db: a transaction was aborted'));
    };
  });
}

async function openDatabase(options: IndexedDbStoreOptions): Promise<DatabaseLike> {
  const { name, factory = typeof indexedDB === 'undefined' ? undefined : indexedDB } = options;
  if (factory === undefined) {
    throw new StoreUnavailableError('indexed-db: expected one in this browser, got none');
  }
  try {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ROWS, { autoIncrement: true });
    };
    request.onblocked = () => {
      options.onBlocked?.();
    };
    return await resultOf(request);
  } catch (error) {
    if (isQuota(error)) throw full();
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreUnavailableError(`indexed-db: '${name}' cannot be opened: ${reason}`, {
      cause: error,
    });
  }
}

function isQuota(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

function full(): StoreFullError {
  return new StoreFullError('indexed-db: the quota is used up');
}
