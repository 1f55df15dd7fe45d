import type { NodeId } from '@quorate/transport';

import { CoreCluster, n1, n2 } from './core-cluster.ts';
import { patient } from './lone-node.ts';

/**
 * Three nodes of which n1 and n2 may both ask for votes in term 1: each was told by n3 that it
 * could win. Neither has its own vote on disk.
 */
export function rivalCandidates(): CoreCluster {
  const cluster = new CoreCluster({ random: patient, nodeCount: 3 });
  for (const rival of [n1, n2]) {
    const { electionTimeoutTicks } = cluster.raft(rival).tuning;
    for (let tick = 0; tick < 2 * electionTimeoutTicks - 1; tick += 1) {
      cluster.input(rival, { kind: 'tick' });
    }
  }
  while (cluster.parcels.length > 0) cluster.deliver(0);
  return cluster;
}

/** Delivers what is under way from one node to another, and nothing else. */
export function deliverBetween(cluster: CoreCluster, from: NodeId, to: NodeId): void {
  for (;;) {
    const place = cluster.parcels.findIndex((each) => each.from === from && each.to === to);
    if (place === -1) return;
    cluster.deliver(place);
  }
}
