import { fork } from 'node:child_process';
import { once } from 'node:events';

import { ClusterStore } from '@quorate/rate-limiter/cluster';
import { createRequester } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';
import { TcpTransport } from '@quorate/transport/tcp';

import type { OpenLimitStore } from './limit-store.ts';
import { askerId, clusterId, ownedElsewhere, ownerId } from './members.ts';

/** A node that owns no key, and in another process the one that owns all. */
export const openCluster: OpenLimitStore = async (policy) => {
  const path = new URL('owner-main.ts', import.meta.url).pathname;
  const owner = fork(path, { execArgv: ['--conditions=@quorate/source'] });
  const messages: unknown[] = await once(owner, 'message');
  const [port] = messages;
  if (typeof port !== 'number') throw new TypeError(`port: expected a number, got ${typeof port}`);
  const transport = await TcpTransport.open({ localId: askerId, clusterId });
  const isUp = new Promise<void>((resolve) => {
    transport.observePeers(({ kind }) => {
      if (kind === 'up') resolve();
    });
  });
  transport.setPeer(ownerId, { host: '127.0.0.1', port });
  await isUp;
  const store = new ClusterStore({
    localId: askerId,
    requester: createRequester(transport, systemClock),
    clock: systemClock,
    placement: ownedElsewhere,
    // Nobody is to decide with a share: a machine that is busy would look fast.
    timeoutMs: 1_000,
  });
  return {
    decide: (key) => store.take([{ key, policy, cost: 1 }]),
    roundTrips() {
      const { shared, unanswered, leaseRequests } = store.counters;
      if (shared + unanswered > 0) throw new Error('the owner did not answer in time');
      return leaseRequests;
    },
    async close() {
      const exited = once(owner, 'exit');
      await store.close();
      await transport.close();
      owner.disconnect();
      await exited;
    },
  };
};
