import type { Transport } from '@quorate/transport';

import { replicationCodec } from '../../src/replicator/codec.ts';
import type { ReplicationMessage } from '../../src/replicator/messages.ts';

/** What a planted fault makes of a message that is about to be sent; nothing: it is not sent. */
type TamperMessage = (message: ReplicationMessage) => ReplicationMessage | undefined;

/** A fault, planted anew in each life of a node. */
export type Tamper = () => TamperMessage;

/** A transport that sends something else than it was told, to plant a fault. */
export function tamperedTransport(transport: Transport, tamper: Tamper): Transport {
  const change = tamper();
  return {
    localId: transport.localId,
    capabilities: transport.capabilities,
    send: (to, protocol, payload) => {
      const message = change(replicationCodec.decode(payload));
      if (message === undefined) return 'accepted';
      return transport.send(to, protocol, replicationCodec.encode(message));
    },
    subscribe: (protocol, listener) => transport.subscribe(protocol, listener),
    observePeers: (listener) => transport.observePeers(listener),
    close: () => transport.close(),
  };
}
