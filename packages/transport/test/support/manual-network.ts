import type { Clock } from '../../src/clock.ts';
import type { NodeId } from '../../src/node-id.ts';
import type { ProtocolName } from '../../src/protocol-name.ts';
import type {
  Delivery,
  PeerEvent,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from '../../src/transport.ts';

/** A message under way. */
export interface Envelope {
  readonly from: NodeId;
  readonly incarnation: number;
  readonly to: NodeId;
  readonly protocol: ProtocolName;
  readonly payload: Uint8Array;
}

/** A network in which the test is the postman: nothing arrives unless it says so. */
export class ManualNetwork {
  readonly clock: Clock;
  readonly capabilities: TransportCapabilities;
  readonly #nodes = new Map<NodeId, ManualTransport>();
  /** What was sent and neither delivered nor lost, oldest first. */
  underway: Envelope[] = [];
  /** What `send` answers. */
  outcome: SendOutcome = 'accepted';

  constructor(clock: Clock, capabilities: Partial<TransportCapabilities> = {}) {
    this.clock = clock;
    this.capabilities = {
      maxPayloadBytes: 1_200,
      ordering: 'none',
      mayDuplicate: true,
      authenticated: true,
      encrypted: false,
      ...capabilities,
    };
  }

  /** A node. Joining again under the same name is a restart: the old transport is cut off. */
  join(localId: NodeId, incarnation = 1): ManualTransport {
    const transport = new ManualTransport(this, localId, incarnation);
    this.#nodes.set(localId, transport);
    return transport;
  }

  /** Tells every node but `event.peer` of `event`. */
  announce(event: PeerEvent): void {
    for (const node of this.#nodes.values()) {
      if (node.localId !== event.peer) node.notice(event);
    }
  }

  /** Delivers `envelope`, which stays under way if it is. */
  deliver(envelope: Envelope): void {
    this.#nodes.get(envelope.to)?.receive(envelope);
  }

  /** Takes everything under way, leaving nothing. */
  take(): Envelope[] {
    const taken = this.underway;
    this.underway = [];
    return taken;
  }

  /** Delivers everything, and everything sent in answer, until nothing is under way. */
  deliverAll(): void {
    while (this.underway.length > 0) {
      for (const envelope of this.take()) this.deliver(envelope);
    }
  }
}

/** One node of a `ManualNetwork`. */
export class ManualTransport implements Transport {
  readonly localId: NodeId;
  readonly incarnation: number;
  readonly capabilities: TransportCapabilities;
  readonly #network: ManualNetwork;
  readonly #listeners = new Map<ProtocolName, (delivery: Delivery) => void>();
  readonly #observers = new Set<(event: PeerEvent) => void>();
  isClosed = false;

  constructor(network: ManualNetwork, localId: NodeId, incarnation: number) {
    this.#network = network;
    this.localId = localId;
    this.incarnation = incarnation;
    this.capabilities = network.capabilities;
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (payload.length > this.capabilities.maxPayloadBytes) {
      throw new RangeError(`payload: expected at most 1200 bytes, got ${payload.length}`);
    }
    if (this.isClosed || this.#network.outcome === 'dropped') return 'dropped';
    const { localId: from, incarnation } = this;
    this.#network.underway.push({ from, incarnation, to, protocol, payload: payload.slice() });
    return this.#network.outcome;
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    if (this.#listeners.has(protocol)) throw new RangeError(`protocol: ${protocol} is taken`);
    this.#listeners.set(protocol, listener);
    return () => void this.#listeners.delete(protocol);
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    this.#observers.add(listener);
    return () => void this.#observers.delete(listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  receive({ from, incarnation, protocol, payload }: Envelope): void {
    const lent = payload.slice();
    const receivedAtMs = this.#network.clock.nowMs();
    this.#listeners.get(protocol)?.({ from, incarnation, payload: lent, receivedAtMs });
    // Deliveries are borrowed: whoever keeps one sees this.
    lent.fill(0xee);
  }

  notice(event: PeerEvent): void {
    for (const observer of this.#observers) observer(event);
  }
}
