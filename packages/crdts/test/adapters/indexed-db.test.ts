import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { IndexedDbStore, type IndexedDbStoreOptions } from '../../src/adapters/indexed-db.ts';
import { DurableReplica } from '../../src/persistence/durable-replica.ts';
import {
  StoreFullError,
  StoreGoneError,
  StoreUnavailableError,
} from '../../src/persistence/update-store.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { domError, FakeIndexedDb, fakeKeyRange } from '../support/fake-indexed-db.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

let factory: FakeIndexedDb;
let lives = 0;

beforeEach(() => {
  vi.stubGlobal('IDBKeyRange', fakeKeyRange);
  vi.stubGlobal('BroadcastChannel', undefined);
  factory = new FakeIndexedDb();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

function openStore(options: Partial<IndexedDbStoreOptions> = {}): Promise<IndexedDbStore> {
  return IndexedDbStore.open({ name: 'note', factory, ...options });
}

async function rowsOf(store: IndexedDbStore): Promise<number[]> {
  const { snapshots, updates } = await store.load();
  const all = [...snapshots];
  for await (const some of updates) all.push(...some);
  return all.map(({ length }) => length);
}

async function openDurable(clock: ManualClock, errors: unknown[] = []) {
  const id = (): string => `life ${(lives += 1)}`;
  return DurableReplica.open<TextDocument>({
    ...{ store: await openStore(), clock, snapshotAfterBytes: 1_000 },
    create: (saved) =>
      saved === undefined
        ? new TextDocument({ replicaId: id() })
        : TextDocument.load(saved, { replicaId: id() }),
    save: (text) => text.save(),
    onError: (error) => errors.push(error),
  });
}

describe('a browser without a database to use', () => {
  test('says so by name: no IndexedDB, one that throws, one that fails', async () => {
    vi.stubGlobal('indexedDB', undefined);
    await expect(IndexedDbStore.open({ name: 'note' })).rejects.toThrow(StoreUnavailableError);
    factory.openThrows = domError('SecurityError');
    await expect(openStore()).rejects.toThrow(StoreUnavailableError);
    factory.openThrows = undefined;
    for (const name of ['InvalidStateError', 'VersionError', 'UnknownError']) {
      factory.openFails = domError(name);
      const error: unknown = await openStore().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'CRDTS_STORE_UNAVAILABLE', cause: { name } });
    }
    factory.openFails = domError('QuotaExceededError');
    await expect(openStore()).rejects.toThrow(StoreFullError);
  });

  test('or one of something else under that name', async () => {
    factory.databases.set('note', new Map());
    await expect(openStore()).rejects.toThrow("expected 'note' to be of this store");
    expect(factory.connections.size).toBe(0);
  });

  test('or one that another tab holds back: it is told, and opens when that lets go', async () => {
    factory.isBlocked = true;
    let blockedCount = 0;
    const opening = openStore({ onBlocked: () => void (blockedCount += 1) });
    await settle();
    expect(blockedCount).toBe(1);
    factory.unblock?.();
    expect(await rowsOf(await opening)).toEqual([]);
  });
});

describe('a full database', () => {
  test.each([true, false])('refuses what finds no room (reason told: %s)', async (saysWhy) => {
    factory.quotaBytes = 1_000;
    factory.saysWhy = saysWhy;
    const store = await openStore();
    await store.load();
    await store.append([bytes(600)]);
    await expect(store.append([bytes(300), bytes(300)])).rejects.toThrow(StoreFullError);
    await store.append([bytes(200)]);
    await expect(store.saveSnapshot(bytes(5_000), store.position)).rejects.toThrow(StoreFullError);
    expect(await rowsOf(await openStore())).toEqual([600, 200]);
    await store.saveSnapshot(bytes(900), store.position);
    expect(await rowsOf(await openStore())).toEqual([900]);
  });

  test('refuses with it what was appended behind it', async () => {
    factory.quotaBytes = 1_000;
    const store = await openStore();
    await store.load();
    const large = store.append([bytes(2_000)]);
    const small = store.append([bytes(10)]);
    await expect(large).rejects.toThrow(StoreFullError);
    await expect(small).rejects.toThrow(StoreFullError);
    await store.append([bytes(20)]);
    expect(await rowsOf(await openStore())).toEqual([20]);
  });

  test('keeps all once there is room, and promises nothing before', async () => {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const durable = await openDurable(clock, errors);
    factory.quotaBytes = 200;
    for (let at = 0; at < 50; at += 1) durable.replica.insert(0, 'some words ');
    await settle();
    await expect(durable.flushed()).rejects.toThrow(StoreFullError);
    expect(errors.every((error) => error instanceof StoreFullError)).toBe(true);
    factory.quotaBytes = 1_000_000_000;
    await clock.advance(5_000);
    await durable.flushed();
    const again = await openDurable(clock);
    expect(again.replica.toString()).toBe(durable.replica.toString());
  });

  test('loses nothing by what is refused at once, and keeps nothing of it', async () => {
    const store = await openStore();
    await store.load();
    await store.append([bytes(100)]);
    for (const name of ['QuotaExceededError', 'UnknownError']) {
      factory.addThrows = domError(name);
      const expected = name === 'UnknownError' ? StoreGoneError : StoreFullError;
      await expect(store.append([bytes(10), bytes(60)])).rejects.toThrow(expected);
      await expect(store.saveSnapshot(bytes(60), store.position)).rejects.toThrow(expected);
    }
    factory.addThrows = undefined;
    expect(await rowsOf(await openStore())).toEqual([100]);
  });
});

describe('a database that is taken away', () => {
  test.each<[string, (on: FakeIndexedDb) => void]>([
    ['deleted by another tab', (on) => on.delete('note')],
    ['cleared by the browser', (on) => on.clear('note')],
  ])('is told at once, and by all that comes after (%s)', async (_name, take) => {
    const told: unknown[] = [];
    const store = await openStore({ onGone: (error) => told.push(error) });
    await store.load();
    await store.append([bytes(10)]);
    const begun = store.append([bytes(20)]);
    begun.catch(() => undefined);
    take(factory);
    await expect(store.append([bytes(30)])).rejects.toThrow(StoreGoneError);
    await expect(store.saveSnapshot(bytes(1), store.position)).rejects.toThrow(StoreGoneError);
    expect(told).toHaveLength(1);
    await store.close();
    expect(await rowsOf(await openStore())).toEqual([]);
  });

  test('breaks a durable replica, which goes on and promises nothing', async () => {
    const errors: unknown[] = [];
    const durable = await openDurable(new ManualClock(), errors);
    durable.replica.insert(0, 'a');
    await durable.flushed();
    factory.delete('note');
    durable.replica.insert(0, 'b');
    await expect(durable.flushed()).rejects.toThrow(StoreGoneError);
    expect(errors).toHaveLength(1);
    expect(durable.replica.toString()).toBe('ba');
    await durable.close();
  });

  test('is not one that was closed here', async () => {
    const told: unknown[] = [];
    const store = await openStore({ onGone: (error) => told.push(error) });
    await store.close();
    factory.delete('note');
    expect(told).toEqual([]);
  });
});

test('what is being written when the store is closed is kept, and told as kept', async () => {
  let isOpen = true;
  const broadcast = {
    onmessage: null,
    postMessage: () => {
      if (!isOpen) throw domError('InvalidStateError');
    },
    close: () => {
      isOpen = false;
    },
  };
  const store = await openStore({ broadcast });
  await store.load();
  const appended = store.append([bytes(10)]);
  await Promise.all([appended, store.close()]);
  expect(await rowsOf(await openStore())).toEqual([10]);
});
