import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { SimulatedCluster } from '../../support/simulated-cluster.ts';

const [n1, n2] = [nodeId('n1'), nodeId('n2')];

async function made(cluster: SimulatedCluster, key: string): Promise<string> {
  const answer = await cluster.request(n1, '/v1/boards', {
    method: 'POST',
    body: JSON.stringify({ title: key }),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
  expect(answer.status, answer.text).toBe(201);
  return (answer.document as { id: string }).id;
}

/** What all nodes that run say of a board, asked at once. */
async function statuses(cluster: SimulatedCluster, id: string): Promise<readonly number[]> {
  const { simulation } = cluster;
  const running = cluster.ids.filter((node) => simulation.stateOf(node) === 'running');
  const seen: number[] = [];
  for (const node of running) {
    const asked = cluster.node(node).app.request(`http://${node}/v1/boards/${id}`);
    void Promise.resolve(asked).then(({ status }) => seen.push(status));
  }
  await simulation.runUntil(() => seen.length === running.length, 10_000);
  return seen;
}

/** Five nodes that have heard of each other, and one of them that cannot be reached. */
async function cutOff(seed: number): Promise<SimulatedCluster> {
  const cluster = new SimulatedCluster({ nodeCount: 5, seed, tuning: { adminToken: 'secret' } });
  await cluster.elect();
  await cluster.simulation.run(3_000);
  expect((await cluster.request(n2, '/v1/boards/b-none')).status).toBe(404);
  const others = cluster.ids.filter((id) => id !== n2);
  cluster.simulation.partition([n2], others);
  return cluster;
}

/** A board of which `n2` holds nothing. */
async function foreign(cluster: SimulatedCluster): Promise<string> {
  for (let count = 0; ; count += 1) {
    const id = await made(cluster, `board ${count}`);
    const headers = { authorization: 'Bearer secret' };
    const { document } = await cluster.request(n1, `/admin/ring?key=${id}`, { headers });
    if (!(document as { owners: string[] }).owners.includes(n2)) return id;
  }
}

describe('a node that missed the announcement of a board', () => {
  test('asks its owners, and denies others as soon as all gave leave', async () => {
    const cluster = await cutOff(4);
    const id = await foreign(cluster);
    cluster.simulation.heal();
    await cluster.simulation.run(1_300);
    const answer = await cluster.request(n2, `/v1/boards/${id}`);
    expect(answer.status, answer.text).toBe(200);
    await cluster.simulation.run(100);
    const { savedCount = 0 } = cluster.node(n2).status().boards.filter;
    expect((await cluster.request(n2, '/v1/boards/b-none')).status).toBe(404);
    expect(cluster.node(n2).status().boards.filter.savedCount).toBe(savedCount + 1);
  });

  test('does not deny it while it hears nothing', async () => {
    const cluster = await cutOff(5);
    const id = await foreign(cluster);
    const answer = await cluster.request(n2, `/v1/boards/${id}`);
    expect([answer.status, answer.document]).toMatchObject([503, { code: 'no_owner' }]);
  });
});

describe('a board that was made', () => {
  test.each([1, 2, 3, 4])('is denied by nobody from then on (SEED=%i)', async (seed) => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed });
    await cluster.elect();
    await cluster.simulation.run(3_000);
    const { ids, simulation } = cluster;
    const faults = [
      { kind: 'network', lossRate: 0.3 },
      { kind: 'partition', left: [ids[seed]!], right: ids.filter((id) => id !== ids[seed]) },
      { kind: 'partition', left: [n1], right: ids.slice(2), direction: 'forward' },
      { kind: 'pause', node: ids[seed]! },
    ] as const;
    let madeCount = 0;
    for (let round = 0; round < 8; round += 1) {
      // Whoever looks for what is not there gets leave to deny, and uses it.
      await statuses(cluster, 'b-none');
      await simulation.run(50);
      const fault = faults[round % faults.length]!;
      simulation.inject(fault);
      const answer = await cluster.request(n1, '/v1/boards', {
        method: 'POST',
        body: JSON.stringify({ title: 'Lossy' }),
        headers: { 'content-type': 'application/json', 'idempotency-key': `k${round}` },
      });
      if (answer.status < 300) {
        madeCount += 1;
        const { id } = answer.document as { id: string };
        const seen = await statuses(cluster, id);
        expect(seen, `${fault.kind}: ${seen.join()}`).not.toContain(404);
      }
      if (fault.kind === 'pause') simulation.inject({ kind: 'resume', node: fault.node });
      simulation.inject({ kind: 'network', lossRate: 0 });
      simulation.heal();
      await simulation.run(300);
    }
    expect(madeCount).toBeGreaterThan(3);
  });
});
