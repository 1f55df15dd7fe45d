import { expect, test } from 'vitest';

import { NodeScene } from '../support/node-scene.ts';

// All nodes lose power at once, and with it what was written and not synced (etcd#14143, found with
// lazyfs): what was acknowledged is on no disk, and whoever comes back begins another history.
//
// Protection: an append of @quorate/storage resolves once its sync is done: `commit` of
// src/segment-writer.ts there waits for the write and for the sync.
// Mutation: wait for the write alone: acknowledged writes are gone, or a start finds no log.

test('what was acknowledged outlives the loss of power of all nodes at once', async () => {
  const scene = new NodeScene(
    { nodeCount: 5, tuning: { segmentBytes: 16_384 } },
    { disk: { syncLatency: { kind: 'uniform', minMs: 5, maxMs: 40 }, nameSurvivalRate: 0 } },
  );
  for (let round = 1; round <= 5; round += 1) {
    const leader = await scene.elect();
    const writes = Array.from({ length: 20 }, () => scene.write(leader));
    expect(await scene.settled(Promise.race(writes))).toMatchObject({ kind: 'committed' });
    const acknowledged = new Set(scene.node(leader).machine.commandIds);
    for (const id of scene.cluster.nodeIds) scene.simulation.inject({ kind: 'crash', node: id });
    await scene.simulation.run(100);
    for (const id of scene.cluster.nodeIds) scene.simulation.inject({ kind: 'restart', node: id });
    const next = await scene.elect();
    const { commandIds } = scene.node(next).machine;
    expect([...acknowledged].filter((commandId) => !commandIds.has(commandId))).toEqual([]);
  }
});
