import type { NodeId } from '@quorate/transport';
import { beforeEach, describe, expect, test } from 'vitest';

import { type Answer, SimulatedCluster } from '../support/simulated-cluster.ts';

const adminToken = 'of the supervisor';
const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
let cluster: SimulatedCluster;
let leaderId: NodeId;
let followerId: NodeId;

beforeEach(async () => {
  cluster = new SimulatedCluster({ tuning: { adminToken } });
  leaderId = await cluster.elect();
  followerId = await cluster.follower();
});

function transfer(asked: NodeId, wish: unknown): Promise<Answer> {
  const init = { method: 'POST', headers, body: JSON.stringify(wish) };
  return cluster.request(asked, '/admin/transfer-leadership', init);
}

describe('leadership', () => {
  test('goes to whom it is given, whoever is asked', async () => {
    const answer = await transfer(followerId, { to: followerId });
    expect([answer.status, answer.document]).toEqual([200, { leaderId: followerId }]);
    expect(await cluster.elect()).toBe(followerId);
    // It leads already, so there is nothing to do.
    expect((await transfer(leaderId, { to: followerId })).status).toBe(200);
  });

  test('goes to anybody else if nobody is named', async () => {
    // Only who keeps up can take over, which the leader learns from an exchange or two.
    await cluster.simulation.run(500);
    const answer = await transfer(leaderId, {});
    expect(answer.status).toBe(200);
    expect(await cluster.elect()).not.toBe(leaderId);
  });

  test.each([
    [{ to: 'n9' }, 404, 'to'],
    [{ to: '' }, 400, 'to'],
    [{ whom: 'n1' }, 400, 'whom'],
  ])('stays at %j', async (wish, status, field) => {
    const answer = await transfer(leaderId, wish);
    expect([answer.status, answer.document]).toMatchObject([status, { field }]);
    expect(await cluster.elect()).toBe(leaderId);
  });

  test('stays if who is named is down', async () => {
    cluster.simulation.crash(followerId);
    const answer = await transfer(leaderId, { to: followerId });
    expect([answer.status, answer.document]).toMatchObject([409, { code: 'conflict' }]);
    expect(cluster.node(leaderId).status().raft.role).toBe('leader');
  });
});

test('a snapshot is taken on demand, of the node that is asked', async () => {
  await cluster.put(leaderId, 'a', '1');
  await cluster.simulation.run(500);
  const ask = (): Promise<Answer> =>
    cluster.request(followerId, '/admin/snapshot', { method: 'POST', headers });
  const first = await ask();
  expect([first.status, first.document]).toMatchObject([202, { outcome: 'begun' }]);
  await cluster.simulation.run(500);
  const second = await ask();
  expect([second.status, second.document]).toMatchObject([200, { outcome: 'nothingNew' }]);
});

test('the cluster, the ring, suspicions and breakers can be looked at', async () => {
  await cluster.simulation.run(1_000);
  const look = async (path: string): Promise<unknown> =>
    (await cluster.request(leaderId, `/admin/${path}`, { headers })).document;
  expect(await look('cluster')).toMatchObject({
    ...{ role: 'leader', leaderId, voters: ['n1', 'n2', 'n3'], learners: [], isJoint: false },
    members: ['n1', 'n2', 'n3'].map((id) => ({ id, address: null, step: 'member' })),
  });
  expect(await look('ring?key=b-1')).toMatchObject({ key: 'b-1', owners: { length: 3 } });
  const peers = cluster.ids.filter((id) => id !== leaderId);
  expect(await look('phi')).toMatchObject(peers.map((peer) => ({ peer, isSuspected: false })));
  const breakers = { 'boards/ask': 'closed' };
  expect(await look('breakers')).toMatchObject(peers.map((peer) => ({ peer, breakers })));
});
