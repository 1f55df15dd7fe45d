/* As much of IndexedDB as the store uses, with what can go wrong in a browser. */
import type {
  DatabaseFactoryLike,
  DatabaseLike,
  ObjectStoreLike,
  OpenRequestLike,
  RequestLike,
  TransactionLike,
} from '../../src/adapters/indexed-db.ts';

interface Table {
  readonly rows: Map<number, unknown>;
  nextKey: number;
}

/** A range of keys from `lowerBound`, as the fake understands it. */
export const fakeKeyRange = {
  lowerBound: (key: number): unknown => key,
};

/** An error as a browser throws it. */
export function domError(name: string): Error {
  return new DOMException(`${name} of the fake`, name);
}

class FakeRequest<Result> implements RequestLike<Result> {
  result!: Result;
  error: Error | null = null;
  onsuccess: (() => unknown) | null = null;
  onerror: (() => unknown) | null = null;
}

class FakeOpenRequest extends FakeRequest<DatabaseLike> implements OpenRequestLike {
  onupgradeneeded: (() => unknown) | null = null;
  onblocked: (() => unknown) | null = null;
}

/** Databases in memory. */
export class FakeIndexedDb implements DatabaseFactoryLike {
  readonly databases: Map<string, Map<string, Table>> = new Map<string, Map<string, Table>>();
  readonly connections: Map<FakeDatabase, string> = new Map<FakeDatabase, string>();
  /** How many bytes all rows may have. */
  quotaBytes = 1_000_000_000;
  /** What opening fails with; thrown at once, or by the request. */
  openThrows: Error | undefined;
  openFails: Error | undefined;
  /** What the addition of a row throws that is larger than so many bytes. */
  addThrows: Error | undefined;
  rowBytesMax = 50;
  /** Whether an aborted transaction says why, or only its request does. */
  saysWhy = true;
  /** Ends what opening waits for. */
  unblock: (() => void) | undefined;
  isBlocked = false;

  open(name: string): FakeOpenRequest {
    if (this.openThrows !== undefined) throw this.openThrows;
    const request = new FakeOpenRequest();
    queueMicrotask(() => {
      if (!this.isBlocked) {
        this.#finish(name, request);
        return;
      }
      this.unblock = () => this.#finish(name, request);
      request.onblocked?.();
    });
    return request;
  }

  /** Deletes a database, as another tab or the browser does. */
  delete(name: string): void {
    for (const [database, of] of this.connections) if (of === name) database.onversionchange?.();
    this.databases.delete(name);
  }

  /** Closes the connections to a database, as the browser does when somebody clears its data. */
  clear(name: string): void {
    this.databases.delete(name);
    for (const [database, of] of [...this.connections]) {
      if (of !== name) continue;
      database.isClosed = true;
      database.onclose?.();
    }
  }

  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const tables of this.databases.values()) {
      for (const { rows } of tables.values()) {
        for (const row of rows.values()) sizeBytes += sizeOf(row);
      }
    }
    return sizeBytes;
  }

  #finish(name: string, request: FakeOpenRequest): void {
    if (this.openFails !== undefined) {
      request.error = this.openFails;
      request.onerror?.();
      return;
    }
    const isNew = !this.databases.has(name);
    const tables = this.databases.get(name) ?? new Map<string, Table>();
    this.databases.set(name, tables);
    const database = new FakeDatabase(this, tables);
    request.result = database;
    this.connections.set(database, name);
    if (isNew) request.onupgradeneeded?.();
    request.onsuccess?.();
  }
}

class FakeDatabase implements DatabaseLike {
  readonly #tables: Map<string, Table>;
  readonly #owner: FakeIndexedDb;
  isClosed = false;
  onversionchange: (() => unknown) | null = null;
  onclose: (() => unknown) | null = null;

  constructor(owner: FakeIndexedDb, tables: Map<string, Table>) {
    this.#owner = owner;
    this.#tables = tables;
  }

  get objectStoreNames(): { contains(name: string): boolean } {
    return { contains: (name) => this.#tables.has(name) };
  }

  createObjectStore(name: string): void {
    this.#tables.set(name, { rows: new Map(), nextKey: 1 });
  }

  transaction(name: string): FakeTransaction {
    const table = this.#tables.get(name);
    if (this.isClosed) throw domError('InvalidStateError');
    if (table === undefined) throw domError('NotFoundError');
    return new FakeTransaction(this.#owner, table);
  }

  close(): void {
    this.isClosed = true;
    this.#owner.connections.delete(this);
  }
}

class FakeTransaction implements TransactionLike, ObjectStoreLike {
  error: Error | null = null;
  oncomplete: (() => unknown) | null = null;
  onabort: (() => unknown) | null = null;
  readonly #owner: FakeIndexedDb;
  readonly #table: Table;
  readonly #work: (() => void)[] = [];
  readonly #added: FakeRequest<unknown>[] = [];
  readonly #before: Map<number, unknown>;
  #isAborted = false;

  constructor(owner: FakeIndexedDb, table: Table) {
    this.#owner = owner;
    this.#table = table;
    this.#before = new Map(table.rows);
    queueMicrotask(() => this.#run());
  }

  objectStore(): this {
    return this;
  }

  add(value: unknown): FakeRequest<unknown> {
    const { addThrows, rowBytesMax } = this.#owner;
    if (addThrows !== undefined && sizeOf(value) > rowBytesMax) throw addThrows;
    const request = new FakeRequest<unknown>();
    this.#added.push(request);
    this.#work.push(() => {
      const key = this.#table.nextKey++;
      this.#table.rows.set(key, value);
      request.result = key;
    });
    return request;
  }

  delete(key: number): FakeRequest<unknown> {
    this.#work.push(() => this.#table.rows.delete(key));
    return new FakeRequest();
  }

  getAll(range: unknown): FakeRequest<unknown[]> {
    return this.#read(range, ([, value]) => value);
  }

  getAllKeys(range: unknown): FakeRequest<unknown[]> {
    return this.#read(range, ([key]) => key);
  }

  abort(): void {
    this.#isAborted = true;
  }

  #read(range: unknown, of: (entry: [number, unknown]) => unknown): FakeRequest<unknown[]> {
    const request = new FakeRequest<unknown[]>();
    this.#work.push(() => {
      request.result = [...this.#table.rows].filter(([key]) => key > Number(range)).map(of);
      request.onsuccess?.();
    });
    return request;
  }

  #run(): void {
    if (!this.#isAborted) for (const work of this.#work) work();
    const isOver = this.#added.length > 0 && this.#owner.sizeBytes > this.#owner.quotaBytes;
    if (!this.#isAborted && !isOver) {
      this.oncomplete?.();
      return;
    }
    this.#table.rows.clear();
    for (const [key, value] of this.#before) this.#table.rows.set(key, value);
    const error = isOver ? domError('QuotaExceededError') : null;
    if (this.#owner.saysWhy) this.error = error;
    for (const request of this.#added) request.error = error;
    this.onabort?.();
  }
}

function sizeOf(row: unknown): number {
  if (typeof row !== 'object' || row === null || !('bytes' in row)) return 0;
  return row.bytes instanceof Uint8Array ? row.bytes.length : 0;
}
