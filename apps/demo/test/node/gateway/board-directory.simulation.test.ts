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

/** Five nodes that have heard of each other, and one of them that cannot be reached. */
async function cutOff(seed: number): Promise<SimulatedCluster> {
  const cluster = new SimulatedCluster({ nodeCount: 5, seed });
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
    const { document } = await cluster.request(n1, `/admin/ring?key=${id}`);
    if (!(document as { owners: string[] }).owners.includes(n2)) return id;
  }
}

describe('a node that missed the announcement of a board', () => {
  test('finds out by the next number, and denies nothing until it has the whole', async () => {
    const cluster = await cutOff(4);
    const id = await foreign(cluster);
    cluster.simulation.heal();
    await cluster.simulation.run(1_300);
    const answer = await cluster.request(n2, `/v1/boards/${id}`);
    expect(answer.status, answer.text).toBe(200);
    await cluster.simulation.run(1_300);
    expect((await cluster.request(n2, '/v1/boards/b-none')).status).toBe(404);
  });

  test('does not deny it while it hears nothing', async () => {
    const cluster = await cutOff(5);
    const id = await foreign(cluster);
    await cluster.simulation.run(3_000);
    const answer = await cluster.request(n2, `/v1/boards/${id}`);
    expect([answer.status, answer.document]).toMatchObject([503, { code: 'no_owner' }]);
  });

  test.each([1, 2, 3])('never denies for long if messages get lost (SEED=%i)', async (seed) => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed });
    await cluster.elect();
    await cluster.simulation.run(3_000);
    cluster.simulation.inject({ kind: 'network', lossRate: 0.3 });
    for (let round = 0; round < 10; round += 1) {
      const answer = await cluster.request(n1, '/v1/boards', {
        method: 'POST',
        body: JSON.stringify({ title: 'Lossy' }),
        headers: { 'content-type': 'application/json', 'idempotency-key': `k${round}` },
      });
      // Only what was confirmed may not be denied.
      if (answer.status >= 300) continue;
      const { id } = answer.document as { id: string };
      await cluster.simulation.run(2_500);
      for (const node of cluster.ids) {
        expect((await cluster.request(node, `/v1/boards/${id}`)).status).not.toBe(404);
      }
    }
  });
});
