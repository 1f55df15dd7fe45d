/*
 * The contract of stores, by the owner of all keys: a node decides about its own keys exactly. What
 * others decide with leases and shares is bounded, not exact, and held to its bound by
 * cluster-store.simulation.test.ts.
 */
import { nodeId, type Requester } from '@quorate/transport';

import { ClusterStore } from '../../src/cluster/cluster-store.ts';
import { rendezvousPlacement } from '../../src/cluster/placement.ts';
import { describeRateLimitStore } from '../../src/contract/index.ts';

const localId = nodeId('n1');
const requester: Requester = {
  request: () => Promise.reject(new Error('there is nobody else')),
  serve: () => () => undefined,
};

describeRateLimitStore('the owner in a cluster', () => {
  let nowMs = 1_000;
  const clock = {
    nowMs: () => nowMs,
    wallTimeMs: () => nowMs,
    setTimer: () => ({ cancel: () => undefined }),
  };
  const placement = rendezvousPlacement([localId]);
  const store = new ClusterStore({ localId, requester, clock, placement, startingShare: 1 });
  return Promise.resolve({
    store,
    nowMs: () => nowMs,
    advance: (byMs) => {
      nowMs += byMs;
    },
  });
});
