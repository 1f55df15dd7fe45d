/** The owner of every key, a process of its own: what the others ask, over TCP. */
import { ClusterStore } from '@quorate/rate-limiter/cluster';
import { createRequester } from '@quorate/transport';
import { systemClock } from '@quorate/transport/system';
import { TcpTransport } from '@quorate/transport/tcp';

import { clusterId, ownedElsewhere, ownerId } from './members.ts';

const transport = await TcpTransport.open({
  localId: ownerId,
  clusterId,
  listen: { host: '127.0.0.1', port: 0 },
});
const store = new ClusterStore({
  localId: ownerId,
  requester: createRequester(transport, systemClock),
  clock: systemClock,
  placement: ownedElsewhere,
  keysMax: 2_000_000,
  leasesMax: 2_000_000,
  stateBytesMax: 1_073_741_824,
});
process.send?.(transport.address?.port ?? 0);
process.on('disconnect', () => void store.close().then(() => process.exit(0)));
