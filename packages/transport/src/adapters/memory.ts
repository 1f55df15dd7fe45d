/**
 * A network inside one process, for tests, examples and services that run in one process for now.
 *
 * @packageDocumentation
 */
import type { Clock } from '../clock.ts';
import { containErrors } from '../contain-errors.ts';
import { nodeId, type NodeId } from '../node-id.ts';
import { Observers } from '../observers.ts';
import type { ProtocolName } from '../protocol-name.ts';
import { ProtocolTable } from '../protocol-table.ts';
import { sessionSettings } from '../session-options.ts';
import type { Delivery, PeerEvent, SendOutcome } from '../transport.ts';
import type { Transport, TransportCapabilities, Unsubscribe } from '../transport.ts';
import { nextTurn } from './platform-turn.ts';
import { systemClock } from './system.ts';

/** What a `MemoryNetwork` is made of. */
export interface MemoryNetworkOptions {
  /**
   * Says when a message arrives: the next time a timer of 0 ms fires. Default: the machine's clock,
   * and the next turn of the event loop.
   */
  readonly clock?: Clock;
  /** The largest payload, in bytes; 1 200..2^30. Default 1 MiB. */
  readonly maxPayloadBytes?: number;
  /** Bytes queued from one node to another, at most. Default 4 MiB. */
  readonly maxQueueBytes?: number;
  /** Queued bytes from which `send` answers 'pressured'. Default: a quarter of `maxQueueBytes`. */
  readonly highWaterBytes?: number;
  /** Receives what listeners and observers throw. Default: prints it. */
  readonly onError?: (error: unknown) => void;
}

/** How one node joins. */
export interface MemoryJoinOptions {
  /** A safe integer larger than that of an earlier transport of the same id. Default: the next. */
  readonly incarnation?: number;
  /** Receives what listeners and observers of this node throw. Default: the network's. */
  readonly onError?: (error: unknown) => void;
}

/** What a message costs the queue besides its payload: about as much as on other carriers. */
const MESSAGE_BYTES = 16;

/**
 * Nodes that reach one another through memory, without faults and without a handshake: a node can
 * be sent to as soon as it has joined.
 *
 * @remarks
 * Messages are copied and delivered in a later turn of the event loop, in the order sent, each
 * once. For faults, wrap a transport in `FaultyTransport` or use `@quorate/simulation`.
 *
 * @example
 * ```ts
 * import { nodeId, protocolName } from '@quorate/transport';
 * import { MemoryNetwork } from '@quorate/transport/memory';
 *
 * const network = new MemoryNetwork();
 * const n1 = network.join(nodeId('n1'));
 * const n2 = network.join(nodeId('n2'));
 * n2.subscribe(protocolName('greeting'), ({ from }) => console.log(from));
 * n1.send(n2.localId, protocolName('greeting'), new Uint8Array(3)); // => 'accepted'
 * ```
 */
export class MemoryNetwork {
  readonly #hub: Hub;

  /** @throws RangeError if a number is out of its range. */
  constructor(options: MemoryNetworkOptions = {}) {
    const { clock, onError = (error) => console.error(error) } = options;
    const settings = sessionSettings(options);
    this.#hub = {
      capabilities: {
        maxPayloadBytes: settings.payloadBytesMax,
        ordering: 'session',
        mayDuplicate: false,
        authenticated: true,
        encrypted: true,
      },
      queueBytesMax: settings.queueBytesMax,
      highWaterBytes: settings.highWaterBytes,
      clock: clock ?? systemClock,
      next: clock === undefined ? nextTurn : (callback) => void clock.setTimer(0, callback),
      onError,
      members: new Map(),
      incarnations: new Map(),
    };
  }

  /**
   * Adds a node. If one of that id is here already it is cut off without a word, as the process is
   * that a restarted one replaces.
   *
   * @throws RangeError if `localId` is no node id, or the incarnation is not larger than the last.
   */
  join(localId: NodeId, options: MemoryJoinOptions = {}): Transport {
    const hub = this.#hub;
    const id = nodeId(localId);
    const last = hub.incarnations.get(id) ?? 0;
    const { incarnation = last + 1, onError = hub.onError } = options;
    if (!Number.isSafeInteger(incarnation) || incarnation <= last) {
      throw new RangeError(
        `incarnation: expected a safe integer above ${last}, got ${incarnation}`,
      );
    }
    const predecessor = hub.members.get(id);
    predecessor?.cutOff();
    hub.incarnations.set(id, incarnation);
    const member = new MemoryTransport(hub, id, incarnation, containErrors(onError));
    hub.members.set(id, member);
    for (const other of hub.members.values()) {
      if (other === member) continue;
      if (predecessor) other.tell({ kind: 'down', peer: id, reason: 'superseded' });
      other.tell({ kind: 'up', peer: id, incarnation });
      member.tell({ kind: 'up', peer: other.localId, incarnation: other.incarnation });
    }
    return member;
  }
}

/** What the nodes of one network share. */
interface Hub {
  readonly capabilities: TransportCapabilities;
  readonly queueBytesMax: number;
  readonly highWaterBytes: number;
  readonly clock: Clock;
  readonly next: (callback: () => void) => void;
  readonly onError: (error: unknown) => void;
  /** The nodes that are here now. */
  readonly members: Map<NodeId, MemoryTransport>;
  /** The newest incarnation of every node that was ever here. */
  readonly incarnations: Map<NodeId, number>;
}

/** Messages on the way from one node to another. */
interface Way {
  messages: { readonly protocol: ProtocolName; readonly payload: Uint8Array }[];
  queuedBytes: number;
  isPressured: boolean;
}

class MemoryTransport implements Transport {
  readonly localId: NodeId;
  readonly incarnation: number;
  readonly capabilities: TransportCapabilities;
  readonly #hub: Hub;
  readonly #protocols: ProtocolTable;
  readonly #observers: Observers<PeerEvent>;
  readonly #ways = new Map<MemoryTransport, Way>();
  #isClosed = false;

  constructor(hub: Hub, localId: NodeId, incarnation: number, onError: (error: unknown) => void) {
    this.#hub = hub;
    this.localId = localId;
    this.incarnation = incarnation;
    this.capabilities = hub.capabilities;
    this.#protocols = new ProtocolTable([], onError);
    this.#observers = new Observers(onError);
  }

  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (!(payload instanceof Uint8Array)) {
      throw new TypeError(`payload: expected a Uint8Array, got ${typeof payload}`);
    }
    const { maxPayloadBytes } = this.capabilities;
    if (payload.length > maxPayloadBytes) {
      throw new RangeError(
        `payload: expected at most ${maxPayloadBytes} bytes, got ${payload.length}`,
      );
    }
    const { members, queueBytesMax, highWaterBytes, next } = this.#hub;
    const receiver = members.get(to);
    if (this.#isClosed || receiver === undefined) return 'dropped';
    const way = this.#wayTo(receiver);
    const queuedBytes = way.queuedBytes + MESSAGE_BYTES + payload.length;
    if (queuedBytes > queueBytesMax) return 'dropped';
    way.queuedBytes = queuedBytes;
    if (way.messages.length === 0) next(() => this.#deliver(receiver, way));
    way.messages.push({ protocol, payload: payload.slice() });
    if (queuedBytes <= highWaterBytes) return 'accepted';
    way.isPressured = true;
    return 'pressured';
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#protocols.subscribe(protocol, listener);
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#observers.observe(listener);
  }

  close(): Promise<void> {
    const { members } = this.#hub;
    if (members.get(this.localId) === this) {
      members.delete(this.localId);
      for (const other of members.values()) {
        other.tell({ kind: 'down', peer: this.localId, reason: 'closed' });
      }
    }
    this.cutOff();
    return Promise.resolve();
  }

  /** Sends and delivers nothing any more. */
  cutOff(): void {
    this.#isClosed = true;
    this.#ways.clear();
  }

  /** Reports `event` in a later turn, behind what was sent before. */
  tell(event: PeerEvent): void {
    this.#hub.next(() => {
      if (event.kind === 'down') this.#forget(event.peer);
      if (!this.#isClosed) this.#observers.emit(event);
    });
  }

  #wayTo(receiver: MemoryTransport): Way {
    let way = this.#ways.get(receiver);
    if (way === undefined) {
      way = { messages: [], queuedBytes: 0, isPressured: false };
      this.#ways.set(receiver, way);
    }
    return way;
  }

  #forget(peer: NodeId): void {
    for (const receiver of this.#ways.keys()) {
      const isGone = this.#hub.members.get(peer) !== receiver;
      if (receiver.localId === peer && isGone) this.#ways.delete(receiver);
    }
  }

  /** Delivers what was under way when the turn began; what a listener adds waits for the next. */
  #deliver(receiver: MemoryTransport, way: Way): void {
    const { messages } = way;
    way.messages = [];
    for (const { protocol, payload } of messages) {
      way.queuedBytes -= MESSAGE_BYTES + payload.length;
      // The newest incarnation has joined: what an older one still has under way is void.
      if (this.incarnation !== this.#hub.incarnations.get(this.localId)) return;
      receiver.#receive(this, protocol, payload);
    }
    if (!way.isPressured || way.queuedBytes > this.#hub.highWaterBytes / 2) return;
    way.isPressured = false;
    if (!this.#isClosed) this.#observers.emit({ kind: 'drained', peer: receiver.localId });
  }

  #receive(sender: MemoryTransport, protocol: ProtocolName, payload: Uint8Array): void {
    const entry = this.#protocols.find(protocol);
    if (this.#isClosed || entry === undefined) return;
    const { localId: from, incarnation } = sender;
    const receivedAtMs = this.#hub.clock.nowMs();
    this.#protocols.deliver(entry, { from, incarnation, payload, receivedAtMs });
  }
}
