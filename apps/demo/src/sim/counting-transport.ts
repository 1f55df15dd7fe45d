import type {
  Delivery,
  NodeId,
  PeerEvent,
  ProtocolName,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from '@quorate/transport';

/** Says of each message that it is sent; passes all on. */
export class CountingTransport implements Transport {
  readonly localId: NodeId;
  readonly capabilities: TransportCapabilities;
  readonly #inner: Transport;
  readonly #onSend: () => void;

  constructor(inner: Transport, onSend: () => void) {
    this.localId = inner.localId;
    this.capabilities = inner.capabilities;
    this.#inner = inner;
    this.#onSend = onSend;
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    this.#onSend();
    return this.#inner.send(to, protocol, payload);
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#inner.subscribe(protocol, listener);
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#inner.observePeers(listener);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
