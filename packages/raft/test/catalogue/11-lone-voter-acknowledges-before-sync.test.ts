import { expect, test } from 'vitest';

import { CoreCluster, n1, n2 } from '../support/core-cluster.ts';
import { patient } from '../support/lone-node.ts';
import { NodeScene } from '../support/node-scene.ts';

// A cluster of one hands out what is committed together with what it has yet to write (etcd#14370):
// it answers, loses power, and the write is gone.
//
// Protection: the own copy counts once it is durable: `advanceCommit` of src/commitment.ts; applied
// is only what is durable here: `applyCommitted` there; and a write is reported once its sync is
// done: `#pump` of src/node/persistence.ts.
// Mutations: count `log.lastIndex` in `advanceCommit`: the first test fails, an entry is committed
// with no copy on disk. Apply up to `commitIndex`: the second. Report before the sync: the third.

test('a lone voter commits what it has written, and nothing beside it', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 1 });
  cluster.elect(n1);
  cluster.settle();
  cluster.propose(n1);
  cluster.propose(n1);
  expect(cluster.raft(n1).commitIndex).toBe(1);
  cluster.completeWrites(n1, 1);
  expect(cluster.raft(n1)).toMatchObject({ commitIndex: 2, log: { lastIndex: 3 } });
  cluster.crash(n1, 0);
  cluster.restart(n1);
  cluster.elect(n1);
  cluster.settle();
  expect(cluster.node(n1).stateMachine.logIndex).toBe(3);
});

test('who leads others applies no entry before its own disk has it', () => {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  cluster.elect(n1);
  cluster.settle();
  cluster.propose(n1);
  cluster.deliver(0);
  cluster.deliver(0);
  for (const id of cluster.ids) if (id !== n1) cluster.completeWrites(id, 1);
  while (cluster.raft(n1).commitIndex < 2) cluster.deliver(0);
  expect(cluster.node(n1).stateMachine.logIndex).toBe(1);
  cluster.crash(n1, 0);
  cluster.elect(n2);
  cluster.settle();
  expect(cluster.raft(n2).commitIndex).toBe(3);
});

test('what a lone node has acknowledged is there after a loss of power just then', async () => {
  const scene = new NodeScene(
    { nodeCount: 1 },
    { disk: { syncLatency: { kind: 'constant', ms: 30 }, tornRate: 1, nameSurvivalRate: 0 } },
  );
  const leader = await scene.elect();
  for (let written = 1; written <= 3; written += 1) {
    expect(await scene.settled(scene.write(leader))).toMatchObject({ kind: 'committed' });
    await scene.revive(leader);
    await scene.elect();
    expect(scene.node(leader).machine.commandIds.size).toBe(written);
  }
});
