import type { Codec } from './codec.ts';
import { DecodeError } from './codec.ts';
import type { NodeId } from './node-id.ts';
import type { ProtocolName } from './protocol-name.ts';
import type { Delivery, SendOutcome, Transport, Unsubscribe } from './transport.ts';

/** A transport, one protocol name and one codec: what the edge of an algorithm takes. */
export interface Channel<Message> {
  /** The node on whose behalf this channel sends. */
  readonly localId: NodeId;

  /** Deliveries so far whose bytes did not decode. They were dropped. */
  readonly malformedCount: number;

  /** Encodes and offers `message`; see `Transport.send`. */
  send(to: NodeId, message: Message): SendOutcome;

  /** Delivers what decodes. Bytes that do not are dropped and counted, never thrown. */
  subscribe(listener: (from: NodeId, message: Message, delivery: Delivery) => void): Unsubscribe;
}

/**
 * Speaks `protocol` over `transport`, every message encoded and decoded by `codec`.
 *
 * @returns A channel as long-lived as `transport`; closing it is closing the transport.
 */
export function openChannel<Message>(
  transport: Transport,
  protocol: ProtocolName,
  codec: Codec<Message>,
): Channel<Message> {
  let malformedCount = 0;
  return {
    localId: transport.localId,
    get malformedCount(): number {
      return malformedCount;
    },
    send: (to, message) => transport.send(to, protocol, codec.encode(message)),
    subscribe: (listener) =>
      transport.subscribe(protocol, (delivery) => {
        let message: Message;
        try {
          message = codec.decode(delivery.payload);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
          malformedCount += 1;
          return;
        }
        listener(delivery.from, message, delivery);
      }),
  };
}
