import { Simulation } from '@quorate/simulation';
import { type NodeId, nodeId, type Transport } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import {
  connectKeyValueClient,
  type KeyValueClient,
} from '../../../src/kv/node/key-value-client.ts';
import { KeyValueNode } from '../../../src/kv/node/key-value-node.ts';
import type { WatchBatch } from '../../../src/kv/node/watch.ts';

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

/** Three replicas, and a client on a machine of its own. */
class Fixture {
  readonly simulation: Simulation = new Simulation({
    seed: 5,
    network: { maxPayloadBytes: 65_536 },
  });
  readonly stores: Map<NodeId, KeyValueNode> = new Map<NodeId, KeyValueNode>();
  readonly ids: readonly NodeId[] = ['n1', 'n2', 'n3'].map((name) => nodeId(name));
  client: KeyValueClient | undefined;
  transport: Transport | undefined;

  constructor() {
    for (const id of this.ids) {
      this.simulation.addNode(id, async ({ transport, disk, clock, random }) => {
        const ports = { transport, disk, clock, random };
        const limits = { changeCountMax: 20 };
        const store = await KeyValueNode.open({ id, peers: this.ids, ...ports, limits });
        this.stores.set(id, store);
        return { stop: () => store.close() };
      });
    }
    this.simulation.addNode(nodeId('client'), ({ transport, clock, random }) => {
      this.transport = transport;
      this.client = connectKeyValueClient({ transport, nodeIds: this.ids, clock, random });
      return Promise.resolve({ stop: () => this.client?.close() ?? Promise.resolve() });
    });
  }

  get leaderId(): NodeId | undefined {
    return this.ids.find((id) => this.stores.get(id)?.raft.status().role === 'leader');
  }

  /** Lets virtual time pass until `ask` of the client is answered. */
  async ask<Value>(ask: (client: KeyValueClient) => Promise<Value>): Promise<Value> {
    await this.simulation.runUntil(() => this.client !== undefined && this.stores.size > 1, 5_000);
    return this.settled(ask(this.client!));
  }

  async settled<Value>(pending: Promise<Value>): Promise<Value> {
    const values: Value[] = [];
    void pending.then((value) => values.push(value));
    expect(await this.simulation.runUntil(() => values.length > 0, 60_000)).toBe(true);
    return values[0]!;
  }
}

describe('a key-value store', () => {
  test('answers as fresh as it is asked to, on any node, with leases or without', async () => {
    const cluster = new Fixture();
    await cluster.ask((client) => client.put('k', bytes('v')));
    const bounded = { consistency: 'bounded', maxStalenessMs: 60_000 } as const;
    for (const options of [{ consistency: 'lease' }, bounded, { consistency: 'stale' }] as const) {
      const outcome = await cluster.ask((client) => client.get('k', options));
      expect(outcome).toMatchObject({ kind: 'entry' });
      expect(await cluster.ask((client) => client.list(options))).toMatchObject({ kind: 'page' });
    }
    const followerId = cluster.ids.find((id) => id !== cluster.leaderId)!;
    const { client } = cluster.stores.get(followerId)!;
    const read = await cluster.settled(client.get('k'));
    expect(read).toMatchObject({ kind: 'entry', entry: { value: bytes('v') } });
  });

  test('writes, reads, compares and deletes', async () => {
    const cluster = new Fixture();
    const put = await cluster.ask((client) => client.put('a', bytes('1')));
    expect(put).toMatchObject({ kind: 'committed', isNew: true });
    const revision = put.kind === 'committed' ? put.revision : 0;
    const got = await cluster.ask((client) => client.get('a'));
    expect(got).toMatchObject({ revision, entry: { value: bytes('1'), modRevision: revision } });

    const set = (expected: number, text: string): ReturnType<KeyValueClient['compareAndSet']> =>
      cluster.ask((client) =>
        client.compareAndSet('a', { kind: 'revision', revision: expected }, bytes(text)),
      );
    expect(await set(revision - 1, '2')).toMatchObject({ kind: 'committed', succeeded: false });
    expect(await set(revision, '3')).toMatchObject({ kind: 'committed', succeeded: true });
    expect(await cluster.ask((client) => client.get('a'))).toMatchObject({
      entry: { value: bytes('3'), version: 2 },
    });
    expect(await cluster.ask((client) => client.delete('a'))).toMatchObject({ existed: true });
    expect(await cluster.ask((client) => client.delete('a'))).toMatchObject({ existed: false });
    expect(await cluster.ask((client) => client.get('a'))).toMatchObject({ entry: undefined });
  });

  test('lists page by page', async () => {
    const cluster = new Fixture();
    const then = ['p/1', 'p/2', 'p/3', 'q'].map(
      (key) => ({ kind: 'put', key, value: bytes(key) }) as const,
    );
    await cluster.ask((client) => client.transact({ compare: [], then, otherwise: [] }));
    const first = await cluster.ask((client) => client.list({ prefix: 'p/', limit: 2 }));
    expect(first).toMatchObject({ entries: [{ key: 'p/1' }, { key: 'p/2' }], hasMore: true });
    const second = await cluster.ask((client) => client.list({ prefix: 'p/', after: 'p/2' }));
    expect(second).toMatchObject({ entries: [{ key: 'p/3' }], hasMore: false });
  });

  test('answers through a change of leaders, and writes once', async () => {
    const cluster = new Fixture();
    await cluster.ask((client) => client.put('a', bytes('1')));
    const { leaderId, simulation, stores } = cluster;
    simulation.inject({ kind: 'crash', node: leaderId! });
    stores.delete(leaderId!);
    expect(await cluster.ask((client) => client.put('a', bytes('2')))).toMatchObject({
      kind: 'committed',
      isNew: false,
    });
    expect(await cluster.ask((client) => client.get('a'))).toMatchObject({
      entry: { version: 2 },
    });
  });

  test('watches on every replica, from the past into the future, until it closes', async () => {
    const cluster = new Fixture();
    const put = await cluster.ask((client) => client.put('w/1', bytes('1')));
    const fromRevision = put.kind === 'committed' ? put.revision : 0;
    const seen = new Map<NodeId, WatchBatch[]>();
    const ended: NodeId[] = [];
    const follow = async (id: NodeId, store: KeyValueNode): Promise<void> => {
      const batches: WatchBatch[] = [];
      seen.set(id, batches);
      for await (const batch of store.watch({ prefix: 'w/', fromRevision })) batches.push(batch);
      ended.push(id);
    };
    for (const [id, store] of cluster.stores) void follow(id, store);
    await cluster.ask((client) => client.put('x', bytes('no')));
    await cluster.ask((client) => client.put('w/2', bytes('2')));
    await cluster.ask((client) => client.delete('w/1'));
    await cluster.simulation.run(1_000);
    for (const batches of seen.values()) {
      const changes = batches.flatMap((batch) => (batch.kind === 'changes' ? batch.changes : []));
      expect(changes.map(({ kind, key }) => [kind, key])).toEqual([
        ['put', 'w/1'],
        ['put', 'w/2'],
        ['delete', 'w/1'],
      ]);
    }
    for (const store of cluster.stores.values()) await cluster.settled(store.close());
    await cluster.simulation.run(10);
    expect(ended.length).toBe(3);
  });

  test('forgets the past when it is told to, and by itself', async () => {
    const cluster = new Fixture();
    const put = await cluster.ask((client) => client.put('a', bytes('1')));
    const revision = put.kind === 'committed' ? put.revision : 0;
    expect(await cluster.ask((client) => client.compact(revision + 1_000))).toMatchObject({
      kind: 'rejected',
      reason: 'future',
      definite: true,
    });
    expect(await cluster.ask((client) => client.compact(revision))).toEqual({
      kind: 'committed',
      revision: revision + 1,
    });
    const store = cluster.stores.get(cluster.leaderId!)!;
    const watch = store.watch({ fromRevision: revision });
    expect(await cluster.settled(watch.next())).toMatchObject({
      value: { kind: 'compacted', oldestRevision: revision + 1 },
    });
  });

  test('has a client on every node, whoever leads', async () => {
    const cluster = new Fixture();
    await cluster.ask((client) => client.put('a', bytes('1')));
    for (const [id, store] of cluster.stores) {
      expect(await cluster.settled(store.client.put(id, bytes(id)))).toMatchObject({ isNew: true });
      expect(await cluster.settled(store.client.get('a'))).toMatchObject({ kind: 'entry' });
    }
    const leader = cluster.stores.get(cluster.leaderId!)!;
    expect(await cluster.settled(leader.readIndex())).toMatchObject({ kind: 'ready' });
    expect(leader.store.keyCount).toBe(4);
  });

  test('says that it is unavailable, and doubts a write that left for a dead node', async () => {
    const cluster = new Fixture();
    await cluster.ask((client) => client.put('a', bytes('1')));
    for (const node of cluster.ids) cluster.simulation.inject({ kind: 'crash', node });
    await cluster.simulation.run(3_000);
    const timeoutMs = 500;
    expect(await cluster.settled(cluster.client!.get('a', { timeoutMs }))).toEqual({
      kind: 'refused',
      reason: 'unavailable',
    });
    const outcome = await cluster.settled(cluster.client!.put('a', bytes('2'), { timeoutMs }));
    expect(outcome).toEqual({ kind: 'unknown', reason: 'timeout', definite: false });
    const signal = AbortSignal.abort();
    expect(await cluster.client!.get('a', { signal })).toMatchObject({ reason: 'aborted' });
  });

  test('refuses what is out of range before it sends anything', async () => {
    const cluster = new Fixture();
    await cluster.ask((client) => client.put('a', bytes('1')));
    const { client } = cluster;
    await expect(client!.get('')).rejects.toThrow(RangeError);
    await expect(client!.put('\uD800', bytes('1'))).rejects.toThrow(RangeError);
    await expect(client!.put('a', new Uint8Array(2 ** 20 + 1))).rejects.toThrow(RangeError);
    await expect(client!.list({ limit: 0 })).rejects.toThrow(RangeError);
    await expect(client!.compact(0)).rejects.toThrow(RangeError);
    expect(await cluster.ask((each) => each.put('a', new Uint8Array(100_000)))).toMatchObject({
      kind: 'rejected',
      reason: 'tooLarge',
    });
  });
});
