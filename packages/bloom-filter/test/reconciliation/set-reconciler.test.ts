import { createRequester, nodeId, type Requester } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { seededRandom, systemClock } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import { SetReconciler } from '../../src/reconciliation/set-reconciler.ts';
import { ByteSet, ids } from '../support/byte-set.ts';

const [here, there] = [nodeId('here'), nodeId('there')];

function setUp(mine: Iterable<string>, theirs: Iterable<string>, limits = {}) {
  const network = new MemoryNetwork({});
  const [local, remote] = [new ByteSet(mine), new ByteSet(theirs)];
  const reconcilerOf = (id: typeof here, set: ByteSet) => {
    const requester = createRequester(network.join(id), systemClock);
    const random = seededRandom(7).fork(id);
    return new SetReconciler({ requester, set, random, requestTimeoutMs: 60_000, ...limits });
  };
  const reconciler = reconcilerOf(here, local);
  const answering = reconcilerOf(there, remote);
  return { local, remote, reconciler, answering };
}

const common = ids('common', 5_000);

describe('two sets', () => {
  test.each([
    [0, 0],
    [1, 0],
    [0, 1],
    [20, 30],
    [400, 1],
  ])('that lack %i and %i items are equal afterwards', async (mine, theirs) => {
    const { local, remote, reconciler } = setUp(
      [...common, ...ids('mine', mine)],
      [...common, ...ids('theirs', theirs)],
    );
    const outcome = await reconciler.reconcile(there);
    expect(outcome).toMatchObject({ kind: 'reconciled', sentCount: mine, receivedCount: theirs });
    expect(local.sorted()).toEqual(
      [...common, ...ids('mine', mine), ...ids('theirs', theirs)].sort(),
    );
    expect(remote.sorted()).toEqual(local.sorted());
    expect(local.repeatedCount + remote.repeatedCount).toBe(0);
  });

  test.each([
    ['nothing', ids('mine', 3_000), []],
    ['nothing', [], ids('theirs', 3_000)],
    ['half', ids('a', 4_000), ids('a', 8_000).slice(2_000)],
  ])('that have %s in common are equal afterwards', async (_what, mine, theirs) => {
    const { local, remote, reconciler } = setUp(mine, theirs, {
      messageBytesMax: 2_048,
      itemBytesMax: 64,
    });
    const outcome = await reconciler.reconcile(there);
    expect(outcome.kind).toBe('reconciled');
    expect(local.sorted()).toEqual([...new Set([...mine, ...theirs])].sort());
    expect(remote.sorted()).toEqual(local.sorted());
  });

  test('cost bytes by their difference and not by their size', async () => {
    const bytesOf = async (size: number): Promise<number> => {
      const all = ids('common', size);
      const { reconciler } = setUp([...all, ...ids('mine', 50)], [...all, ...ids('theirs', 50)]);
      const { sentBytes, receivedBytes } = await reconciler.reconcile(there);
      return sentBytes + receivedBytes;
    };
    const [small, large] = [await bytesOf(2_000), await bytesOf(20_000)];
    // 100 items of 19 bytes, 50 hashes of 8, and about 150 to 250 symbols of 14.
    expect(large).toBeLessThan(8_000);
    expect(large / small).toBeLessThan(1.6);
    expect(large).toBeLessThan((20_000 * 19) / 40);
  });

  test('cost little more than their items where most of them differ', async () => {
    const { reconciler } = setUp(ids('mine', 5_000), ids('theirs', 5_000));
    const { sentBytes, receivedBytes } = await reconciler.reconcile(there);
    const itemBytes = ids('mine', 5_000).concat(ids('theirs', 5_000)).join('').length;
    expect(sentBytes + receivedBytes).toBeLessThan(1.35 * itemBytes);
  });

  test('of empty, long and binary items are equal afterwards', async () => {
    const { local, remote, reconciler } = setUp(['', 'x'.repeat(4_096)], ['__proto__', 'é漢😀\0']);
    expect((await reconciler.reconcile(there)).kind).toBe('reconciled');
    expect(local.sorted()).toEqual(['', '__proto__', 'x'.repeat(4_096), 'é漢😀\0'].sort());
    expect(remote.sorted()).toEqual(local.sorted());
  });
});

describe('a reconciler', () => {
  test('refuses an item that no message may hold, before it asks anything', async () => {
    const { reconciler, remote } = setUp(['x'.repeat(4_097)], ['y']);
    await expect(reconciler.reconcile(there)).rejects.toThrow(
      new RangeError('item: expected at most 4096 bytes, got 4097'),
    );
    expect(remote.sorted()).toEqual(['y']);
  });

  test('says that nobody is there', async () => {
    const { reconciler } = setUp(['a'], []);
    const outcome = await reconciler.reconcile(nodeId('nobody'));
    expect(outcome).toMatchObject({ kind: 'unreachable', sentCount: 0, receivedCount: 0 });
  });

  test('says that a peer has no such set', async () => {
    const { reconciler, answering } = setUp(['a'], []);
    answering.close();
    expect((await reconciler.reconcile(there)).kind).toBe('incompatible');
  });

  test('rejects with the reason of its signal', async () => {
    const { reconciler } = setUp(['a'], []);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(reconciler.reconcile(there, { signal })).rejects.toThrow('enough');
  });

  test('forgets a comparison that has ended', async () => {
    const { reconciler, answering } = setUp(['a'], ['b']);
    await reconciler.reconcile(there);
    expect(answering.sessionCount).toBe(0);
  });

  test.each([
    ['messageBytesMax', 1_023],
    ['messageBytesMax', Number.NaN],
    ['itemBytesMax', -1],
    ['itemBytesMax', 65_537],
    ['sessionCountMax', 0],
    ['requestTimeoutMs', 0],
    ['requestTimeoutMs', Number.NaN],
    ['requestAttempts', 1.5],
    ['requestAttempts', 2 ** 53],
  ])('refuses %s of %d', (name, value) => {
    const requester: Requester = {
      request: () => Promise.reject(new Error('not asked')),
      serve: () => () => undefined,
    };
    expect(() => new SetReconciler({ requester, set: new ByteSet(), [name]: value })).toThrow(
      new RegExp(`^${name}: expected .*, got ${value}$`, 'u'),
    );
  });
});
