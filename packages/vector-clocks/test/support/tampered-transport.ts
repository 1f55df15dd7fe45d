import type { Transport } from '@quorate/transport';

import { broadcastCodec, stampedBody, stampedIn } from '../../src/broadcast/codec.ts';
import type { BroadcastMessage } from '../../src/broadcast/messages.ts';

/** What a planted fault makes of a message that is about to be sent; nothing: it is not sent. */
export type Tamper = (message: BroadcastMessage) => BroadcastMessage | undefined;

/** A transport that sends something else than it was told, to plant a fault. */
export function tamperedTransport(transport: Transport, tamper: Tamper): Transport {
  return {
    localId: transport.localId,
    capabilities: transport.capabilities,
    send: (to, protocol, payload) => {
      const message = tamper(broadcastCodec.decode(payload));
      if (message === undefined) return 'accepted';
      return transport.send(to, protocol, broadcastCodec.encode(message));
    },
    subscribe: (protocol, listener) => transport.subscribe(protocol, listener),
    observePeers: (listener) => transport.observePeers(listener),
    close: () => transport.close(),
  };
}

/** The order of each origin is kept, and no other: a message forgets what its origin had heard. */
export const forgetThePast: Tamper = (message) => {
  if (message.kind !== 'data') return message;
  const { epoch, origin, stableCount, ids, counters, payload } = message.stamped;
  const own = counters[ids.indexOf(origin)] ?? 0;
  const stamp = { epoch, origin, stableCount, ids: [origin], counters: [own] };
  return { ...message, stamped: stampedIn(stampedBody(stamp, payload)) };
};

/** Nobody asks for what is missing. */
export const neverAsk: Tamper = (message) => (message.kind === 'want' ? undefined : message);

/** An origin says of everything but its last message that all have it. */
export const callAllStable: Tamper = (message) => {
  if (message.kind !== 'data') return message;
  const { epoch, origin, ids, counters, payload } = message.stamped;
  const stableCount = (counters[ids.indexOf(origin)] ?? 0) - 1;
  const stamp = { epoch, origin, stableCount, ids, counters };
  return { ...message, stamped: stampedIn(stampedBody(stamp, payload)) };
};
