/**
 * A transport over WebSockets, for pages that are nodes of a cluster, and for the servers they
 * dial.
 *
 * @packageDocumentation
 */
import { type AddressBook, entriesOf } from '../address-book.ts';
import type { DialListener } from '../carrier.ts';
import type { Clock } from '../clock.ts';
import type { LinkSecurity } from '../link.ts';
import type { NodeId } from '../node-id.ts';
import { PeerTable } from '../peer-table.ts';
import type { ProtocolName } from '../protocol-name.ts';
import type { Random } from '../random.ts';
import type { Dialing } from '../redialer.ts';
import { sessionSettings, type SessionOptions } from '../session-options.ts';
import type { TransportStats } from '../transport-stats.ts';
import type { Delivery, PeerEvent, SendOutcome } from '../transport.ts';
import type { Transport, TransportCapabilities, Unsubscribe } from '../transport.ts';
import { failureOf, messageBytesMax, openState, WebSocketLink } from '../websocket-link.ts';
import type { WebSocketLike } from '../websocket-link.ts';
import { platformCrc32 } from './platform-crc32.ts';
import { turnOf } from './platform-turn.ts';
import { systemClock, systemRandom } from './system.ts';

export type { AddressBook } from '../address-book.ts';
export type { Authentication, ProofChallenge, ProofClaim } from '../authentication.ts';
export type { LinkSecurity } from '../link.ts';
export type { SessionOptions } from '../session-options.ts';
export type { PeerStats, TransportStats } from '../transport-stats.ts';
export { sharedSecret } from './web-shared-secret.ts';
export type { WebSocketEventLike, WebSocketLike } from '../websocket-link.ts';

/** What a `WebSocketTransport` is made of. */
export interface WebSocketTransportOptions extends SessionOptions {
  readonly localId: NodeId;
  /** Names the cluster: 1..64 bytes of UTF-8. Nodes of different clusters refuse each other. */
  readonly clusterId: string;
  /**
   * Whom to dial, and at which URL: `ws:` or `wss:`. Nodes that both listen may have each other in
   * it; one is enough. See `setPeer`.
   */
  readonly peers?: AddressBook<string>;
  /**
   * Makes the socket of one dial. Default: the platform's `WebSocket`. With `ws` it may add headers
   * and certificates: `(url) => new WebSocket(url, { headers })`.
   */
  readonly createSocket?: (url: string) => WebSocketLike;
  /**
   * A promise that every connection is encrypted: `setPeer` then takes `wss:` only, and the sockets
   * given to `accept` came over TLS, though it may have ended at a proxy of yours. Default: false,
   * nothing is promised, and frames over sockets that were accepted carry checksums.
   */
  readonly encrypted?: boolean;
  /**
   * What TLS knows about the far end of a socket that has opened, dialed or accepted: on Node,
   * `linkSecurity` of `@quorate/transport/tcp` reads it from the socket below, for
   * `certificateIdentity`. Proofs are bound to the connection then, so both ends must have it, and
   * no proxy between them may end TLS. Default: nothing.
   */
  readonly securityOf?: (socket: WebSocketLike) => LinkSecurity | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Spreads redials. Default: the machine's. */
  readonly random?: Random;
}

/**
 * Carries messages over WebSockets, one for each pair of nodes. Dials the peers that have a URL and
 * takes the sockets that a server of yours has upgraded.
 *
 * @remarks
 * `send` reaches peers that are 'up'; to others it answers 'dropped'. Messages of one protocol
 * arrive in the order sent, each at most once; when a connection breaks, an unknown number of the
 * latest is lost. Frames of an event-loop turn leave together, 64 KiB to a binary message.
 *
 * A page that is hidden may be woken once a minute only: give the nodes it dials a `silenceMs`
 * above that, or they take it for dead. A page can be dialed by nobody, so pages reach each other
 * through nodes that relay.
 *
 * @example
 * ```ts
 * import { nodeId } from '@quorate/transport';
 * import { WebSocketTransport } from '@quorate/transport/websocket';
 *
 * const page = new WebSocketTransport({
 *   localId: nodeId('page-7f3a'), // New for every page that is opened.
 *   clusterId: 'example',
 *   peers: { hub: 'wss://hub.example/cluster' },
 * });
 * page.observePeers(({ kind, peer }) => console.log(peer, kind)); // hub up
 * await page.close();
 * ```
 */
export class WebSocketTransport implements Transport {
  /**
   * The largest message that a peer sends here, in bytes: what the server should let through, as in
   * `new WebSocketServer({ maxPayload: transport.maxMessageBytes })`.
   */
  readonly maxMessageBytes: number;
  readonly #table: PeerTable;
  readonly #createSocket: (url: string) => WebSocketLike;
  readonly #isEncrypted: boolean;
  readonly #securityOf: (socket: WebSocketLike) => LinkSecurity | undefined;
  readonly #connectMsMax: number;
  readonly #clock: Clock;
  readonly #book = new Map<NodeId, string>();

  /**
   * Begins to dial `peers`; they come 'up' later.
   *
   * @throws RangeError if an option is out of its range.
   */
  constructor(options: WebSocketTransportOptions) {
    const settings = sessionSettings(options);
    this.maxMessageBytes = messageBytesMax(settings.payloadBytesMax);
    this.#createSocket = options.createSocket ?? ((url) => new WebSocket(url));
    this.#isEncrypted = options.encrypted ?? false;
    this.#securityOf = options.securityOf ?? (() => undefined);
    this.#connectMsMax = settings.handshakeMsMax;
    this.#clock = options.clock ?? systemClock;
    const book = entriesOf(options.peers ?? {});
    for (const [peer, url] of book) expectUrl(`peers.${peer}`, url, this.#isEncrypted);
    this.#table = new PeerTable({
      ...options,
      clock: this.#clock,
      random: options.random ?? systemRandom,
      turn: turnOf(this.#clock),
      // Not from `random`, which may be seeded: a nonce that repeats lets a proof be replayed.
      createNonce: () => systemRandom.bytes(16),
      isEncrypted: this.#isEncrypted,
      reportError: (error) => console.error(error),
      dial: (peer, listener) => this.#dial(this.#book.get(peer) ?? '', listener),
    });
    for (const [peer, url] of book) this.setPeer(peer, url);
  }

  get localId(): NodeId {
    return this.#table.localId;
  }

  get capabilities(): TransportCapabilities {
    return this.#table.capabilities;
  }

  /**
   * Takes over a socket that a server has upgraded, in the turn in which it is given out: messages
   * that come before are lost. Who dialed is known once it has proven itself, and then 'up'.
   *
   * @param socket - Owned by the transport from now on, and not listened to by anybody else. One
   *   of `ws`, say, or what Hono's `upgradeWebSocket` on Node gives to `onOpen` as `raw`.
   */
  accept(socket: WebSocketLike): void {
    const attach = (): void => {
      const link = this.#linkOf(socket, this.#isEncrypted);
      link.open(this.#table.attach(link, { dialed: undefined, begins: false }));
    };
    if (socket.readyState === openState) attach();
    else socket.addEventListener('open', attach);
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

  /**
   * Enters `peer` into the address book, or moves it: it is dialed at once if there is no session
   * to it, and from now on whenever a session ends. A session at the old URL goes on.
   *
   * @throws RangeError if `peer` is the local node or `url` is none to dial.
   */
  setPeer(peer: NodeId, url: string): void {
    expectUrl('url', url, this.#isEncrypted);
    this.#book.set(peer, url);
    this.#table.keepDialing(peer);
  }

  /**
   * Strikes `peer` out of the address book and closes the session to it. Does not keep it from
   * dialing this node; that is for `authentication` to refuse.
   */
  removePeer(peer: NodeId): void {
    this.#book.delete(peer);
    this.#table.forget(peer);
  }

  /** What this node has counted, and its peers, as of now. O(peers). */
  stats(): TransportStats {
    return this.#table.stats();
  }

  /** Says goodbye to every peer, sends what was accepted, gives up on both after a second. */
  close(): Promise<void> {
    return this.#table.close();
  }

  #dial(url: string, listener: DialListener): Dialing {
    let socket: WebSocketLike | undefined;
    let isDone = false;
    let failure: unknown;
    const settle = (): boolean => {
      if (isDone) return false;
      isDone = true;
      timer.cancel();
      return true;
    };
    const fail = (error: unknown): void => {
      if (!settle()) return;
      socket?.close();
      listener.failed(error);
    };
    const timer = this.#clock.setTimer(this.#connectMsMax, () => {
      fail(new Error(`dial: expected an answer within ${this.#connectMsMax} ms`));
    });
    try {
      socket = this.#createSocket(url);
    } catch (error) {
      // Pages may not dial `ws:` from `https:`, for one. A dial never fails at once.
      queueMicrotask(() => fail(error));
      return { cancel: () => void settle() };
    }
    const dialed = socket;
    dialed.addEventListener('open', () => {
      if (!settle()) return;
      const link = this.#linkOf(dialed, url.startsWith('wss:'));
      link.open(listener.connected(link));
    });
    dialed.addEventListener('error', (event) => (failure = failureOf(event)));
    dialed.addEventListener('close', () => {
      fail(failure ?? new Error('dial: expected a connection, got none'));
    });
    return {
      cancel: () => {
        if (settle()) dialed.close();
      },
    };
  }

  #linkOf(socket: WebSocketLike, isProtected: boolean): WebSocketLink {
    return new WebSocketLink(socket, {
      clock: this.#clock,
      isProtected,
      security: this.#securityOf(socket),
      crc32: platformCrc32,
      messageBytesMax: this.maxMessageBytes,
    });
  }
}

function expectUrl(name: string, url: string, isEncrypted: boolean): void {
  const expected = isEncrypted ? ['wss:'] : ['ws:', 'wss:'];
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && expected.includes(parsed.protocol) && parsed.hash === '') return;
  const what = `${name}: expected a URL of ${expected.join(' or ')} without a fragment`;
  throw new RangeError(`${what}, got ${JSON.stringify(url)}`);
}
