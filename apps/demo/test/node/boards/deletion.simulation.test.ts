import { type NodeId, nodeId } from '@quorate/transport';
import { describe, expect, test } from 'vitest';

import { type Answer, SimulatedCluster } from '../../support/simulated-cluster.ts';

const json = { 'content-type': 'application/json' };

function post(
  cluster: SimulatedCluster,
  node: NodeId,
  path: string,
  body: unknown,
  key: string,
): Promise<Answer> {
  return cluster.request(node, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { ...json, 'idempotency-key': key },
  });
}

function remove(cluster: SimulatedCluster, node: NodeId, id: string, key: string): Promise<Answer> {
  const headers = { 'idempotency-key': key };
  return cluster.request(node, `/v1/boards/${id}`, { method: 'DELETE', headers });
}

async function created(cluster: SimulatedCluster, title: string): Promise<string> {
  const answer = await post(cluster, nodeId('n1'), '/v1/boards', { title }, title);
  expect(answer.status, answer.text).toBe(201);
  return (answer.document as { id: string }).id;
}

/** What each node says of a board. */
async function statuses(cluster: SimulatedCluster, id: string): Promise<readonly number[]> {
  const answers: number[] = [];
  for (const node of cluster.ids) {
    answers.push((await cluster.request(node, `/v1/boards/${id}`)).status);
  }
  return answers;
}

/** A board of which `node` is the first to be asked. */
async function ownedFirstBy(cluster: SimulatedCluster, node: NodeId): Promise<string> {
  for (let count = 0; ; count += 1) {
    const id = await created(cluster, `board ${count}`);
    const { headers } = await cluster.request(node, `/v1/boards/${id}`);
    if (headers.get('x-served-by') === node) return id;
  }
}

/** Members of which some own no boards any more. */
function drained(cluster: SimulatedCluster, nodes: readonly NodeId[]): string {
  return JSON.stringify(cluster.ids.map((id) => ({ id, weight: nodes.includes(id) ? 0 : 1 })));
}

const edit = { operations: [{ kind: 'addAffected', amount: 1 }] };

describe('a board that is deleted', () => {
  test('is gone on every node, for every request, and what it held is too', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Gone');
    const deleted = await remove(cluster, nodeId('n2'), id, 'k1');
    expect([deleted.status, deleted.document]).toMatchObject([200, { isRepeated: false }]);
    expect((deleted.document as { copies: number }).copies).toBeGreaterThanOrEqual(2);

    expect(await statuses(cluster, id)).toEqual([410, 410, 410, 410, 410]);
    for (const node of cluster.ids) {
      const path = `/v1/boards/${id}`;
      const answers = [
        await post(cluster, node, `${path}/ops`, edit, `edit-${node}`),
        await post(cluster, node, `${path}/ops`, { update: 'AAAA' }, 'merge'),
        await cluster.request(node, `${path}/sync`),
        await cluster.request(node, `${path}?consistency=quorum`),
        await post(cluster, node, '/v1/boards', { title: 'Gone' }, 'Gone'),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.document]).toMatchObject([410, { code: 'deleted' }]);
      }
    }
    await cluster.simulation.run(5_000);
    for (const node of cluster.ids) expect(cluster.node(node).boardIds()).toEqual([]);
  });

  test('is deleted once: the same request says so again, another one that it is gone', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Once');
    await remove(cluster, nodeId('n1'), id, 'k1');
    for (const node of cluster.ids) {
      const again = await remove(cluster, node, id, 'k1');
      expect([again.status, again.document]).toMatchObject([200, { isRepeated: true }]);
      expect((await remove(cluster, node, id, 'k2')).status).toBe(410);
    }
  });

  test('needs a key, and must have been there', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    await cluster.elect();
    await cluster.simulation.run(6_000);
    const id = await created(cluster, 'Kept');
    const keyless = await cluster.request(nodeId('n1'), `/v1/boards/${id}`, { method: 'DELETE' });
    expect([keyless.status, keyless.document]).toMatchObject([400, { field: 'Idempotency-Key' }]);
    expect((await remove(cluster, nodeId('n1'), 'b-none', 'k')).status).toBe(404);
    expect((await remove(cluster, nodeId('n1'), 'B_none', 'k')).status).toBe(400);
    expect(await statuses(cluster, id)).toEqual([200, 200, 200]);
  });

  test('stays away after all nodes lose power at once', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Power');
    expect((await remove(cluster, nodeId('n3'), id, 'k')).status).toBe(200);
    for (const node of cluster.ids) cluster.simulation.crash(node);
    for (const node of cluster.ids) cluster.simulation.restart(node);
    await cluster.elect();
    await cluster.simulation.run(5_000);
    expect(await statuses(cluster, id)).toEqual([410, 410, 410]);
    expect((await remove(cluster, nodeId('n1'), id, 'k')).document).toMatchObject({
      isRepeated: true,
    });
    for (const node of cluster.ids) expect(cluster.node(node).boardIds()).toEqual([]);
  });
});

describe('a board that is deleted while nodes cannot reach each other', () => {
  test('does not come back with what is done on the other side', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 2 });
    await cluster.elect();
    const id = await created(cluster, 'Split');
    const [n1, n2, n3] = cluster.ids;
    cluster.simulation.partition([n1!], [n2!, n3!]);
    expect((await remove(cluster, n2!, id, 'k2')).status).toBe(200);
    const edited = await post(cluster, n1!, `/v1/boards/${id}/ops`, edit, 'e');
    expect([edited.status, edited.document]).toMatchObject([504, { code: 'unconfirmed' }]);
    expect((await cluster.request(n1!, `/v1/boards/${id}`)).status).toBe(200);

    cluster.simulation.heal();
    await cluster.simulation.run(5_000);
    expect(await statuses(cluster, id)).toEqual([410, 410, 410]);
    for (const node of cluster.ids) expect(cluster.node(node).boardIds()).toEqual([]);
  });

  test('is gone for everybody if only the smaller side deleted it', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Alone');
    const [n1, n2, n3] = cluster.ids;
    cluster.simulation.partition([n1!], [n2!, n3!]);
    const alone = await remove(cluster, n1!, id, 'k1');
    expect([alone.status, alone.document]).toMatchObject([504, { code: 'unconfirmed' }]);
    const other = await post(cluster, n3!, `/v1/boards/${id}/ops`, edit, 'e');
    expect(other.status).toBe(202);
    cluster.simulation.heal();
    await cluster.simulation.run(5_000);
    expect(await statuses(cluster, id)).toEqual([410, 410, 410]);
    const again = await remove(cluster, n3!, id, 'k1');
    expect([again.status, again.document]).toMatchObject([200, { isRepeated: true, copies: 3 }]);
  });

  test('a read that hears a second owner knows of it before the owners have met', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3, seed: 7 });
    await cluster.elect();
    const [n1, n2, n3] = cluster.ids;
    const id = await ownedFirstBy(cluster, n1!);
    cluster.simulation.partition([n1!], [n2!, n3!]);
    expect((await remove(cluster, n2!, id, 'k2')).status).toBe(200);
    cluster.simulation.heal();
    const path = `/v1/boards/${id}?consistency=quorum`;
    let read = await cluster.request(n1!, path);
    // As long as it takes the other owners for dead, it does not answer for them.
    while (read.status === 503) {
      await cluster.simulation.run(50);
      read = await cluster.request(n1!, path);
    }
    expect(read.status).toBe(410);
  });
});

describe('the tombstones of boards', () => {
  test('move to the owners of today, and nobody else keeps them', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 8 });
    const leader = await cluster.elect();
    const id = await created(cluster, 'Moved');
    const holders = cluster.ids.filter((node) => cluster.node(node).boardIds().includes(id));
    const others = cluster.ids.filter((node) => !holders.includes(node));
    expect((await remove(cluster, holders[0]!, id, 'k')).status).toBe(200);
    const members = drained(cluster, holders);
    expect((await cluster.put(leader, 'cluster/members', members)).status).toBe(201);
    await cluster.simulation.run(10_000);
    for (const node of holders) cluster.simulation.crash(node);
    for (const node of others) {
      expect((await cluster.request(node, `/v1/boards/${id}`)).status).toBe(410);
    }
    for (const node of holders) cluster.simulation.restart(node);
    await cluster.simulation.run(3_000);
    await cluster.elect();
    expect(await statuses(cluster, id)).toEqual([410, 410, 410, 410, 410]);
  });

  test('reach a node that held a copy and is no owner any more', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5, seed: 9 });
    await cluster.elect();
    const id = await created(cluster, 'Strange');
    const holders = cluster.ids.filter((node) => cluster.node(node).boardIds().includes(id));
    const stranger = holders.at(-1)!;
    const others = cluster.ids.filter((node) => node !== stranger);
    cluster.simulation.partition([stranger], others);
    expect((await remove(cluster, others[0]!, id, 'k')).status).toBe(200);
    const members = drained(cluster, [stranger]);
    await cluster.simulation.run(3_000);
    expect((await cluster.put(others[0]!, 'cluster/members', members)).status).toBe(201);
    cluster.simulation.heal();
    await cluster.simulation.run(10_000);
    expect(cluster.node(stranger).boardIds()).toEqual([]);
    expect(await statuses(cluster, id)).toEqual([410, 410, 410, 410, 410]);
  });

  test('end the events of those who watch', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 3 });
    await cluster.elect();
    const id = await created(cluster, 'Watched');
    let isOver = false;
    void (async () => {
      const response = await cluster.node(nodeId('n3')).app.request(`/v1/boards/${id}/events`);
      await response.text();
      isOver = true;
    })();
    await cluster.simulation.run(1_000);
    expect(isOver).toBe(false);
    expect((await remove(cluster, nodeId('n1'), id, 'k')).status).toBe(200);
    expect(await cluster.simulation.runUntil(() => isOver, 5_000)).toBe(true);
    expect((await cluster.request(nodeId('n3'), `/v1/boards/${id}/events`)).status).toBe(410);
  });

  test('end them on a node without a copy, too', async () => {
    const cluster = new SimulatedCluster({ nodeCount: 5 });
    await cluster.elect();
    const id = await created(cluster, 'Watched from afar');
    await cluster.simulation.run(500);
    const stranger = cluster.ids.find((node) => !cluster.node(node).boardIds().includes(id))!;
    let isOver = false;
    void (async () => {
      const response = await cluster.node(stranger).app.request(`/v1/boards/${id}/events`);
      await response.text();
      isOver = true;
    })();
    await cluster.simulation.run(1_000);
    const owner = cluster.ids.find((node) => node !== stranger)!;
    expect((await remove(cluster, owner, id, 'k')).status).toBe(200);
    expect(await cluster.simulation.runUntil(() => isOver, 5_000)).toBe(true);
    await cluster.simulation.run(6_000);
    expect((await cluster.request(stranger, `/v1/boards/${id}`)).status).toBe(410);
  });
});
