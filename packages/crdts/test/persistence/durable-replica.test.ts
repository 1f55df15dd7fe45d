import { describe, expect, test } from 'vitest';

import {
  DurableReplica,
  type DurableReplicaOptions,
} from '../../src/persistence/durable-replica.ts';
import { ClosedError } from '../../src/closed-error.ts';
import { BeforeHistoryError, CorruptBytesError } from '../../src/errors.ts';
import {
  type ForeignRows,
  StoreFullError,
  type UpdateStore,
} from '../../src/persistence/update-store.ts';
import { saveShallow } from '../../src/text/shallow-file.ts';
import { TextDocument } from '../../src/text/text-document.ts';
import { HookedStore } from '../support/hooked-store.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { TextLog } from '../support/text-log.ts';

let lives = 0;

function open(
  store: HookedStore,
  options: Partial<DurableReplicaOptions<TextLog>> = {},
): Promise<DurableReplica<TextLog>> {
  lives += 1;
  const id = `life${lives}`;
  return DurableReplica.open({
    store,
    clock: new ManualClock(),
    create: (snapshot) => new TextLog(id, snapshot),
    save: (log) => log.save(),
    ...options,
  });
}

function gate(): { readonly wait: () => Promise<void>; readonly open: () => void } {
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { wait: () => opened, open: release };
}

async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    (error: unknown) => {
      state = String(error);
    },
  );
  await settle();
  return state;
}

describe('what was kept', () => {
  test('is there after a load: own edits, updates of others, and what waits', async () => {
    const store = new HookedStore();
    const first = await open(store);
    const other = new TextLog('other');
    const updates: Uint8Array[] = [];
    other.onLocalUpdate((update) => updates.push(update));
    for (const text of ['a', 'b', 'c']) other.add(text);
    first.replica.add('own');
    expect(first.apply(updates[2]!).kind).toBe('waiting');
    expect(first.waitingCount).toBe(1);
    expect(first.apply(updates[0]!).kind).toBe('applied');
    expect(first.apply(updates[0]!).kind).toBe('duplicate');
    await first.flushed();
    expect(store.updates).toHaveLength(3);
    const second = await open(store);
    expect(second.replica.texts).toEqual(first.replica.texts);
    second.apply(updates[1]!);
    expect(second.replica.texts).toHaveLength(4);
  });

  test('is a copy: the bytes of an update may change afterwards', async () => {
    const store = new HookedStore();
    const first = await open(store);
    const other = new TextLog('other');
    other.onLocalUpdate((update) => {
      first.apply(update);
      update.fill(0);
    });
    other.add('text');
    await first.flushed();
    const second = await open(store);
    expect(second.replica.texts).toEqual(['other:0 text']);
  });

  // Why this test? It was in the replica and not in the store, was known when it came again, and
  // was acknowledged then.
  test('is an update of which a listener of the replica threw, too', async () => {
    const store = new HookedStore();
    const open = (replicaId: string) =>
      DurableReplica.open({
        store,
        clock: new ManualClock(),
        create: () => new TextDocument({ replicaId }),
        save: (text) => text.save(),
      });
    const first = await open('life 1');
    const other = new TextDocument({ replicaId: 'other' });
    other.insert(0, 'text');
    const [update] = other.updatesSince(first.encodeVersion());
    const end = first.replica.onChange(() => {
      throw new Error('listener');
    });
    expect(() => first.apply(update!)).toThrow('listener');
    end();
    expect(first.apply(update!).kind).toBe('duplicate');
    expect(() => first.apply(update!.subarray(1))).toThrow(CorruptBytesError);
    await first.flushed();
    expect(store.updates).toHaveLength(1);
    expect(String((await open('life 2')).replica)).toBe('text');
  });

  test('passes on what replication asks', async () => {
    const durable = await open(new HookedStore());
    const log = durable.replica;
    const heard: Uint8Array[] = [];
    durable.onLocalUpdate((update) => heard.push(update));
    log.add('text');
    expect(heard).toHaveLength(1);
    expect(durable.encodeVersion()).toEqual(log.encodeVersion());
    expect(durable.updatesSince(new Uint8Array(0))).toEqual(log.updatesSince(new Uint8Array(0)));
    expect(durable.isCoveredBy(log.encodeVersion())).toBe(true);
  });
});

describe('flushed', () => {
  test('settles when all until then is durable, not before', async () => {
    const store = new HookedStore();
    const durable = await open(store);
    expect(await stateOf(durable.flushed())).toBe('resolved');
    const { wait, open: release } = gate();
    store.before = wait;
    durable.replica.add('a');
    const flushed = durable.flushed();
    expect(await stateOf(flushed)).toBe('pending');
    release();
    expect(await stateOf(flushed)).toBe('resolved');
    expect(store.updates).toHaveLength(1);
  });

  test('rejects while there is no room, and works again when there is', async () => {
    const store = new HookedStore();
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const durable = await open(store, { clock, onError: (error) => errors.push(error) });
    store.before = () => {
      throw new StoreFullError('full');
    };
    for (const text of ['a', 'b', 'c']) durable.replica.add(text);
    const early = durable.flushed();
    expect(await stateOf(early)).toMatch(/StoreFullError/);
    durable.replica.add('d');
    expect(await stateOf(durable.flushed())).toMatch(/StoreFullError/);
    expect(durable.waitingBytes).toBeGreaterThan(0);
    await clock.advance(1_500);
    store.before = () => undefined;
    await clock.advance(1_000);
    expect(await stateOf(durable.flushed())).toBe('resolved');
    expect(durable.waitingBytes).toBe(0);
    expect((await open(store)).replica.texts).toHaveLength(4);
    expect(errors.every((error) => error instanceof StoreFullError)).toBe(true);
    // Once for each time that it filled up.
    expect(errors).toHaveLength(2);
  });

  test('rejects for ever once the store broke, and the replica works on', async () => {
    const store = new HookedStore();
    const errors: unknown[] = [];
    const durable = await open(store, { onError: (error) => errors.push(error) });
    store.before = () => {
      throw new Error('poisoned');
    };
    durable.replica.add('a');
    durable.replica.add('b');
    expect(await stateOf(durable.flushed())).toMatch(/poisoned/);
    durable.replica.add('c');
    expect(durable.replica.texts).toHaveLength(3);
    expect(await stateOf(durable.flushed())).toMatch(/poisoned/);
    expect(errors).toHaveLength(1);
  });
});

test('beyond a limit nothing more is taken from others while there is no room', async () => {
  const store = new HookedStore();
  const durable = await open(store, { waitingBytesMax: 100 });
  store.before = () => {
    throw new StoreFullError('full');
  };
  durable.replica.add('x'.repeat(90));
  await settle();
  const other = new TextLog('other');
  other.add('news');
  const [update] = other.updatesSince(new Uint8Array(0));
  expect(() => durable.apply(update!)).toThrow(/full/);
  expect(durable.replica.texts).toHaveLength(1);
  // What the user does is never refused.
  durable.replica.add('x'.repeat(90));
  expect(durable.replica.texts).toHaveLength(2);
});

describe('snapshots', () => {
  test('take the place of many updates, and of nothing that came later', async () => {
    const store = new HookedStore();
    const durable = await open(store, { snapshotAfterBytes: 200 });
    for (let index = 0; index < 100; index += 1) {
      durable.replica.add(`text ${index}`);
      if (index % 7 === 0) await durable.flushed();
    }
    await durable.flushed();
    await settle();
    expect(store.snapshot).toBeDefined();
    expect(store.updates.length).toBeLessThan(100);
    expect((await open(store)).replica.texts).toEqual(durable.replica.texts);
  });

  test('that fail harm nobody, and are tried again after as many updates', async () => {
    const store = new HookedStore();
    const errors: unknown[] = [];
    const durable = await open(store, {
      snapshotAfterBytes: 100,
      onError: (error) => errors.push(error),
    });
    store.before = (operation) => {
      if (operation === 'saveSnapshot') throw new StoreFullError('full');
    };
    for (let index = 0; index < 20; index += 1) {
      durable.replica.add(`text ${index}`);
      await durable.flushed();
      await settle();
    }
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.length).toBeLessThan(10);
    expect((await open(store)).replica.texts).toEqual(durable.replica.texts);
    store.before = () => undefined;
    await durable.compact();
    expect(store.updates).toEqual([]);
    expect((await open(store)).replica.texts).toEqual(durable.replica.texts);
  });

  test('are not made of what found no room', async () => {
    const store = new HookedStore();
    const durable = await open(store);
    durable.replica.add('a');
    await durable.flushed();
    store.before = (operation) => {
      if (operation === 'append') throw new StoreFullError('full');
    };
    durable.replica.add('b');
    await expect(durable.compact()).rejects.toThrow(StoreFullError);
    expect(store.snapshot).toBeUndefined();
  });
});

test('after close nothing is kept', async () => {
  const store = new HookedStore();
  const durable = await open(store);
  durable.replica.add('a');
  await durable.close();
  await durable.close();
  expect(store.isClosed).toBe(true);
  expect(store.updates).toHaveLength(1);
  durable.replica.add('b');
  expect(store.position).toBe(1);
  await expect(durable.compact()).rejects.toThrow(/closed/);
});

test.each<[Partial<DurableReplicaOptions<TextLog>>, RegExp]>([
  [{ snapshotAfterBytes: 0 }, /snapshotAfterBytes/],
  [{ waitingBytesMax: Number.NaN }, /waitingBytesMax/],
  [{ retryMs: 0 }, /retryMs/],
])('%o is refused', async (options, expected) => {
  await expect(open(new HookedStore(), options)).rejects.toThrow(expected);
});

describe('a whole document that is adopted', () => {
  /** What somebody has who has all of `durable`, and more. */
  function aheadOf(durable: DurableReplica<TextLog>): Uint8Array {
    const ahead = new TextLog(`ahead ${(lives += 1)}`, durable.replica.save());
    ahead.add('more');
    return ahead.save();
  }

  test('takes the place of what was there, for listeners and loads', async () => {
    const store = new HookedStore();
    const shown: TextLog[] = [];
    const durable = await open(store, { onReplaced: (log) => shown.push(log) });
    const before = durable.replica;
    const heard: number[] = [];
    const unsubscribe = durable.onLocalUpdate(({ length }) => heard.push(length));
    before.add('old');
    durable.adopt(aheadOf(durable));
    expect(durable.replica).not.toBe(before);
    expect(shown).toEqual([durable.replica]);
    before.add('not heard');
    durable.replica.add('new');
    expect(heard).toHaveLength(2);
    await durable.flushed();
    expect((await open(store)).replica.texts).toEqual(durable.replica.texts);
    unsubscribe();
    durable.replica.add('not heard');
    expect(heard).toHaveLength(2);
    await durable.close();
    expect(() => durable.adopt(aheadOf(durable))).toThrow(ClosedError);
  });

  test('is not promised before the store has it, nor is what comes after it', async () => {
    const store = new HookedStore();
    const durable = await open(store);
    const held = gate();
    store.before = (operation) => (operation === 'saveSnapshot' ? held.wait() : undefined);
    durable.adopt(aheadOf(durable));
    durable.replica.add('after');
    const flushed = durable.flushed();
    expect(await stateOf(flushed)).toBe('pending');
    held.open();
    expect(await stateOf(flushed)).toBe('resolved');
    expect((await open(store)).replica.texts).toEqual(durable.replica.texts);
  });

  test('is refused if it lacks something of what is here', async () => {
    const store = new HookedStore();
    const durable = await open(store);
    const bytes = aheadOf(durable);
    durable.replica.add('of here');
    const before = durable.replica;
    expect(() => durable.adopt(bytes)).toThrow(BeforeHistoryError);
    expect(durable.replica).toBe(before);
    await durable.flushed();
    expect(store.snapshot).toBeUndefined();
  });

  test('waits for room in the store, and needs none for what it has', async () => {
    const store = new HookedStore();
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const durable = await open(store, { clock, onError: (error) => errors.push(error) });
    store.before = () => {
      throw new StoreFullError('full');
    };
    durable.replica.add('waits');
    await settle();
    expect(durable.waitingBytes).toBeGreaterThan(0);
    durable.adopt(aheadOf(durable));
    expect(durable.waitingBytes).toBe(0);
    await expect(durable.flushed()).rejects.toThrow(StoreFullError);
    store.before = () => undefined;
    await clock.advance(1_000);
    await durable.flushed();
    expect((await open(store)).replica.texts).toEqual(durable.replica.texts);
    expect(errors).toHaveLength(2);
  });

  test('breaks with the store', async () => {
    const store = new HookedStore();
    const durable = await open(store, { onError: () => undefined });
    store.before = () => {
      throw new Error('broken');
    };
    durable.adopt(aheadOf(durable));
    await expect(durable.flushed()).rejects.toThrow('broken');
    await expect(durable.flushed()).rejects.toThrow('broken');
  });

  test('goes over to others who use the store, and is found by the next load', async () => {
    const store = new WatchedStore();
    const id = (): string => `tab ${(lives += 1)}`;
    const openText = (on: UpdateStore): Promise<DurableReplica<TextDocument>> =>
      DurableReplica.open<TextDocument>({
        ...{ store: on, clock: new ManualClock(), save: (text) => text.save() },
        create: (bytes) =>
          bytes === undefined
            ? new TextDocument({ replicaId: id() })
            : TextDocument.load(bytes, { replicaId: id() }),
      });
    const origin = new TextDocument({ replicaId: id() });
    origin.insert(0, 'one two');
    const tab = await openText(store);
    for (const update of origin.updatesSince(tab.encodeVersion())) tab.apply(update);
    await tab.compact();
    origin.delete(0, 4);
    const trimmed = saveShallow(origin);
    const old = tab.replica;
    store.tell({ snapshots: [trimmed], updates: [] });
    expect(tab.replica).not.toBe(old);
    expect(tab.replica.toString()).toBe('two');
    for (const snapshots of [
      [store.snapshot!, trimmed],
      [trimmed, store.snapshot!],
    ]) {
      const both = new WatchedStore();
      both.load = async () => ({ snapshots, updates: (async function* () {})() });
      expect((await openText(both)).replica.toString()).toBe('two');
    }
    origin.insert(0, 'of ');
    old.insert(0, 'beside, ');
    const beside = new WatchedStore();
    const snapshots = [old.save(), saveShallow(origin)];
    beside.load = async () => ({ snapshots, updates: (async function* () {})() });
    await expect(openText(beside)).rejects.toThrow(BeforeHistoryError);
  });
});

class WatchedStore extends HookedStore {
  tell: (rows: ForeignRows) => void = () => undefined;

  watch(listener: (rows: ForeignRows) => void): () => void {
    this.tell = listener;
    return () => undefined;
  }
}
