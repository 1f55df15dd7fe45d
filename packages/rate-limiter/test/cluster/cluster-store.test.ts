import { Simulation, type SimulationOptions } from '@quorate/simulation';
import { type NodeId, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import type { ClusterStore } from '../../src/cluster/cluster-store.ts';
import { OwnerUnreachableError } from '../../src/cluster/errors.ts';
import { type Placement, rendezvousPlacement } from '../../src/cluster/placement.ts';
import type { Decision } from '../../src/decision.ts';
import { gcra, type RatePolicy } from '../../src/policy.ts';
import type { Check } from '../../src/store.ts';
import { type ClusterTuning, decide, keyOwnedBy, SimulatedCluster } from '../support/cluster.ts';

const policy = gcra({ name: 'p', limit: 100, windowMs: 1_000 });
const [n1, n2, n3] = ['n1', 'n2', 'n3'].map(nodeId);

interface Scene {
  readonly simulation: Simulation;
  readonly cluster: SimulatedCluster;
  readonly owner: ClusterStore;
  readonly holder: ClusterStore;
  readonly third: ClusterStore;
  /** Owned by n1. */
  readonly key: string;
  /** Waits for a decision in virtual time. */
  readonly settled: <Value>(waiting: Promise<Value>) => Promise<Value>;
}

/** Three nodes that have run for long enough to know what they own. */
async function sceneOf(
  tuning: ClusterTuning = {},
  options: Partial<SimulationOptions> = {},
): Promise<Scene> {
  const simulation = new Simulation({ seed: 1, ...options });
  const cluster = new SimulatedCluster(simulation, 3, tuning);
  await simulation.run(10_000);
  const placement = tuning.placement ?? rendezvousPlacement(cluster.nodeIds);
  return {
    simulation,
    cluster,
    owner: cluster.store(n1),
    holder: cluster.store(n2),
    third: cluster.store(n3),
    key: keyOwnedBy(placement, idOf(n1)),
    settled: (waiting) => settledIn(simulation, waiting),
  };
}

function idOf(id: NodeId | undefined): NodeId {
  if (id === undefined) throw new Error('no such node');
  return id;
}

async function settledIn<Value>(simulation: Simulation, waiting: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const done = (): void => {
    isSettled = true;
  };
  waiting.then(done, done);
  await simulation.runUntil(() => isSettled, 60_000);
  return waiting;
}

function cutOff({ simulation, cluster }: Scene): void {
  simulation.partition([idOf(n1)], cluster.nodeIds.slice(1));
}

describe('a key of this node', () => {
  test('is counted here, without a message', async () => {
    const { owner, key, simulation } = await sceneOf();
    const before = simulation.eventCount;
    expect(await decide(owner, key, policy, 99)).toMatchObject({ kind: 'admitted', remaining: 1 });
    expect(await decide(owner, key, policy, 2)).toMatchObject({
      kind: 'limited',
      retryAfterMs: 10,
    });
    expect(owner.counters).toMatchObject({ owned: 2, leaseRequests: 0 });
    expect(simulation.eventCount).toBe(before);
  });
});

describe('a key of another node', () => {
  test('is counted once, whichever node is asked', async () => {
    const { owner, holder, third, key, settled } = await sceneOf();
    expect(await settled(decide(holder, key, policy, 60))).toMatchObject({ remaining: 40 });
    expect(await settled(decide(third, key, policy, 40))).toMatchObject({ kind: 'admitted' });
    const limited = { kind: 'limited', reason: 'limitReached' };
    expect(await settled(decide(holder, key, policy, 30))).toMatchObject(limited);
    expect(await decide(owner, key, policy, 30)).toMatchObject(limited);
  });

  test('is decided mostly without a message, once it is busy', async () => {
    const { holder, key, settled } = await sceneOf();
    const large = gcra({ name: 'large', limit: 10_000, windowMs: 1_000 });
    for (let count = 0; count < 2_000; count += 1) await settled(decide(holder, key, large));
    const { leased, waited, leaseRequests, shared } = holder.counters;
    expect([leased + waited, shared]).toEqual([2_000, 0]);
    expect(leaseRequests).toBeLessThanOrEqual(12);
  });

  test('is asked for once by all who wait, and each is charged once', async () => {
    const { owner, holder, key, settled } = await sceneOf();
    const waiting = Array.from({ length: 64 }, () => decide(holder, key, policy));
    const decisions = await settled(Promise.all(waiting));
    expect(decisions.filter(({ kind }) => kind === 'admitted')).toHaveLength(64);
    expect(holder.counters.leaseRequests).toBeLessThan(16);
    expect((await decide(owner, key, policy, 0)).remaining).toBeLessThanOrEqual(36 + 7);
  });

  test('admits exactly one of those who come at once for the last one', async () => {
    const { owner, holder, third, key, settled } = await sceneOf();
    await decide(owner, key, policy, 99);
    const waiting = [holder, holder, third, third].map((store) => decide(store, key, policy));
    const kinds = (await settled(Promise.all(waiting))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(1);
  });

  test('is refused without asking for as long as the owner would refuse it', async () => {
    const { owner, holder, key, settled, simulation } = await sceneOf();
    await decide(owner, key, policy, 100);
    const first = await settled(decide(holder, key, policy, 50));
    expect(first).toMatchObject({ kind: 'limited', reason: 'limitReached' });
    for (let count = 0; count < 100; count += 1) await decide(holder, key, policy, 50);
    expect(holder.counters).toMatchObject({ leaseRequests: 1, leased: 100 });
    await simulation.run(first.kind === 'limited' ? first.retryAfterMs : 0);
    expect((await settled(decide(holder, key, policy, 50))).kind).toBe('admitted');
  });

  test('is looked at with a cost of nothing, which charges nothing', async () => {
    const { owner, holder, key, settled } = await sceneOf();
    const { decisions, chargeId } = await settled(holder.take([{ key, policy, cost: 0 }]));
    expect(decisions).toMatchObject([{ kind: 'admitted', remaining: 100 }]);
    expect(chargeId).toBeUndefined();
    expect(await decide(owner, key, policy, 100)).toMatchObject({ kind: 'admitted' });
  });

  test('is never admitted beyond the burst, and nobody waits for that', async () => {
    const { holder, key, settled } = await sceneOf();
    const never = { kind: 'limited', reason: 'costAboveLimit', retryAfterMs: Infinity };
    expect(await settled(decide(holder, key, policy, 101))).toMatchObject(never);
  });
});

describe('several checks', () => {
  const small = gcra({ name: 'small', limit: 1, windowMs: 60_000 });

  test('are all charged, or none of them', async () => {
    const { owner, holder, key, settled } = await sceneOf({ startingShare: 1 });
    const slow = gcra({ name: 'slow', limit: 100, windowMs: 86_400_000 });
    const checks: readonly Check[] = [
      { key, policy: slow, cost: 10 },
      { key, policy: small, cost: 1 },
    ];
    const first = await settled(holder.take(checks));
    expect(first.decisions.map(({ kind }) => kind)).toEqual(['admitted', 'admitted']);
    const second = await settled(holder.take(checks));
    expect(second.decisions.map(({ kind }) => kind)).toEqual(['admitted', 'limited']);
    expect(second.chargeId).toBeUndefined();
    expect(await settled(decide(holder, key, slow, 0))).toMatchObject({ remaining: 90 });
    const before = await decide(owner, key, slow, 0);
    const mixed = await owner.take(checks);
    expect(mixed.decisions.map(({ kind }) => kind)).toEqual(['admitted', 'limited']);
    expect(mixed.decisions[0]?.remaining).toBe(before.remaining);
    expect((await decide(owner, key, slow, 0)).remaining).toBe(before.remaining);
  });

  test('may be watched: where they would limit, they charge and refuse nothing', async () => {
    const { holder, key, settled } = await sceneOf();
    await settled(decide(holder, key, small));
    const { decisions } = await settled(
      holder.take([
        { key, policy, cost: 1 },
        { key, policy: small, cost: 1, mode: 'shadow' },
      ]),
    );
    expect(decisions).toMatchObject([
      { kind: 'admitted', reason: 'withinLimit' },
      { kind: 'admitted', reason: 'shadow' },
    ]);
  });

  test('leave headroom where that is asked for', async () => {
    const { holder, key, settled } = await sceneOf();
    const polite = (cost: number) => holder.take([{ key, policy, cost, headroom: 50 }]);
    expect((await settled(polite(50))).decisions[0]?.kind).toBe('admitted');
    expect((await settled(polite(10))).decisions[0]?.kind).toBe('limited');
    expect((await settled(decide(holder, key, policy, 40))).kind).toBe('admitted');
  });
});

describe('a refund', () => {
  const remainingOf = (store: ClusterStore, key: string, of: RatePolicy): Promise<Decision> =>
    decide(store, key, of, 0);
  // Slow enough that nothing is regained while a test runs.
  const slow = gcra({ name: 'slow', limit: 100, windowMs: 86_400_000 });
  /** All nodes have run for 10 s only, and begin with a part otherwise. */
  const tuning = { startingShare: 1 };

  test('puts back what was charged here, once', async () => {
    const { owner, key } = await sceneOf(tuning);
    const { chargeId = '' } = await owner.take([{ key, policy: slow, cost: 30 }]);
    await owner.refund(chargeId);
    await owner.refund(chargeId);
    expect(await remainingOf(owner, key, slow)).toMatchObject({ remaining: 100 });
    await owner.refund('unknown');
  });

  test('puts back into the lease, or tells the owner when that has ended', async () => {
    const { owner, holder, key, settled, simulation } = await sceneOf(tuning);
    const first = await settled(holder.take([{ key, policy: slow, cost: 30 }]));
    await settled(holder.refund(first.chargeId ?? ''));
    const again = await holder.take([{ key, policy: slow, cost: 30 }]);
    expect(holder.counters.leaseRequests).toBe(1);
    await simulation.run(2_000);
    await settled(holder.refund(again.chargeId ?? ''));
    expect(await remainingOf(owner, key, slow)).toMatchObject({ remaining: 100 });
  });

  test('that cannot reach the owner says so', async () => {
    const scene = await sceneOf(tuning);
    const { holder, key, settled, simulation } = scene;
    const { chargeId = '' } = await settled(holder.take([{ key, policy: slow, cost: 30 }]));
    cutOff(scene);
    await simulation.run(2_000);
    await expect(settled(holder.refund(chargeId))).rejects.toThrow(OwnerUnreachableError);
  });
});

describe('without the owner', () => {
  test('a node decides with its share, after one wait and then without', async () => {
    const scene = await sceneOf();
    const { holder, key, settled, simulation } = scene;
    cutOff(scene);
    const startMs = simulation.nowMs;
    const first = await settled(decide(holder, key, policy));
    expect(first).toMatchObject({ kind: 'admitted', reason: 'localShare', limit: 100 });
    expect(simulation.nowMs - startMs).toBeLessThanOrEqual(100);
    const atOnce = simulation.eventCount;
    const others = await Promise.all(Array.from({ length: 99 }, () => decide(holder, key, policy)));
    expect(others.filter(({ kind }) => kind === 'admitted')).toHaveLength(32);
    expect(others.at(-1)).toMatchObject({ kind: 'limited', reason: 'localShare' });
    expect(simulation.eventCount).toBe(atOnce);
  });

  test('a lease is spent first', async () => {
    const scene = await sceneOf({ leaseShare: 1 });
    const { holder, key, settled } = scene;
    for (let count = 0; count < 5; count += 1) await settled(decide(holder, key, policy));
    cutOff(scene);
    const next = await decide(holder, key, policy);
    expect(next).toMatchObject({ kind: 'admitted', reason: 'withinLimit' });
  });

  test('it goes back to the owner once that can be reached, one try at a time', async () => {
    const scene = await sceneOf();
    const { holder, key, settled, simulation } = scene;
    cutOff(scene);
    await settled(decide(holder, key, policy));
    simulation.heal();
    await simulation.run(2_000);
    const waiting = [decide(holder, key, policy), decide(holder, `${key}?`, policy)];
    await settled(Promise.all(waiting));
    expect(await settled(decide(holder, key, policy))).toMatchObject({ reason: 'withinLimit' });
  });

  test('it rejects where a limiter in front knows better', async () => {
    const scene = await sceneOf({ onOwnerUnreachable: 'reject' });
    const { holder, key, settled } = scene;
    cutOff(scene);
    const waiting = settled(decide(holder, key, policy));
    await expect(waiting).rejects.toMatchObject({ code: 'RATE_LIMITER_OWNER_UNREACHABLE' });
    await expect(decide(holder, key, policy)).rejects.toThrow('expected an answer of n1');
  });

  test('not more wait than may', async () => {
    const scene = await sceneOf({ waitingMax: 2 });
    const { holder, key, settled } = scene;
    const waiting = Array.from({ length: 5 }, () => decide(holder, key, policy));
    const reasons = (await settled(Promise.all(waiting))).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'localShare')).toHaveLength(3);
  });

  test('blocks and resets are told to the owner, or reject', async () => {
    const scene = await sceneOf();
    const { owner, holder, key, settled } = scene;
    await settled(holder.block(key, policy, 5_000));
    expect(await decide(owner, key, policy)).toMatchObject({ kind: 'limited', reason: 'blocked' });
    expect(await settled(decide(holder, key, policy))).toMatchObject({ reason: 'blocked' });
    await settled(holder.reset(key, policy));
    expect(await settled(decide(holder, key, policy))).toMatchObject({ kind: 'admitted' });
    await owner.block(key, policy, 5_000);
    await owner.reset(key, policy);
    expect((await decide(owner, key, policy)).kind).toBe('admitted');
    cutOff(scene);
    await expect(settled(holder.block(key, policy, 5_000))).rejects.toThrow(OwnerUnreachableError);
    expect(await decide(holder, key, policy)).toMatchObject({ kind: 'limited', reason: 'blocked' });
    await expect(settled(holder.reset(key, policy))).rejects.toThrow(OwnerUnreachableError);
  });
});

describe('when members change', () => {
  const toN3: Placement = { memberCount: 3, ownerOf: () => idOf(n3) };

  test('nodes that disagree decide with their shares, and ask again later', async () => {
    const { cluster, holder, key, settled, simulation } = await sceneOf();
    cluster.place(idOf(n1), toN3);
    expect(await settled(decide(holder, key, policy))).toMatchObject({ reason: 'localShare' });
    expect(await decide(holder, key, policy)).toMatchObject({ reason: 'localShare' });
    expect(holder.counters.leaseRequests).toBe(1);
    cluster.place(idOf(n2), toN3);
    cluster.place(idOf(n3), toN3);
    await simulation.run(10);
    expect(await settled(decide(holder, key, policy))).toMatchObject({ reason: 'withinLimit' });
  });

  test('the new owner begins with a part of what may have been spent', async () => {
    const { cluster, owner, third, key } = await sceneOf();
    await decide(owner, key, policy, 100);
    cluster.place(idOf(n3), toN3);
    expect(await decide(third, key, policy, 34)).toMatchObject({ kind: 'limited' });
    expect(await decide(third, key, policy, 33)).toMatchObject({ kind: 'admitted' });
  });
});

describe('misuse and bad bytes', () => {
  test.each([
    [[{ key: 'k', policy, cost: Number.NaN }], RangeError],
    [[{ key: 'k', policy, cost: -1 }], RangeError],
    [[{ key: 'k', policy, cost: 0.5 }], RangeError],
    [[{ key: 'k', policy, cost: 2 ** 53 }], RangeError],
    [[{ key: 'k'.repeat(10_241), policy, cost: 1 }], RangeError],
    [[{ key: 'k', policy: { ...policy, limit: 0 }, cost: 1 }], RangeError],
    [[], RangeError],
  ] as const)('refuses %j before any change', async (checks, error) => {
    const { holder } = await sceneOf();
    await expect(holder.take(checks)).rejects.toThrow(error);
    expect(holder.counters).toMatchObject({ owned: 0, leased: 0, waited: 0, shared: 0 });
  });

  test('bears keys that are hostile, empty or no Unicode', async () => {
    const { holder, settled } = await sceneOf();
    for (const key of ['__proto__', 'constructor', '', '\ud800', 'a\nb', 'k'.repeat(10_240)]) {
      expect(await settled(decide(holder, key, policy, 34))).toMatchObject({ kind: 'admitted' });
      expect(await settled(decide(holder, key, policy, 90))).toMatchObject({ kind: 'limited' });
    }
  });

  test('counts and refuses what does not decode, and goes on', async () => {
    const { cluster, owner, holder, key, settled } = await sceneOf();
    const { requester } = cluster.members.get(idOf(n2)) ?? {};
    const sent = requester?.request(idOf(n1), 'rate-limiter', Uint8Array.of(1, 1, 7), {
      timeoutMs: 100,
    });
    await expect(settled(Promise.resolve(sent))).rejects.toMatchObject({ reason: 'declined' });
    expect(owner.counters.malformed).toBe(1);
    expect(await settled(decide(holder, key, policy))).toMatchObject({ reason: 'withinLimit' });
  });

  test('a caller who gives up is told at once, and what was drawn for it is put back', async () => {
    const { owner, holder, key, settled } = await sceneOf();
    const slow = gcra({ name: 'slow', limit: 9, windowMs: 86_400_000 });
    const client = new AbortController();
    const own = keyOwnedBy(rendezvousPlacement([n1, n2, n3].map(idOf)), idOf(n2));
    const checks = [
      { key: own, policy: slow, cost: 2 },
      { key, policy: slow, cost: 2 },
    ];
    const before = await decide(holder, own, slow, 0);
    const waiting = holder.take(checks, { signal: client.signal });
    client.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    await expect(holder.take(checks, { signal: client.signal })).rejects.toThrow('gone');
    await settled(decide(holder, key, slow, 0));
    const after = await decide(holder, own, slow, 0);
    expect(after.remaining).toBe(before.remaining);
    expect(owner.counters.malformed).toBe(0);
  });

  test('refuses all after close, serves nobody, and closes twice', async () => {
    const { owner, holder, key, settled } = await sceneOf();
    await owner.close();
    await owner.close();
    const closed = { code: 'RATE_LIMITER_CLOSED' };
    await expect(owner.take([{ key, policy, cost: 1 }])).rejects.toMatchObject(closed);
    await expect(owner.refund('n1/1')).rejects.toMatchObject(closed);
    await expect(owner.block(key, policy, 1)).rejects.toMatchObject(closed);
    await expect(owner.reset(key, policy)).rejects.toMatchObject(closed);
    expect(await settled(decide(holder, key, policy))).toMatchObject({ reason: 'localShare' });
  });
});
