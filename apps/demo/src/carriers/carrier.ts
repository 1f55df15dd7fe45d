/**
 * What carries the messages between nodes, chosen when a node starts. Whatever it is, the node gets
 * a `Transport`, and faults, stamps and counts are put around that: they are the same over all.
 */
import type { NodeId, Transport } from '@quorate/transport';

import type { Address } from '../address.ts';
import type { Credentials } from './credentials.ts';

/** Which carriers there are. */
export const carrierKinds = ['tcp', 'websocket', 'nats'] as const;

/** A carrier, and where it is to be found if that is not said by the addresses of the nodes. */
export type CarrierChoice =
  | { readonly kind: 'tcp' | 'websocket' }
  /** `url` is of the server, as `natsServer` takes it. */
  | { readonly kind: 'nats'; readonly url: string };

/** What every carrier is made of. */
export interface CarrierOptions {
  readonly localId: NodeId;
  readonly clusterId: string;
  /** Where other nodes reach this one; not used where they meet at a server. */
  readonly listen: Address;
  /** All others. */
  readonly peers: ReadonlyMap<NodeId, Address>;
  readonly credentials: Credentials;
  readonly maxPayloadBytes: number;
  readonly maxQueueBytes: number;
}

/** An open carrier. */
export interface Carrier {
  /** Closed by whoever uses it, before the carrier is. */
  readonly transport: Transport;
  /** Learns of nodes that join later, and of those that leave. */
  readonly addressBook: {
    setPeer(peer: NodeId, address: Address): void;
    removePeer(peer: NodeId): void;
  };
  /** Closes what lies below the transport. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the carrier that was chosen. Only its code is loaded.
 *
 * @throws Error if it cannot listen, or its server cannot be reached.
 */
export async function openCarrier(
  choice: CarrierChoice,
  options: CarrierOptions,
): Promise<Carrier> {
  switch (choice.kind) {
    case 'tcp':
      return (await import('./tcp-carrier.ts')).openTcpCarrier(options);
    case 'websocket':
      return (await import('./websocket-carrier.ts')).openWebSocketCarrier(options);
    case 'nats':
      return (await import('./nats-carrier.ts')).openNatsCarrier(choice.url, options);
  }
}
