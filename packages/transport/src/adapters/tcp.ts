/**
 * A transport over TCP, with or without TLS, for Node.
 *
 * @packageDocumentation
 */
import { createServer, connect, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { ConnectionOptions, PeerCertificate, TlsOptions } from 'node:tls';

import { crc32 } from 'node:zlib';

import { type AddressBook, entriesOf } from '../address-book.ts';
import type { DialListener } from '../carrier.ts';
import type { Clock } from '../clock.ts';
import type { Link, LinkHandler, LinkSecurity } from '../link.ts';
import type { NodeId } from '../node-id.ts';
import { PeerTable } from '../peer-table.ts';
import type { ProtocolName } from '../protocol-name.ts';
import type { Random } from '../random.ts';
import type { Dialing } from '../redialer.ts';
import { sessionSettings, type SessionOptions } from '../session-options.ts';
import type { TransportStats } from '../transport-stats.ts';
import type { Delivery, PeerEvent, SendOutcome } from '../transport.ts';
import type { Transport, TransportCapabilities, Unsubscribe } from '../transport.ts';
import { platformTurn } from './platform-turn.ts';
import { systemClock, systemRandom } from './system.ts';

export type { AddressBook } from '../address-book.ts';
export type { Authentication, ProofChallenge, ProofClaim } from '../authentication.ts';
export type { LinkSecurity } from '../link.ts';
export type { SessionOptions } from '../session-options.ts';
export { certificateIdentity } from '../certificate-identity.ts';
export { sharedSecret } from './shared-secret.ts';
export type { PeerStats, TransportStats } from '../transport-stats.ts';

/** Where a node listens. */
export interface TcpAddress {
  /** A host name or IP address. */
  readonly host: string;
  /** 1..65535; when listening also 0, for any free one. */
  readonly port: number;
}

/** What `node:tls` is given. See its documentation for what belongs in. */
export interface TcpTls {
  /** For incoming connections: `key`, `cert`, `ca`, `requestCert`, … */
  readonly server?: TlsOptions;
  /** For outgoing ones: `ca`, `key`, `cert`, `servername`, `checkServerIdentity`, … */
  readonly client?: ConnectionOptions;
}

/** What a `TcpTransport` is made of. */
export interface TcpTransportOptions extends SessionOptions {
  readonly localId: NodeId;
  /** Names the cluster: 1..64 bytes of UTF-8. Nodes of different clusters refuse each other. */
  readonly clusterId: string;
  /** Where to accept connections. Default: nowhere, so that others cannot dial this node. */
  readonly listen?: TcpAddress;
  /**
   * The address book: whom to dial, and where. Both ends of a pair may have each other in it; one
   * is enough. See `setPeer`.
   */
  readonly peers?: AddressBook<TcpAddress>;
  /** Encrypts every connection. Default: none does. */
  readonly tls?: TcpTls;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Spreads redials. Default: the machine's. */
  readonly random?: Random;
}

/**
 * Carries messages over TCP, one duplex connection per pair of nodes.
 *
 * @remarks
 * `send` reaches peers that are 'up'; to others it answers 'dropped'. Messages of one protocol
 * arrive in the order sent, each at most once; when a connection breaks, an unknown number of the
 * latest is lost. All frames of an event-loop turn leave in one write.
 */
export class TcpTransport implements Transport {
  readonly #table: PeerTable;
  readonly #options: TcpTransportOptions;
  readonly #connectMsMax: number;
  readonly #handshakeCountMax: number;
  readonly #clock: Clock;
  readonly #book = new Map<NodeId, TcpAddress>();
  #server: Server | undefined;
  /** Ends the connections that have not finished TLS and are nobody's yet. */
  #dropUnfinished: () => void = () => undefined;

  private constructor(options: TcpTransportOptions) {
    const settings = sessionSettings(options);
    this.#options = options;
    this.#connectMsMax = settings.handshakeMsMax;
    this.#handshakeCountMax = settings.handshakeCountMax;
    this.#clock = options.clock ?? systemClock;
    this.#table = new PeerTable({
      ...options,
      clock: this.#clock,
      random: options.random ?? systemRandom,
      turn: platformTurn,
      // Not from `random`, which may be seeded: a nonce that repeats lets a proof be replayed.
      createNonce: () => systemRandom.bytes(16),
      isEncrypted: options.tls !== undefined,
      reportError: (error) => console.error(error),
      dial: (peer, listener) => this.#dial(peer, listener),
    });
  }

  /**
   * Listens, and begins to dial the address book.
   *
   * @returns Once the node can be dialed. Peers come 'up' later.
   * @throws RangeError or TypeError, as a rejection, if an option is out of its range.
   * @throws Error of `node:net`, as a rejection, if it cannot listen (`EADDRINUSE`, …).
   */
  static async open(options: TcpTransportOptions): Promise<TcpTransport> {
    const { listen } = options;
    const book = entriesOf(options.peers ?? {});
    for (const [peer, address] of book) expectAddress(`peers.${peer}`, address, 1);
    if (listen !== undefined) expectAddress('listen', listen, 0);
    const transport = new TcpTransport(options);
    if (listen !== undefined) transport.#server = await transport.#listen(listen);
    for (const [peer, address] of book) transport.setPeer(peer, address);
    return transport;
  }

  get localId(): NodeId {
    return this.#table.localId;
  }

  get capabilities(): TransportCapabilities {
    return this.#table.capabilities;
  }

  /** Where this node listens, with the port it got; undefined if it does not. */
  get address(): TcpAddress | undefined {
    const address = this.#server?.address();
    if (typeof address !== 'object' || address === null) return undefined;
    return { host: address.address, port: address.port };
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
   * to it, and from now on whenever a session ends. A session at the old address goes on.
   *
   * @throws RangeError if `peer` is the local node or `address` is none.
   */
  setPeer(peer: NodeId, address: TcpAddress): void {
    expectAddress('address', address, 1);
    this.#book.set(peer, address);
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
  async close(): Promise<void> {
    const server = this.#server;
    const listening = server?.listening
      ? new Promise<void>((resolve) => server.close(() => resolve()))
      : Promise.resolve();
    this.#dropUnfinished();
    await this.#table.close();
    await listening;
  }

  #listen(address: TcpAddress): Promise<Server> {
    const { tls } = this.#options;
    const server =
      tls === undefined
        ? createServer((socket) => this.#accept(socket))
        : createTlsServer({ ...tls.server, handshakeTimeout: this.#connectMsMax }, (socket) =>
            this.#accept(socket),
          );
    if (tls !== undefined) {
      this.#dropUnfinished = boundTlsHandshakes(server, this.#handshakeCountMax);
    }
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address.host, port: address.port }, () => {
        server.off('error', reject);
        // Accepting can fail later too, for want of file descriptors; the next one may succeed.
        server.on('error', (error) => this.#options.onError?.(error));
        resolve(server);
      });
    });
  }

  #accept(socket: Socket): void {
    const link = new SocketLink(socket);
    link.handler = this.#table.attach(link, { dialed: undefined, begins: false });
  }

  #dial(peer: NodeId, listener: DialListener): Dialing {
    const address = this.#book.get(peer);
    const { tls } = this.#options;
    const socket =
      tls === undefined
        ? connect({ host: address?.host, port: address?.port ?? 0 })
        : connectTls({ ...tls.client, host: address?.host, port: address?.port ?? 0 });
    let isConnected = false;
    let failure: unknown;
    const onError = (error: unknown): void => {
      failure = error;
    };
    const onClose = (): void => {
      timer.cancel();
      listener.failed(failure ?? new Error('dial: expected a connection, got none'));
    };
    const timer = this.#clock.setTimer(this.#connectMsMax, () => {
      socket.destroy(new Error(`dial: expected an answer within ${this.#connectMsMax} ms`));
    });
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      timer.cancel();
      socket.off('error', onError);
      socket.off('close', onClose);
      isConnected = true;
      const link = new SocketLink(socket);
      link.handler = listener.connected(link);
    });
    return {
      cancel: () => {
        if (isConnected) return;
        timer.cancel();
        socket.off('close', onClose);
        socket.destroy();
      },
    };
  }
}

/** A connected socket as the session layer sees it. */
class SocketLink implements Link {
  readonly isProtected: boolean;
  readonly crc32 = crc32;
  readonly security: LinkSecurity | undefined;
  handler: LinkHandler | undefined;
  readonly #socket: Socket;
  #failure: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.isProtected = socket instanceof TLSSocket;
    this.security = socket instanceof TLSSocket ? linkSecurity(socket) : undefined;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => this.handler?.received(chunk));
    socket.on('error', (error) => (this.#failure = error));
    socket.on('close', () => this.handler?.closed(this.#failure));
  }

  write(batches: readonly Uint8Array[]): void {
    const last = batches.length - 1;
    if (last > 0) this.#socket.cork();
    for (let index = 0; index < last; index += 1) this.#socket.write(batches[index] ?? '');
    this.#socket.write(batches[last] ?? '', this.#written);
    if (last > 0) this.#socket.uncork();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #written = (error?: Error | null): void => {
    // A failed write is followed by 'close', which ends the session.
    if (!error) this.handler?.written();
  };
}

/** What sets these bytes apart from those that another program derives from the same keys. */
const BINDING_LABEL = 'EXPORTER-quorate-transport';

/**
 * What TLS knows about the far end of a connected socket: for carriers over sockets of others, such
 * as `WebSocketTransport` behind a server of HTTPS.
 */
export function linkSecurity(socket: TLSSocket): LinkSecurity {
  // Without a certificate the object is empty, whatever its type says.
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate();
  const names = certificate.subject?.CN;
  return {
    isAuthorized: socket.authorized,
    fingerprint: certificate.fingerprint256,
    commonName: typeof names === 'string' ? names : names?.[0],
    alternativeNames: certificate.subjectaltname,
    binding: Uint8Array.from(socket.exportKeyingMaterial(32, BINDING_LABEL, Buffer.alloc(0))),
  };
}

/**
 * A flood of connections that never begin TLS must not keep others out: the oldest gives way.
 *
 * @returns Ends all that are left.
 */
function boundTlsHandshakes(server: Server, countMax: number): () => void {
  const unfinished = new Map<string, Socket>();
  const keyOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    unfinished.set(key, socket);
    socket.once('close', () => {
      if (unfinished.get(key) === socket) unfinished.delete(key);
    });
    const [oldest] = unfinished.values();
    if (unfinished.size > countMax) oldest?.destroy();
  });
  server.on('secureConnection', (socket: Socket) => unfinished.delete(keyOf(socket)));
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
  return () => {
    for (const socket of unfinished.values()) socket.destroy();
  };
}

function expectAddress(name: string, address: TcpAddress, portMin: number): void {
  const { host, port } = address;
  if (typeof host !== 'string' || host === '') {
    throw new RangeError(
      `${name}.host: expected a host name or address, got ${JSON.stringify(host)}`,
    );
  }
  if (Number.isInteger(port) && port >= portMin && port <= 65_535) return;
  throw new RangeError(`${name}.port: expected an integer in ${portMin}..65535, got ${port}`);
}
