/**
 * A transport over NATS, for nodes that all reach a NATS server but not each other.
 *
 * @packageDocumentation
 */
import type { DialListener } from '../carrier.ts';
import type { Clock, Timer } from '../clock.ts';
import { containErrors } from '../contain-errors.ts';
import { frameHeaderBytes } from '../frame.ts';
import type { NatsConnectionLike, NatsSubscriptionLike } from '../nats-connection.ts';
import { decodeNatsHeader, decodeNatsSender, encodeNatsMessage } from '../nats-message.ts';
import { encodeNatsSender, natsBody, natsHeaderBytes, natsKinds } from '../nats-message.ts';
import type { NatsHeader } from '../nats-message.ts';
import { NatsPort } from '../nats-port.ts';
import { expectNatsPrefix, natsToken } from '../nats-subject.ts';
import { nodeId, type NodeId } from '../node-id.ts';
import { PeerTable } from '../peer-table.ts';
import { PortLink } from '../port-link.ts';
import type { ProtocolName } from '../protocol-name.ts';
import type { Random } from '../random.ts';
import type { Dialing } from '../redialer.ts';
import { expectClusterId, expectCreditBytes } from '../session-options.ts';
import { sessionSettings, type SessionOptions } from '../session-options.ts';
import type { TransportStats } from '../transport-stats.ts';
import type { Delivery, PeerEvent, SendOutcome } from '../transport.ts';
import type { Transport, TransportCapabilities, Unsubscribe } from '../transport.ts';
import { platformCrc32 } from './platform-crc32.ts';
import { turnOf } from './platform-turn.ts';
import { systemClock, systemRandom } from './system.ts';

export type { Authentication, ProofChallenge, ProofClaim } from '../authentication.ts';
export type { LinkSecurity } from '../link.ts';
export type { NatsConnectionLike, NatsSubscriptionLike } from '../nats-connection.ts';
export type { SessionOptions } from '../session-options.ts';
export type { PeerStats, TransportStats } from '../transport-stats.ts';
export { sharedSecret } from './web-shared-secret.ts';

/** What a `NatsTransport` is made of. */
export interface NatsTransportOptions extends SessionOptions {
  /**
   * Shared with whoever uses it besides, and not closed by the transport. Let it reconnect for
   * ever: `maxReconnectAttempts: -1`.
   */
  readonly connection: NatsConnectionLike;
  readonly localId: NodeId;
  /** Names the cluster: 1..64 bytes of UTF-8. Nodes of different clusters refuse each other. */
  readonly clusterId: string;
  /** Whom to meet. Both ends of a pair may name each other; one is enough. See `addPeer`. */
  readonly peers?: readonly (NodeId | string)[];
  /**
   * Subjects are `<prefix>.<cluster id>.<node id>`, escaped by `natsToken`. 1..128 characters:
   * tokens of letters, digits, `-` and `_`, joined by full stops. Default: `quorate`.
   */
  readonly prefix?: string;
  /**
   * The largest payload, in bytes; 1 200..2^30. Default: what the server takes in one message, at
   * most 1 MiB. Larger ones travel in several messages.
   */
  readonly maxPayloadBytes?: number;
  /**
   * Bytes that a peer may have published for this node and it not yet read; at least 65 536.
   * Default 1 MiB. Bounds what waits in client and server for each pair, slow or disconnected.
   */
  readonly creditBytes?: number;
  /** A promise that all clients reach their servers, and servers each other, over TLS. */
  readonly encrypted?: boolean;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Spreads redials. Default: the machine's. */
  readonly random?: Random;
}

/** What a `NatsTransport` has counted besides. */
export interface NatsTransportStats extends TransportStats {
  /** Messages on this node's subject that belong to none of its links. */
  readonly strayMessageCount: number;
}

/** An invitation that was sent out. */
interface Dial {
  readonly peer: NodeId;
  readonly listener: DialListener;
  readonly timer: Timer;
  /** Several processes of one name may answer, all but one of them old. */
  answerCount: number;
  /** Whether nobody waits for an answer any more. */
  isCancelled: boolean;
}

/** Processes of one name that are taken notice of in one dial. */
const ANSWER_COUNT_MAX = 4;

const CREDIT_BYTES = 2 ** 20;

/**
 * Carries messages over NATS: one subject for each node, and over it a session for each pair.
 *
 * @remarks
 * `send` reaches peers that are 'up'; to others it answers 'dropped'. Messages of one protocol
 * arrive in the order sent, each at most once; where NATS loses one the session breaks, an unknown
 * number of the latest is lost, and a new session begins. NATS does not say who is there: beats do,
 * so a peer that is gone without a word is 'down' after `silenceMs`.
 *
 * Whoever may subscribe to a node's subject can read what it is sent, and speak in its sessions:
 * keep others out by NATS permissions. The server reads everything.
 *
 * @example
 * ```ts
 * import { connect } from '@nats-io/transport-node';
 * import { nodeId } from '@quorate/transport';
 * import { NatsTransport } from '@quorate/transport/nats';
 *
 * const connection = await connect({ servers: 'nats.example', maxReconnectAttempts: -1 });
 * const transport = new NatsTransport({
 *   connection,
 *   localId: nodeId('n1'),
 *   clusterId: 'example',
 *   peers: ['n2', 'n3'],
 * });
 * await transport.close();
 * await connection.drain();
 * ```
 */
export class NatsTransport implements Transport {
  readonly #table: PeerTable;
  readonly #connection: NatsConnectionLike;
  readonly #subjectPrefix: string;
  readonly #creditBytes: number;
  readonly #answerMsMax: number;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  readonly #subscription: NatsSubscriptionLike;
  readonly #dials = new Map<number, Dial>();
  /** By the tags of both ends. */
  readonly #ports = new Map<string, NatsPort>();
  #strayMessageCount = 0;
  #isClosed = false;

  /**
   * Subscribes, and begins to dial `peers`; they come 'up' later.
   *
   * @throws RangeError if an option is out of its range.
   * @throws Error of the client, if the connection is closed.
   */
  constructor(options: NatsTransportOptions) {
    const { connection, localId, clusterId, prefix = 'quorate' } = options;
    const maxPayloadBytes = options.maxPayloadBytes ?? payloadBytesOf(connection);
    const settings = sessionSettings({ ...options, maxPayloadBytes });
    expectNatsPrefix(prefix);
    expectClusterId(clusterId);
    const peers = (options.peers ?? []).map((peer) => nodeId(peer));
    this.#creditBytes = options.creditBytes ?? CREDIT_BYTES;
    expectCreditBytes(this.#creditBytes);
    this.#connection = connection;
    this.#subjectPrefix = `${prefix}.${natsToken(clusterId)}.`;
    this.#answerMsMax = settings.handshakeMsMax;
    this.#clock = options.clock ?? systemClock;
    const reportError = (error: unknown): void => console.error(error);
    this.#report = containErrors(options.onError ?? reportError);
    this.#table = new PeerTable({
      ...options,
      maxPayloadBytes,
      clock: this.#clock,
      random: options.random ?? systemRandom,
      turn: turnOf(this.#clock),
      // Not from `random`, which may be seeded: a nonce that repeats lets a proof be replayed.
      createNonce: () => systemRandom.bytes(16),
      isEncrypted: options.encrypted ?? false,
      reportError,
      dial: (peer, listener) => this.#dial(peer, listener),
    });
    this.#subscription = connection.subscribe(this.#subjectOf(nodeId(localId)), {
      callback: (error, message) => {
        if (error) this.#report(error);
        else this.#hear(message.data);
      },
    });
    const breakAll = (error: unknown): void => this.#breakAll(error);
    connection.closed().then(breakAll, breakAll);
    this.#watchReconnects().catch(breakAll);
    for (const peer of peers) this.addPeer(peer);
  }

  get localId(): NodeId {
    return this.#table.localId;
  }

  get capabilities(): TransportCapabilities {
    return this.#table.capabilities;
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
   * Meets `peer` from now on: it is invited at once, and again whenever nobody answers or a session
   * ends, ever later. Who is named by peers that start later need not name them.
   *
   * @throws RangeError if `peer` is the local node.
   */
  addPeer(peer: NodeId): void {
    this.#table.keepDialing(peer);
  }

  /**
   * Invites `peer` no more and closes the session to it. Does not keep it from inviting this node;
   * that is for `authentication` to refuse.
   */
  removePeer(peer: NodeId): void {
    this.#table.forget(peer);
  }

  /** What this node has counted, and its peers, as of now. O(peers). */
  stats(): NatsTransportStats {
    return { ...this.#table.stats(), strayMessageCount: this.#strayMessageCount };
  }

  /**
   * Says goodbye to every peer and gives the connection all that was accepted: `drain` it before
   * the process ends. Gives up on peers that grant no credit after a second.
   */
  async close(): Promise<void> {
    await this.#table.close();
    this.#isClosed = true;
    this.#subscription.unsubscribe();
    for (const { timer } of this.#dials.values()) timer.cancel();
    this.#dials.clear();
  }

  #breakAll(error: unknown): void {
    for (const port of [...this.#ports.values()]) port.break(error);
  }

  /**
   * What peers sent to a client without a server is lost. Numbers would tell with the next message;
   * but there is none where the sender waits for credit, which was lost as well.
   */
  async #watchReconnects(): Promise<void> {
    for await (const { type } of this.#connection.status?.() ?? []) {
      if (this.#isClosed) return;
      if (type === 'reconnect') {
        this.#breakAll(new Error('connection: expected one that lasts, got a new one'));
      }
    }
  }

  #subjectOf(peer: NodeId): string {
    return this.#subjectPrefix + natsToken(peer);
  }

  #dial(peer: NodeId, listener: DialListener): Dialing {
    const tag = createTag();
    const end = (error: unknown): void => {
      timer.cancel();
      const isAwaited = dial.answerCount === 0 && !dial.isCancelled;
      if (this.#dials.delete(tag) && isAwaited) listener.failed(error);
    };
    const timer = this.#clock.setTimer(this.#answerMsMax, () => {
      end(new Error(`dial: expected an answer within ${this.#answerMsMax} ms`));
    });
    const dial: Dial = { peer, listener, timer, answerCount: 0, isCancelled: false };
    this.#dials.set(tag, dial);
    try {
      this.#publish(peer, { kind: natsKinds.open, to: 0, from: tag, number: 0 });
    } catch (error) {
      // A dial never fails at once.
      queueMicrotask(() => end(error));
    }
    return {
      cancel: () => {
        // Once one process has answered, later answers are of others, which may be newer.
        dial.isCancelled ||= dial.answerCount === 0;
      },
    };
  }

  #hear(message: Uint8Array): void {
    const header = decodeNatsHeader(message);
    const isTaken = header !== undefined && this.#take(header, message);
    if (!isTaken) this.#strayMessageCount += 1;
  }

  /** Returns whether the message was for anything here. */
  #take(header: NatsHeader, message: Uint8Array): boolean {
    if (header.kind === natsKinds.open) return this.#takeOpen(header, natsBody(message));
    if (header.kind === natsKinds.opened) return this.#takeOpened(header, natsBody(message));
    const port = this.#ports.get(keyOf(header.to, header.from));
    port?.hear(header, message);
    return port !== undefined;
  }

  #takeOpen({ from }: NatsHeader, body: Uint8Array): boolean {
    const peer = decodeNatsSender(body);
    if (peer === undefined || peer === this.localId) return false;
    const tag = createTag();
    const opened = { kind: natsKinds.opened, to: from, from: tag, number: 0 };
    // Nobody waits for the answer: whoever invites will do so again.
    if (!this.#tryToPublish(peer, opened)) return true;
    const link = this.#createLink(peer, tag, from);
    link.open(this.#table.attach(link, { dialed: undefined, begins: false }));
    return true;
  }

  #takeOpened({ to, from }: NatsHeader, body: Uint8Array): boolean {
    const peer = decodeNatsSender(body);
    if (peer === undefined || peer === this.localId) return false;
    // Another process of this node's name may have sent the invitation: not a word to such answers.
    const dial = this.#dials.get(to);
    if (dial?.peer !== peer || this.#ports.has(keyOf(to, from))) return false;
    if (dial.isCancelled || dial.answerCount >= ANSWER_COUNT_MAX) {
      this.#tryToPublish(peer, { kind: natsKinds.end, to: from, from: to, number: 0 });
      return true;
    }
    dial.answerCount += 1;
    const link = this.#createLink(peer, to, from);
    const handler =
      dial.answerCount === 1
        ? dial.listener.connected(link)
        : this.#table.attach(link, { dialed: peer, begins: true });
    link.open(handler);
    return true;
  }

  #createLink(peer: NodeId, localTag: number, remoteTag: number): PortLink {
    const key = keyOf(localTag, remoteTag);
    const subject = this.#subjectOf(peer);
    const port = new NatsPort({
      localTag,
      remoteTag,
      publish: (message) => this.#connection.publish(subject, message),
      messageBytesMax: () => messageBytesOf(this.#connection),
      closed: () => void this.#ports.delete(key),
    });
    this.#ports.set(key, port);
    return new PortLink(port, this.#creditBytes, { isProtected: false, crc32: platformCrc32 });
  }

  #publish(peer: NodeId, header: NatsHeader): void {
    const body = encodeNatsSender(this.localId);
    this.#connection.publish(this.#subjectOf(peer), encodeNatsMessage(header, body));
  }

  #tryToPublish(peer: NodeId, header: NatsHeader): boolean {
    try {
      this.#publish(peer, header);
      return true;
    } catch {
      return false;
    }
  }
}

function keyOf(localTag: number, remoteTag: number): string {
  return `${localTag}:${remoteTag}`;
}

/** 48 bits that nobody can foresee, not all 0. */
function createTag(): number {
  const [first = 0, second = 0, ...others] = systemRandom.bytes(6);
  const low = others.reduce((value, byte) => value * 256 + byte, 0);
  return (first * 256 + second) * 2 ** 32 + low || 1;
}

/** The largest message that the server takes; NATS' own default before it has said so. */
function messageBytesOf({ info }: NatsConnectionLike): number {
  return info?.max_payload ?? 2 ** 20;
}

function payloadBytesOf(connection: NatsConnectionLike): number {
  // A frame lies in a block, and the block in a message.
  const bytes = messageBytesOf(connection) - natsHeaderBytes - 2 * frameHeaderBytes;
  return Math.max(1_200, Math.min(2 ** 20, bytes));
}
