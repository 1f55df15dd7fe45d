import { nodeId } from '@quorate/transport';
import { expect, test } from 'vitest';

import { SimCluster } from '../../src/sim/sim-cluster.ts';

const lost = { kind: 'drop', from: 'n1', to: 'n2', share: 1 } as const;

/** A run in which n1 is not heard by n2 from the first second on, after three seconds. */
async function played(seed: number): Promise<SimCluster> {
  const cluster = new SimCluster({ seed, nodeCount: 3 });
  await cluster.runTo(1_000);
  void cluster.act({ kind: 'links', links: [lost] });
  await cluster.runTo(3_000);
  return cluster;
}

/** How `from` suspects `peer`. */
function phiOf(cluster: SimCluster, from: string, peer: string): number {
  const peers = cluster.node(nodeId(from))?.status().peers;
  return peers?.find((each) => each.peer === peer)?.phi ?? -1;
}

test('what is lost on one link, in one direction, is heard again once it is well', async () => {
  const cluster = await played(3);
  expect(cluster.links).toEqual([lost]);
  expect(phiOf(cluster, 'n2', 'n1')).toBeGreaterThan(8);
  expect(phiOf(cluster, 'n1', 'n2')).toBeLessThan(8);
  expect(phiOf(cluster, 'n3', 'n1')).toBeLessThan(8);
  void cluster.act({ kind: 'links', links: [] });
  await cluster.runTo(5_000);
  expect(phiOf(cluster, 'n2', 'n1')).toBeLessThan(8);
});

test('a node that starts anew has the links as they are', async () => {
  const cluster = await played(4);
  void cluster.act({ kind: 'fault', fault: { kind: 'crash', node: 'n1' } });
  void cluster.act({ kind: 'fault', fault: { kind: 'restart', node: 'n1' } });
  await cluster.runTo(6_000);
  expect(phiOf(cluster, 'n2', 'n1')).toBeGreaterThan(8);
  expect(phiOf(cluster, 'n3', 'n1')).toBeLessThan(8);
});

test('the same links make the same run', async () => {
  const [one, other] = [await played(5), await played(5)];
  expect(one.hash()).toBe(other.hash());
});
