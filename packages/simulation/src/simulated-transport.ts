import type {
  Clock,
  Delivery,
  NodeId,
  PeerEvent,
  ProtocolName,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from '@quorate/transport';

import type { Incarnation } from './incarnation.ts';
import type { Outbox } from './link.ts';
import type { LossReason, MessageInFlight } from './message-in-flight.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

type Listener = (delivery: Delivery) => void;

/** The transport of one life of a node in a simulated network. */
export class SimulatedTransport implements Transport {
  readonly localId: NodeId;
  readonly incarnation: Incarnation;
  readonly #network: SimulatedNetwork;
  readonly #clock: Clock;
  readonly #listeners = new Map<string, Listener>();
  readonly #observers = new Set<(event: PeerEvent) => void>();
  readonly #outboxes = new Map<string, Outbox>();
  readonly #newestIncarnations = new Map<string, number>();
  #isClosed = false;

  constructor(network: SimulatedNetwork, incarnation: Incarnation, clock: Clock) {
    this.localId = incarnation.nodeId;
    this.incarnation = incarnation;
    this.#network = network;
    this.#clock = clock;
  }

  get capabilities(): TransportCapabilities {
    const { maxPayloadBytes, ordering } = this.#network.settings;
    return {
      maxPayloadBytes,
      ordering,
      // Constant for a lifetime, so it speaks of what faults may still bring.
      mayDuplicate: ordering === 'none',
      authenticated: true,
      encrypted: true,
    };
  }

  /** Whether sends have no effect any more. */
  get isClosed(): boolean {
    return this.#isClosed || !this.incarnation.isAlive;
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (!(payload instanceof Uint8Array)) {
      throw new TypeError(`payload: expected a Uint8Array, got ${typeof payload}`);
    }
    const { maxPayloadBytes } = this.#network.settings;
    if (payload.length > maxPayloadBytes) {
      throw new RangeError(
        `payload: expected at most ${String(maxPayloadBytes)} bytes, got ${String(payload.length)}`,
      );
    }
    return this.isClosed ? 'dropped' : this.#network.offer(this, to, protocol, payload);
  }

  subscribe(protocol: ProtocolName, listener: Listener): Unsubscribe {
    if (this.#listeners.has(protocol)) {
      throw new RangeError(`protocol: expected one without a listener, got '${protocol}'`);
    }
    this.#listeners.set(protocol, listener);
    return () => {
      if (this.#listeners.get(protocol) === listener) this.#listeners.delete(protocol);
    };
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    // A wrapper of its own, so that one function may observe twice and stop once.
    const observer = (event: PeerEvent): void => {
      listener(event);
    };
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  close(): Promise<void> {
    if (!this.isClosed) {
      this.#isClosed = true;
      this.#network.leave(this);
    }
    return Promise.resolve();
  }

  /** What is on the way to `peer`. */
  outboxTo(peer: string): Outbox {
    const known = this.#outboxes.get(peer);
    if (known !== undefined) return known;
    const outbox = { owner: this.incarnation, queuedBytes: 0, isPressured: false };
    this.#outboxes.set(peer, outbox);
    return outbox;
  }

  /** The newest life of `peer` that was heard, 0 if none was. */
  newestLifeOf(peer: string): number {
    return this.#newestIncarnations.get(peer) ?? 0;
  }

  /** Why this endpoint does not take `message` from `peer`, if it does not. */
  refusalOf(peer: string, message: MessageInFlight): LossReason | undefined {
    if (this.#isClosed) return 'closed';
    const sentBy = message.parts.outbox.owner.number;
    const newest = this.newestLifeOf(peer);
    if (sentBy < newest) return 'stale';
    if (sentBy > newest) this.#newestIncarnations.set(peer, sentBy);
    return this.#listeners.has(message.parts.protocol) ? undefined : 'unheard';
  }

  /** Hands `message` to its listener, then spoils the bytes, which were only lent. */
  deliver(message: MessageInFlight): void {
    const { payload } = message;
    const { outbox, protocol } = message.parts;
    const listener = this.#listeners.get(protocol);
    try {
      listener?.({
        from: outbox.owner.nodeId,
        incarnation: outbox.owner.number,
        payload,
        receivedAtMs: this.#clock.nowMs(),
      });
    } catch (error) {
      this.#network.reportError(error, this.incarnation);
    }
    // Whoever kept a view instead of a copy shall find out here rather than in production.
    payload.fill(0xdb);
  }

  /** Tells every observer, each on its own. */
  announce(event: PeerEvent): void {
    for (const observer of [...this.#observers]) {
      try {
        observer(event);
      } catch (error) {
        this.#network.reportError(error, this.incarnation);
      }
    }
  }
}
