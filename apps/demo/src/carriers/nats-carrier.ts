/** Nodes that do not dial each other and meet at a NATS server instead. */
import { connect } from '@nats-io/transport-node';
import { NatsTransport } from '@quorate/transport/nats';

import type { Carrier, CarrierOptions } from './carrier.ts';
import { secretIdentity } from './credentials.ts';
import { natsServer } from './nats-server.ts';

/** How long the client waits before it asks for its server again, in ms. */
const RECONNECT_MS = 250;
/** How long what was said last may take to its server, which may be away, in ms. */
const DRAIN_MS_MAX = 1_000;

/**
 * Connects to the server at `url`, and looks for it for ever once it was there.
 *
 * Certificates, where there are some, encrypt what goes to the server, which reads it all and says
 * nothing about the certificates of others: nodes show who they are by their secret.
 *
 * @throws Error if the server cannot be reached, or does not let the node in.
 */
export async function openNatsCarrier(
  url: string,
  { localId, clusterId, peers, credentials, maxPayloadBytes, maxQueueBytes }: CarrierOptions,
): Promise<Carrier> {
  const { shown, isEncrypted, ...server } = natsServer(url);
  const { certificate, secret } = credentials;
  const tls = certificate ?? (isEncrypted ? {} : undefined);
  const connection = await connect({
    ...server,
    ...(tls !== undefined && { tls: asText(tls) }),
    name: localId,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_MS,
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`NATS at ${shown}: ${why}`, { cause: error });
  });
  const transport = new NatsTransport({
    ...{ connection, localId, clusterId, maxPayloadBytes, maxQueueBytes },
    peers: [...peers.keys()],
    encrypted: tls !== undefined,
    ...secretIdentity(secret),
  });
  return {
    transport,
    addressBook: {
      setPeer: (peer) => transport.addPeer(peer),
      removePeer: (peer) => transport.removePeer(peer),
    },
    close: async () => {
      const drained = connection.drain().catch(() => undefined);
      await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, DRAIN_MS_MAX))]);
      await connection.close();
    },
  };
}

/** PEM as the client takes it. */
function asText(files: Readonly<Record<string, Buffer>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, file.toString()]));
}
