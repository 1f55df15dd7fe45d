/**
 * A transport over message ports, for workers and pages, in Node and in browsers.
 *
 * @packageDocumentation
 */
import type { Clock } from '../clock.ts';
import type { NodeId } from '../node-id.ts';
import { PeerTable } from '../peer-table.ts';
import { type MessagePortLike, PortLink } from '../port-link.ts';
import type { ProtocolName } from '../protocol-name.ts';
import type { Random } from '../random.ts';
import { expectCreditBytes, type SessionOptions } from '../session-options.ts';
import type { TransportStats } from '../transport-stats.ts';
import type {
  Delivery,
  PeerEvent,
  SendOutcome,
  Transport,
  TransportCapabilities,
  Unsubscribe,
} from '../transport.ts';
import { platformTurn } from './platform-turn.ts';
import { systemClock, systemRandom } from './system.ts';

export type { Authentication, ProofChallenge, ProofClaim } from '../authentication.ts';
export type { LinkSecurity } from '../link.ts';
export type { MessagePortLike } from '../port-link.ts';
export type { SessionOptions } from '../session-options.ts';
export type { PeerStats, TransportStats } from '../transport-stats.ts';

/** What a `MessagePortTransport` is made of. */
export interface MessagePortTransportOptions extends SessionOptions {
  readonly localId: NodeId;
  /**
   * Names the cluster: 1..64 bytes of UTF-8. Nodes of different clusters refuse each other.
   * Default: `local`.
   */
  readonly clusterId?: string;
  /**
   * Bytes that a peer may have posted here and this node not yet read; at least 65 536. Default
   * 1 MiB. Raising it keeps a fast sender busy while this node works, and costs that much memory
   * per peer that sends faster than this node reads.
   */
  readonly creditBytes?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
}

const CREDIT_BYTES = 2 ** 20;

/**
 * Carries messages over message ports, one port per peer.
 *
 * @remarks
 * `send` reaches peers that are 'up'; to others it answers 'dropped'. Messages of one protocol
 * arrive in the order sent, each at most once; when a port closes, an unknown number of the latest
 * is lost. All frames of an event-loop turn leave in one post whose buffers are moved.
 *
 * A page that is hidden may be woken once a minute only: give its peers a `silenceMs` above that,
 * or they take it for dead. Node's `Worker` is no port; send it one end of a `MessageChannel`.
 *
 * @example
 * ```ts
 * import { nodeId, protocolName } from '@quorate/transport';
 * import { MessagePortTransport } from '@quorate/transport/message-port';
 *
 * const { port1, port2 } = new MessageChannel(); // One end stays, the other goes to a worker.
 * const page = new MessagePortTransport({ localId: nodeId('page') });
 * const worker = new MessagePortTransport({ localId: nodeId('worker') });
 * const greeting = protocolName('greeting');
 * const received = new Promise<string>((resolve) => {
 *   worker.subscribe(greeting, ({ payload }) => resolve(new TextDecoder().decode(payload)));
 * });
 * page.observePeers(({ kind, peer }) => {
 *   if (kind === 'up') page.send(peer, greeting, new TextEncoder().encode('hello'));
 * });
 * page.connect(port1);
 * worker.connect(port2);
 * await received; // => 'hello'
 * await Promise.all([page.close(), worker.close()]);
 * ```
 */
export class MessagePortTransport implements Transport {
  readonly #table: PeerTable;
  readonly #creditBytes: number;

  /**
   * @throws RangeError if an option is out of its range.
   */
  constructor(options: MessagePortTransportOptions) {
    const { clusterId = 'local', creditBytes = CREDIT_BYTES } = options;
    expectCreditBytes(creditBytes);
    this.#creditBytes = creditBytes;
    this.#table = new PeerTable({
      ...options,
      clusterId,
      clock: options.clock ?? systemClock,
      random: options.random ?? systemRandom,
      turn: platformTurn,
      // Not from `random`, which may be seeded: a nonce that repeats lets a proof be replayed.
      createNonce: () => systemRandom.bytes(16),
      isEncrypted: false,
      reportError: (error) => console.error(error),
    });
  }

  get localId(): NodeId {
    return this.#table.localId;
  }

  get capabilities(): TransportCapabilities {
    return this.#table.capabilities;
  }

  /**
   * Meets whoever is at the other end of `port`, who must do the same. That peer is reported 'up'
   * once both have agreed. When the session ends, the port is closed; a new one is needed then.
   *
   * @param port - Owned by the transport from now on, and not listened to by anybody else.
   * @param expected - Who must be there; anybody else is refused. Anyone will do if left out.
   */
  connect(port: MessagePortLike, expected?: NodeId): void {
    const link = new PortLink(port, this.#creditBytes);
    // Neither end knows which of them is there first; a HELLO waits in the port for the other.
    link.open(this.#table.attach(link, { dialed: expected, begins: true }));
  }

  /** Says goodbye to `peer` and closes its port. */
  disconnect(peer: NodeId): void {
    this.#table.forget(peer);
  }

  /** See `Transport.send`. Also throws RangeError for a 4 097th protocol name. */
  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    return this.#table.send(to, protocol, payload);
  }

  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#table.subscribe(protocol, listener);
  }

  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#table.observePeers(listener);
  }

  /** What this node has counted, and its peers, as of now. O(peers). */
  stats(): TransportStats {
    return this.#table.stats();
  }

  /** Says goodbye to every peer, sends what was accepted, gives up on both after a second. */
  close(): Promise<void> {
    return this.#table.close();
  }
}
