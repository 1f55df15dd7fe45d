/* Replicas in the browser's own database, with tabs that share it. */
import { afterEach, describe, expect, test } from 'vitest';

import { IndexedDbStore, type IndexedDbStoreOptions } from '../src/adapters/indexed-db.ts';
import { DurableReplica } from '../src/persistence/durable-replica.ts';
import { StoreGoneError, StoreUnavailableError } from '../src/persistence/update-store.ts';
import { saveShallow } from '../src/text/shallow-file.ts';
import { TextDocument } from '../src/text/text-document.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

let count = 0;

interface Tab {
  readonly store: IndexedDbStore;
  readonly durable: DurableReplica<TextDocument>;
  readonly text: TextDocument;
  /** Settles when another tab has changed the text. */
  readonly changed: () => Promise<void>;
}

async function openTab(
  name: string,
  options: Partial<IndexedDbStoreOptions> & { readonly snapshotAfterBytes?: number } = {},
): Promise<Tab> {
  count += 1;
  const replicaId = `tab ${count}`;
  const { snapshotAfterBytes = 1_000_000, ...storeOptions } = options;
  const store = await IndexedDbStore.open({ name, ...storeOptions });
  const waiting: (() => void)[] = [];
  const durable = await DurableReplica.open<TextDocument>({
    ...{ store, snapshotAfterBytes },
    create: (snapshot) =>
      snapshot === undefined
        ? new TextDocument({ replicaId })
        : TextDocument.load(snapshot, { replicaId }),
    save: (text) => text.save(),
    onForeignChange: () => {
      for (const wake of waiting.splice(0)) wake();
    },
    onError: (error) => {
      throw error;
    },
  });
  cleanUps.push(() => durable.close());
  const changed = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  return { store, durable, text: durable.replica, changed };
}

function freshName(): string {
  count += 1;
  const name = `test ${count} ${crypto.randomUUID()}`;
  cleanUps.push(() => indexedDB.deleteDatabase(name));
  return name;
}

/** How many rows the database has, of each kind. */
async function rowsOf(name: string): Promise<{ snapshots: number; updates: number }> {
  const store = await IndexedDbStore.open({ name });
  const { snapshots, updates } = await store.load();
  let updateCount = 0;
  for await (const some of updates) updateCount += some.length;
  await store.close();
  return { snapshots: snapshots.length, updates: updateCount };
}

describe('a replica in IndexedDB', () => {
  test('is there again after its tab was closed, with snapshots or without', async () => {
    const name = freshName();
    for (const snapshotAfterBytes of [1_000_000, 300, 300]) {
      const tab = await openTab(name, { snapshotAfterBytes });
      for (let index = 0; index < 50; index += 1) {
        tab.text.insert(tab.text.length, `line ${index}\n`);
        if (index % 5 === 0) await tab.durable.flushed();
      }
      await tab.durable.close();
    }
    const last = await openTab(name);
    expect(last.text.toString().split('\n')).toHaveLength(151);
    expect((await rowsOf(name)).updates).toBeLessThan(100);
    await last.durable.compact();
    expect(await rowsOf(name)).toEqual({ snapshots: 1, updates: 0 });
  });

  test('is one for all tabs, each of which sees what the others write', async () => {
    const name = freshName();
    const [left, right] = [await openTab(name), await openTab(name)];
    const seen = right.changed();
    left.text.insert(0, 'from the left');
    await seen;
    expect(right.text.toString()).toBe('from the left');
    const seenBack = left.changed();
    right.text.insert(0, 'and right, ');
    await seenBack;
    expect(left.text.toString()).toBe('and right, from the left');
    // What a tab got from the database is not written there once more.
    expect(await rowsOf(name)).toEqual({ snapshots: 0, updates: 2 });
  });

  test('loses nothing if a tab makes a snapshot without what another one wrote', async () => {
    const name = freshName();
    const deaf = { postMessage: () => undefined, onmessage: null, close: () => undefined };
    const [left, right] = [
      await openTab(name, { broadcast: deaf }),
      await openTab(name, { broadcast: { ...deaf } }),
    ];
    left.text.insert(0, 'left ');
    right.text.insert(0, 'right ');
    await left.durable.flushed();
    await right.durable.flushed();
    await left.durable.compact();
    await right.durable.compact();
    expect(await rowsOf(name)).toEqual({ snapshots: 2, updates: 0 });
    left.text.insert(0, 'more ');
    await left.durable.flushed();
    await right.store.refresh();
    await left.store.refresh();
    expect(right.text.toString()).toBe(left.text.toString());
    const third = await openTab(name);
    expect(third.text.toString()).toBe(left.text.toString());
    expect(third.text.length).toBe(16);
    await third.durable.compact();
    expect(await rowsOf(name)).toEqual({ snapshots: 1, updates: 0 });
    expect((await openTab(name)).text.toString()).toBe(left.text.toString());
  });

  test('survives tabs that write, compact and close at the same time', async () => {
    const name = freshName();
    const written: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const tabs = await Promise.all(
        [1, 2, 3].map(() => openTab(name, { snapshotAfterBytes: 200 })),
      );
      for (let step = 0; step < 60; step += 1) {
        const { text, durable } = tabs[step % 3]!;
        const word = `<${round}.${step}>`;
        written.push(word);
        text.insert(text.length, word);
        if (step % 4 === 0) await durable.flushed();
      }
      await Promise.all(tabs.map(({ durable }) => durable.close()));
    }
    const last = await openTab(name);
    const text = last.text.toString();
    expect(written.filter((word) => !text.includes(word))).toEqual([]);
  });

  test('reports a database that was taken away', async () => {
    const name = freshName();
    const tab = await openTab(name);
    tab.text.insert(0, 'a');
    await tab.durable.flushed();
    await new Promise<void>((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = () => {
        resolve();
      };
    });
    cleanUps.length = 0;
    await expect(tab.store.append([Uint8Array.of(1)])).rejects.toThrow(StoreGoneError);
    await expect(tab.durable.compact()).rejects.toThrow(StoreGoneError);
  });

  test('is refused by name if the database is another one, or of a newer version', async () => {
    for (const version of [1, 7]) {
      const name = freshName();
      await new Promise<void>((resolve) => {
        const request = indexedDB.open(name, version);
        request.onsuccess = () => {
          request.result.close();
          resolve();
        };
      });
      await expect(IndexedDbStore.open({ name })).rejects.toThrow(StoreUnavailableError);
    }
  });

  test('goes over to the whole document that another tab has adopted', async () => {
    const name = freshName();
    const origin = new TextDocument({ replicaId: `origin ${name}` });
    origin.insert(0, 'one two');
    const [left, right] = [await openTab(name), await openTab(name)];
    const seen = right.changed();
    for (const update of origin.updatesSince(new Uint8Array(0))) left.durable.apply(update);
    await seen;
    origin.delete(0, 4);
    const adopted = right.changed();
    left.durable.adopt(saveShallow(origin));
    await left.durable.flushed();
    await adopted;
    expect(right.durable.replica.toString()).toBe('two');
    expect((await openTab(name)).text.toString()).toBe('two');
  });
});
