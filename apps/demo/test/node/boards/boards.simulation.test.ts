import { nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { type Answer, SimulatedCluster } from '../../support/simulated-cluster.ts';

const [n1, n2, n3, n4, n5] = ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => nodeId(id));
const all = [n1!, n2!, n3!, n4!, n5!];

function post(
  cluster: SimulatedCluster,
  node: ReturnType<typeof nodeId>,
  path: string,
  body: unknown,
  key: string,
): Promise<Answer> {
  return cluster.request(node, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
  });
}

async function created(cluster: SimulatedCluster, title: string): Promise<string> {
  const answer = await post(cluster, n1!, '/v1/boards', { title }, title);
  expect(answer.status, answer.text).toBe(201);
  return (answer.document as { id: string }).id;
}

describe('boards', () => {
  test('are made on one node and read on all', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    await cluster.simulation.run(6_000);
    const id = await created(cluster, 'Checkout is down');
    for (const node of all) {
      const { document } = await cluster.request(node, `/v1/boards/${id}`);
      expect(document).toMatchObject({ title: 'Checkout is down', status: 'investigating' });
    }
    const none = await cluster.request(n2!, '/v1/boards/b-none');
    expect(none.status).toBe(404);
  });

  test('take a request once, whoever is asked and however often', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Once');
    const operations = [{ kind: 'addAffected', amount: 3 }];
    const statuses: number[] = [];
    for (const node of all) {
      const { status } = await post(cluster, node, `/v1/boards/${id}/ops`, { operations }, 'same');
      statuses.push(status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202]);
    const { document } = await cluster.request(n4!, `/v1/boards/${id}?consistency=quorum`);
    expect(document).toMatchObject({ affected: 3 });
  });

  test('lose nothing that was confirmed when any one node loses its disk cache', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 4 });
    await cluster.elect();
    const id = await created(cluster, 'Kept');
    for (let round = 0; round < 20; round += 1) {
      const victim = all[round % 5]!;
      const asked = all[(round + 1) % 5]!;
      cluster.simulation.crash(victim);
      const operations = [{ kind: 'insertNotes', position: 0, text: `${round} ` }];
      const path = `/v1/boards/${id}/ops`;
      const answer = await post(cluster, asked, path, { operations }, `r${round}`);
      expect(answer.status, answer.text).toBe(202);
      cluster.simulation.restart(victim);
      await cluster.simulation.run(500);
    }
    await cluster.simulation.run(5_000);
    const { document } = await cluster.request(n3!, `/v1/boards/${id}?consistency=quorum`);
    const { notes } = document as { notes: string };
    expect(notes.trim().split(' ').toSorted()).toEqual(
      Array.from({ length: 20 }, (_, round) => String(round)).toSorted(),
    );
  });
});
