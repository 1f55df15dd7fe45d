import { createRequester, type NodeId, nodeId, RequestDeadlineError } from '@quorate/transport';
import { MemoryNetwork } from '@quorate/transport/memory';
import { systemClock } from '@quorate/transport/system';
import { describe, expect, test } from 'vitest';

import type { Placement } from '../../src/placement.ts';
import { ring } from '../../src/ring/ring.ts';
import { NoOwnerAnsweredError } from '../../src/sharding/errors.ts';
import {
  ShardedRequester,
  type ShardedRequesterOptions,
} from '../../src/sharding/sharded-requester.ts';

const ids = ['n1', 'n2', 'n3', 'n4', 'n5'];
const all = ring({ nodes: ids });
const patience = { timeoutMs: 60_000 };

type Tuning = Partial<Omit<ShardedRequesterOptions, 'requester' | 'localId'>>;

/** Five nodes, each of which answers with its id, and a client. */
function setUp(tuning: Tuning = {}, placementOf: (id: string) => Placement = () => all) {
  const network = new MemoryNetwork({});
  const served: [node: string, key: string][] = [];
  const join = (id: string, more: Tuning): ShardedRequester => {
    const localId = nodeId(id);
    const requester = createRequester(network.join(localId), systemClock);
    return new ShardedRequester({ placement: placementOf(id), ...more, requester, localId });
  };
  const nodes = new Map(
    ids.map((id) => {
      const node = join(id, { refresh: tuning.refresh ?? (() => Promise.resolve(all)) });
      node.serve('get', (payload, { key, from }) => {
        expect(from).toBe('client');
        served.push([id, new TextDecoder().decode(key)]);
        return Uint8Array.of(...payload, 1);
      });
      return [id, node];
    }),
  );
  return { network, served, nodes, client: join('client', tuning) };
}

function ownersOf(key: string): string[] {
  return all.locateN(key, 3).map(({ id }) => id);
}

describe('a request', () => {
  test('goes to the owner of its key', async () => {
    const { client, served } = setUp();
    for (let index = 0; index < 50; index += 1) {
      const key = `user:${index}`;
      const answer = await client.request(key, 'get', Uint8Array.of(7), patience);
      expect(answer).toEqual({ payload: Uint8Array.of(7, 1), owner: ownersOf(key)[0], epoch: 0 });
      expect(client.ownersOf(key)).toEqual(ownersOf(key));
    }
    expect(served).toHaveLength(50);
    expect(new Set(served.map(([node]) => node)).size).toBe(5);
  });

  test.each([7, 7n, { high: 0, low: 7 }, Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0)])(
    'for the key %o finds the same owner on both sides',
    async (key) => {
      const { client, served } = setUp();
      await client.request(key, 'get', new Uint8Array(0), patience);
      expect(served).toEqual([[all.locate(7).id, '\u0007\0\0\0\0\0\0\0']]);
    },
  );

  test('goes to the next owner if the first one certainly did not carry it out', async () => {
    const [first = '', second = ''] = ownersOf('alice');
    const heard: [NodeId, boolean][] = [];
    const { client, nodes } = setUp({
      onOutcome: ({ owner, error }) => {
        heard.push([owner, error === undefined]);
        throw new Error('a listener that fails');
      },
    });
    const failure = client.request('alice', 'put', new Uint8Array(0), patience);
    await expect(failure).rejects.toThrow(NoOwnerAnsweredError);
    heard.length = 0;
    nodes.get(second)?.serve('put', () => Uint8Array.of(2));
    const answer = await client.request('alice', 'put', new Uint8Array(0), patience);
    expect(answer.owner).toBe(second);
    expect(heard).toEqual([
      [first, false],
      [second, true],
    ]);
  });

  test('passes over owners that are not available', async () => {
    const [first = '', second = '', third = ''] = ownersOf('alice');
    const { client } = setUp({ isAvailable: (owner) => owner === third });
    const answer = await client.request('alice', 'get', new Uint8Array(0), patience);
    expect(answer.owner).toBe(third);
    const none = setUp({ isAvailable: () => false });
    const failure = none.client.request('alice', 'get', new Uint8Array(0), patience);
    await expect(failure).rejects.toMatchObject({
      code: 'CONSISTENT_HASHING_NO_OWNER_ANSWERED',
      definite: true,
      refusals: [first, second, third].map((owner) => ({ owner, reason: 'unavailable' })),
    });
  });

  test('is not repeated elsewhere if it may have been carried out', async () => {
    const { client, nodes } = setUp();
    const [first = '', second = ''] = ownersOf('alice');
    nodes.get(first)?.serve('add', () => Promise.reject(new Error('half done')));
    let secondCount = 0;
    nodes.get(second)?.serve('add', () => Uint8Array.of((secondCount += 1)));
    const failure = client.request('alice', 'add', new Uint8Array(0), patience);
    await expect(failure).rejects.toMatchObject({ code: 'REQUEST_FAILED', definite: false });
    expect(secondCount).toBe(0);
    const options = { ...patience, isIdempotent: true };
    const answer = await client.request('alice', 'add', new Uint8Array(0), options);
    expect(answer.owner).toBe(second);
  });

  test('overflows to the next owner while the first one has more than its share', async () => {
    const asks: [owner: string, attempt: number][] = [];
    const { client, nodes } = setUp({
      loadBound: { factor: 1.25, floor: 2 },
      onAsk: ({ owner, attempt, choices }) => {
        expect(choices.map((choice) => choice.owner)).toEqual(ownersOf('alice'));
        asks.push([owner, attempt]);
        throw new Error('a listener that fails');
      },
    });
    const [first, second, third] = ownersOf('alice');
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const node of nodes.values()) {
      node.serve('hold', async () => {
        await released;
        return new Uint8Array(0);
      });
    }
    const hold = (): Promise<unknown> =>
      client.request('alice', 'hold', new Uint8Array(0), patience);
    const held = Array.from({ length: 9 }, hold);
    const counts = [first, second, third].map(
      (id) => asks.filter(([owner]) => owner === id).length,
    );
    // Lids of 1.25 * 9 / 3, rounded up.
    expect(Math.max(...counts)).toBe(4);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(9);
    expect(asks.slice(0, 3)).toEqual([
      [first, 1],
      [first, 1],
      [second, 1],
    ]);
    release();
    await Promise.all(held);
    await hold();
    expect(asks.at(-1)).toEqual([first, 1]);
  });

  test('goes to an owner that is full rather than to none', async () => {
    const [first = ''] = ownersOf('alice');
    const { client, nodes } = setUp({ loadBound: { factor: 1 } });
    for (const node of nodes.values()) node.serve('hang', () => new Promise(() => undefined));
    void client
      .request('alice', 'hang', new Uint8Array(0), { timeoutMs: 50 })
      .catch(() => undefined);
    // The others have nothing under way, but do not serve this.
    nodes.get(first)?.serve('put', () => Uint8Array.of(2));
    const answer = await client.request('alice', 'put', new Uint8Array(0), patience);
    expect(answer.owner).toBe(first);
  });

  test('goes on to another owner only if it may', async () => {
    const [first = '', second = ''] = ownersOf('alice');
    const failures: unknown[] = [];
    let isAllowed = true;
    const { client, nodes } = setUp({
      mayRetry: (failure) => {
        failures.push(failure);
        return isAllowed;
      },
    });
    nodes.get(second)?.serve('put', () => Uint8Array.of(2));
    const put = (): Promise<{ readonly owner: string }> =>
      client.request('alice', 'put', new Uint8Array(0), patience);
    expect((await put()).owner).toBe(second);
    isAllowed = false;
    await expect(put()).rejects.toMatchObject({
      ...{ code: 'CONSISTENT_HASHING_NO_OWNER_ANSWERED', definite: true },
      refusals: [{ owner: first }],
    });
    expect(failures).toMatchObject([{ owner: first }, { owner: first }]);
  });

  test('is no retry after an owner that was not asked', async () => {
    const [, second = ''] = ownersOf('alice');
    const { client } = setUp({
      isAvailable: (owner) => owner === second,
      mayRetry: () => {
        throw new Error('nobody failed');
      },
    });
    const answer = await client.request('alice', 'get', new Uint8Array(0), patience);
    expect(answer.owner).toBe(second);
  });

  test('needs an owner', async () => {
    const { client } = setUp({ placement: ring({ nodes: [] }) });
    const failure = client.request('alice', 'get', new Uint8Array(0), patience);
    await expect(failure).rejects.toMatchObject({ code: 'CONSISTENT_HASHING_NO_NODES' });
  });

  test('ends with its deadline, however many owners are left', async () => {
    const { client, nodes } = setUp();
    for (const node of nodes.values()) node.serve('hang', () => new Promise(() => undefined));
    const options = { timeoutMs: 20, isIdempotent: true };
    const failure = client.request('alice', 'hang', new Uint8Array(0), options);
    const error: unknown = await failure.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoOwnerAnsweredError);
    const { refusals } = error as NoOwnerAnsweredError;
    expect(refusals[0]?.owner).toBe(ownersOf('alice')[0]);
    for (const { reason } of refusals) expect(reason).toBeInstanceOf(RequestDeadlineError);
    // One that hangs may carry it out yet.
    expect(error).toMatchObject({ definite: false });
  });

  test('leaves time for the next owner, if a request may be carried out twice', async () => {
    const [first = '', second = ''] = ownersOf('alice');
    const { client, nodes } = setUp();
    nodes.get(first)?.serve('slow', () => new Promise(() => undefined));
    for (const [id, node] of nodes) if (id !== first) node.serve('slow', () => Uint8Array.of(1));
    const options = { timeoutMs: 60_000, attemptTimeoutMs: 20 };
    const answer = await client.request('alice', 'slow', new Uint8Array(0), {
      ...options,
      isIdempotent: true,
    });
    expect(answer.owner).toBe(second);
    const bad = client.request('alice', 'slow', new Uint8Array(0), {
      ...patience,
      attemptTimeoutMs: 0,
    });
    await expect(bad).rejects.toThrow('attemptTimeoutMs: expected more than 0, got 0');
  });
});

describe('two views', () => {
  const newer = all.with({ remove: ['n1', 'n2'] });

  test('meet: who asks is behind, learns, and asks the new owner', async () => {
    const moved = keyThat((key) => ownersOf(key)[0] === 'n1');
    let refreshCount = 0;
    const refresh = (epoch: number): Promise<Placement> => {
      expect(epoch).toBe(1);
      refreshCount += 1;
      return Promise.resolve(newer);
    };
    const { client, served } = setUp({ placement: all, refresh }, () => newer);
    client.setPlacement(all);
    const answer = await client.request(moved, 'get', new Uint8Array(0), patience);
    expect(answer).toMatchObject({ epoch: 1, owner: newer.locate(moved).id });
    expect(refreshCount).toBe(1);
    expect(client.placement.epoch).toBe(1);
    expect(served).toHaveLength(1);
  });

  test('meet: who is asked is behind, learns, and carries it out', async () => {
    const four = ring({ nodes: ids.slice(0, 4) });
    const five = four.with({ add: ['n5'] });
    const taken = keyThat((key) => five.locate(key).id === 'n5');
    const refresh = (): Promise<Placement> => Promise.resolve(five);
    const { client, nodes } = setUp({ placement: five, refresh }, () => four);
    const answer = await client.request(taken, 'get', new Uint8Array(0), patience);
    expect(answer).toMatchObject({ owner: 'n5', epoch: 1 });
    expect(nodes.get('n5')?.placement.epoch).toBe(1);
  });

  test('meet: a node that cannot learn refuses, and says so', async () => {
    const refresh = (): Promise<Placement> => Promise.reject(new Error('nobody knows'));
    const { client, served } = setUp({ placement: newer, refresh }, () => all);
    const failure = client.request('alice', 'get', new Uint8Array(0), patience);
    await expect(failure).rejects.toMatchObject({ definite: true });
    expect(served).toEqual([]);
  });

  test('an older view is never taken', () => {
    const { client } = setUp({ placement: newer });
    client.setPlacement(all);
    expect(client.placement.epoch).toBe(1);
  });
});

test.each([0, 65, 1.5, Number.NaN, -1, 2 ** 53])('%d replicas are refused', (replicaCount) => {
  expect(() => setUp({ replicaCount })).toThrow(
    new RangeError(`replicaCount: expected 1..64, got ${replicaCount}`),
  );
});

/** A key for which `isWanted` holds. */
function keyThat(isWanted: (key: string) => boolean): string {
  for (let index = 0; index < 10_000; index += 1) {
    if (isWanted(`key:${index}`)) return `key:${index}`;
  }
  throw new Error('no such key');
}
