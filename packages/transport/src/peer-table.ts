import type { PeerTableOptions } from './carrier.ts';
import { Collapse, type Pair, type ProvenLink } from './collapse.ts';
import { containErrors } from './contain-errors.ts';
import { frameKinds } from './frame.ts';
import { Handshake, type HandshakeHost, type LinkOrigin } from './handshake.ts';
import { incarnationAt, type RefusalReason } from './hello.ts';
import type { Link, LinkHandler } from './link.ts';
import { Loopback } from './loopback.ts';
import { nodeId, type NodeId } from './node-id.ts';
import { Observers } from './observers.ts';
import type { ProtocolName } from './protocol-name.ts';
import { ProtocolTable, type ProtocolEntry } from './protocol-table.ts';
import { Redialer } from './redialer.ts';
import { expectClusterId, expectIncarnation, sessionSettings } from './session-options.ts';
import type { SessionSettings } from './session-options.ts';
import { Session, type SessionHost } from './session.ts';
import { createCounters, type TransportCounters, type TransportStats } from './transport-stats.ts';
import type { Delivery, PeerDownReason, PeerEvent } from './transport.ts';
import type { SendOutcome, TransportCapabilities, Unsubscribe } from './transport.ts';

interface Peer extends Pair {
  /** Set while the peer is to be dialed. */
  redialer: Redialer | undefined;
  /** The refusal last reported, so that not every redial reports it again. */
  reportedRefusal: string | undefined;
  lastError: string | undefined;
}

/**
 * The sessions of one node: everything a transport does, but for moving the bytes. A carrier owns
 * one, gives it links and passes the calls of its user on.
 *
 * @remarks
 * Nothing that was not proven is remembered: what an unproven link claims can take the place of
 * another unproven link at most.
 */
export class PeerTable {
  readonly localId: NodeId;
  readonly incarnation: number;
  readonly capabilities: TransportCapabilities;
  readonly #options: PeerTableOptions;
  readonly #settings: SessionSettings;
  readonly #counters: TransportCounters = createCounters();
  readonly #protocols: ProtocolTable;
  readonly #observers: Observers<PeerEvent>;
  readonly #loopback: Loopback;
  readonly #sessionHost: SessionHost;
  readonly #handshakeHost: HandshakeHost;
  readonly #report: (error: unknown) => void;
  readonly #peers = new Map<string, Peer>();
  /** Every link, until its session has ended. */
  readonly #links = new Map<Session, Handshake>();
  /** The links among them that are not sessions: shaking hands, or closing. */
  readonly #unfinished = new Set<Session>();
  #latest: Peer | undefined;
  #helloCount = 0;
  #closing: Promise<void> | undefined;
  #allEnded: (() => void) | undefined;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: PeerTableOptions) {
    this.#settings = sessionSettings(options);
    expectClusterId(options.clusterId);
    this.#options = options;
    this.localId = nodeId(options.localId);
    const { clock, random } = options;
    this.incarnation = options.incarnation ?? incarnationAt(clock.wallTimeMs(), random.int(2_048));
    expectIncarnation(this.incarnation);
    this.capabilities = {
      maxPayloadBytes: this.#settings.payloadBytesMax,
      ordering: 'session',
      mayDuplicate: false,
      authenticated: options.authentication !== undefined,
      encrypted: options.isEncrypted,
    };
    const report = containErrors(options.onError ?? options.reportError);
    this.#report = (error) => {
      this.#counters.reportedErrorCount += 1;
      report(error);
    };
    this.#protocols = new ProtocolTable(options.controlProtocols ?? [], this.#report);
    this.#observers = new Observers(this.#report);
    this.#loopback = new Loopback({
      turn: options.turn,
      limits: this.#settings,
      deliverLocally: (entry, payload) => this.#deliverLocally(entry, payload),
      loopbackDrained: () => this.#emit({ kind: 'drained', peer: this.localId }),
    });
    this.#sessionHost = this.#createSessionHost();
    this.#handshakeHost = this.#createHandshakeHost();
  }

  /** See `Transport.send`. */
  send(to: NodeId, protocol: ProtocolName, payload: Uint8Array): SendOutcome {
    if (!(payload instanceof Uint8Array)) {
      throw new TypeError(`payload: expected a Uint8Array, got ${typeof payload}`);
    }
    const { payloadBytesMax } = this.#settings;
    if (payload.length > payloadBytesMax) {
      throw new RangeError(
        `payload: expected at most ${payloadBytesMax} bytes, got ${payload.length}`,
      );
    }
    let outcome: SendOutcome = 'dropped';
    if (this.#closing === undefined) {
      const entry = this.#protocols.entryOf(protocol);
      const session = this.#sessionTo(to);
      if (session !== undefined) outcome = session.send(entry, payload);
      else if (to === this.localId) outcome = this.#loopback.send(entry, payload);
    }
    if (outcome === 'dropped') this.#counters.droppedSendCount += 1;
    return outcome;
  }

  /** See `Transport.subscribe`. */
  subscribe(protocol: ProtocolName, listener: (delivery: Delivery) => void): Unsubscribe {
    return this.#protocols.subscribe(protocol, listener);
  }

  /** See `Transport.observePeers`. */
  observePeers(listener: (event: PeerEvent) => void): Unsubscribe {
    return this.#observers.observe(listener);
  }

  /**
   * Takes over a new link, from the first byte on.
   *
   * @returns Where the carrier reports what happens on the link.
   */
  attach(link: Link, origin: LinkOrigin): LinkHandler {
    this.#makeRoom();
    const session = new Session(link, this.#sessionHost);
    const handshake = new Handshake(session, origin, this.#handshakeHost);
    this.#links.set(session, handshake);
    this.#unfinished.add(session);
    if (this.#closing !== undefined) handshake.refuse('closing');
    else if (origin.begins) handshake.begin();
    return session;
  }

  /**
   * Keeps a session to `peer` from now on: dials it, and again when that fails or the session ends.
   * Called again, it starts afresh, at an address that may have changed; a session stays.
   *
   * @throws RangeError if `peer` is the local node.
   */
  keepDialing(peer: NodeId): void {
    if (peer === this.localId) {
      throw new RangeError(`peer: expected another node, got the local one, ${peer}`);
    }
    const known = this.#peers.get(peer) ?? this.#remember(nodeId(peer));
    this.#stopDialing(known);
    known.redialer = this.#createRedialer(known);
    this.#wantSession(known);
  }

  /** Stops dialing `peer` and closes the session to it. A link that it dials is taken. */
  forget(peer: NodeId): void {
    const known = this.#peers.get(peer);
    if (known === undefined) return;
    this.#stopDialing(known);
    known.chosen?.handshake.refuse('closing');
    const { current } = known;
    if (current === undefined) return;
    known.current = undefined;
    this.#unfinished.add(current.handshake.session);
    current.handshake.session.finish(frameKinds.bye);
    this.#emit({ kind: 'down', peer: known.id, reason: 'closed' });
  }

  /** See `Transport.close`. Resolves when every link has ended, within about a second. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#allEnded = resolve;
    });
    this.#loopback.close();
    for (const peer of this.#peers.values()) peer.redialer?.stop();
    for (const [session, handshake] of [...this.#links]) {
      if (this.#unfinished.has(session)) handshake.refuse('closing');
      else session.finish(frameKinds.bye);
    }
    if (this.#links.size === 0) this.#allEnded?.();
    return this.#closing;
  }

  /** Everything as it stands. O(peers). */
  stats(): TransportStats {
    const peers = [...this.#peers.values()].map((peer) => ({
      peer: peer.id,
      isUp: peer.current !== undefined,
      incarnation: peer.incarnation < 0 ? undefined : peer.incarnation,
      queuedBytes: peer.current?.handshake.session.queuedBytes ?? 0,
      lastError: peer.lastError,
    }));
    const { incarnation } = this;
    return { ...this.#counters, incarnation, handshakeCount: this.#unfinished.size, peers };
  }

  #createHandshakeHost(): HandshakeHost {
    const collapse = new Collapse({
      localId: this.localId,
      pairWith: (id) => this.#peers.get(id) ?? this.#rememberIfRoom(id),
      establish: (pair, link) => this.#establish(pair, link),
    });
    return {
      localId: this.localId,
      clusterId: this.#options.clusterId,
      incarnation: this.incarnation,
      payloadBytesMax: this.#settings.payloadBytesMax,
      authentication: this.#options.authentication,
      createNonce: this.#options.createNonce,
      nextHelloNumber: () => (this.#helloCount += 1),
      liveNumbers: (peer) => this.#liveNumbers(peer),
      proven: (handshake, remote) => collapse.proven({ handshake, remote }),
      accepted: (handshake, remote, choice) => collapse.accepted({ handshake, remote }, choice),
      confirmed: (handshake, remote) => collapse.confirmed({ handshake, remote }),
      refused: (handshake, reason, by) => this.#refused(handshake, reason, by),
      report: this.#report,
    };
  }

  #createSessionHost(): SessionHost {
    return {
      clock: this.#options.clock,
      turn: this.#options.turn,
      limits: this.#settings,
      protocols: this.#protocols,
      counters: this.#counters,
      handshakeFrame: (session, kind, payload) => this.#links.get(session)?.receive(kind, payload),
      sessionEnded: (session, reason, error) => this.#sessionEnded(session, reason, error),
      sessionDrained: (session) => {
        const peer = session.terms?.peer;
        if (peer !== undefined) this.#emit({ kind: 'drained', peer });
      },
    };
  }

  #establish(pair: Pair, link: ProvenLink): void {
    const { handshake, remote } = link;
    pair.chosen = undefined;
    pair.current = link;
    this.#unfinished.delete(handshake.session);
    handshake.session.establish({
      peer: pair.id,
      incarnation: remote.incarnation,
      peerPayloadBytesMax: remote.payloadBytesMax,
      sealing: handshake.sealing,
    });
    const peer = this.#peers.get(pair.id);
    if (peer !== undefined) {
      peer.reportedRefusal = undefined;
      peer.lastError = undefined;
      peer.redialer?.up();
    }
    this.#refuseDialed(pair.id, 'duplicate');
    this.#emit({ kind: 'up', peer: pair.id, incarnation: remote.incarnation });
  }

  #refused(handshake: Handshake, reason: RefusalReason, by: 'local' | 'remote'): void {
    if (reason === 'duplicate') return;
    this.#counters.refusedHandshakeCount += 1;
    const { dialed } = handshake.origin;
    const peer = dialed === undefined ? undefined : this.#peers.get(dialed);
    if (peer === undefined || reason === 'closing') return;
    const whose = by === 'local' ? 'this node refuses it' : 'it refuses this node';
    peer.lastError = `dialed ${peer.id}, and ${whose}: ${reason}`;
    if (peer.reportedRefusal === peer.lastError || peer.current !== undefined) return;
    peer.reportedRefusal = peer.lastError;
    this.#report(new Error(peer.lastError));
    this.#emit({ kind: 'down', peer: peer.id, reason: 'refused' });
  }

  /** The numbers of HELLOs to `peer` over links that may still live: the session's first. */
  #liveNumbers(peer: NodeId): readonly number[] {
    const numbers: number[] = [];
    for (const [session, { number, origin, remote }] of this.#links) {
      const isToPeer = origin.dialed === peer || remote?.nodeId === peer;
      if (!isToPeer || session.isOver || number === undefined) continue;
      if (this.#unfinished.has(session)) numbers.push(number);
      else numbers.unshift(number);
    }
    return numbers;
  }

  #sessionEnded(session: Session, reason: PeerDownReason, error: unknown): void {
    const handshake = this.#links.get(session);
    this.#links.delete(session);
    const isUnfinished = this.#unfinished.delete(session);
    if (this.#closing !== undefined && this.#links.size === 0) this.#allEnded?.();
    if (this.#closing !== undefined || handshake === undefined) return;
    if (isUnfinished && reason === 'timeout') this.#counters.refusedHandshakeCount += 1;

    const id = handshake.origin.dialed ?? handshake.remote?.nodeId;
    const peer = id === undefined ? undefined : this.#peers.get(id);
    if (peer !== undefined) {
      if (error instanceof Error) peer.lastError ??= error.message;
      if (peer.chosen?.handshake === handshake) peer.chosen = undefined;
      if (peer.current?.handshake === handshake) this.#lost(peer, reason);
      this.#wantSession(peer);
    }
    handshake.origin.ended?.();
  }

  #lost(peer: Peer, reason: PeerDownReason): void {
    peer.current = undefined;
    peer.redialer?.down();
    this.#emit({ kind: 'down', peer: peer.id, reason });
  }

  #wantSession(peer: Peer): void {
    const isServed = peer.current !== undefined || peer.chosen !== undefined;
    if (!isServed && this.#closing === undefined) peer.redialer?.want();
  }

  #stopDialing(peer: Peer): void {
    peer.redialer?.stop();
    peer.redialer = undefined;
    this.#refuseDialed(peer.id, 'closing');
  }

  /** Ends the handshakes of links that were dialed from here. */
  #refuseDialed(peer: NodeId, reason: RefusalReason): void {
    for (const session of [...this.#unfinished]) {
      const handshake = this.#links.get(session);
      if (handshake?.origin.dialed === peer) handshake.refuse(reason);
    }
  }

  #createRedialer(peer: Peer): Redialer {
    const { clock, random, dial } = this.#options;
    const { redialMsMin, redialMsMax } = this.#settings;
    return new Redialer({
      clock,
      random,
      redialMsMin,
      redialMsMax,
      dial: (ended) => {
        if (dial === undefined) return { cancel: () => undefined };
        return dial(peer.id, {
          connected: (link) => this.attach(link, { dialed: peer.id, begins: true, ended }),
          failed: (error) => {
            peer.lastError = error instanceof Error ? error.message : String(error);
            ended();
          },
        });
      },
    });
  }

  /** A flood of links that say nothing must not keep out one that speaks: the oldest gives way. */
  #makeRoom(): void {
    if (this.#unfinished.size < this.#settings.handshakeCountMax) return;
    const isInbound = (session: Session): boolean =>
      this.#links.get(session)?.origin.dialed === undefined;
    const [oldest] = this.#unfinished;
    const victim = [...this.#unfinished].find(isInbound) ?? oldest;
    this.#counters.refusedHandshakeCount += 1;
    victim?.end('refused', new Error('handshake: expected fewer at a time, the oldest gave way'));
  }

  #remember(id: NodeId): Peer {
    const peer: Peer = {
      id,
      redialer: undefined,
      chosen: undefined,
      current: undefined,
      incarnation: -1,
      choice: 0,
      reportedRefusal: undefined,
      lastError: undefined,
    };
    this.#peers.set(id, peer);
    return peer;
  }

  /** Forgets the peer that has been idle for longest if there are too many. */
  #rememberIfRoom(id: NodeId): Peer | undefined {
    if (this.#peers.size >= this.#settings.peerCountMax) {
      const idle = [...this.#peers.values()].find(
        (peer) => !peer.redialer && !peer.current && !peer.chosen,
      );
      if (idle === undefined) return undefined;
      this.#peers.delete(idle.id);
      if (this.#latest === idle) this.#latest = undefined;
    }
    return this.#remember(id);
  }

  #sessionTo(to: NodeId): Session | undefined {
    let peer = this.#latest;
    if (peer?.id !== to) {
      peer = this.#peers.get(to);
      this.#latest = peer;
    }
    return peer?.current?.handshake.session;
  }

  #deliverLocally(entry: ProtocolEntry, payload: Uint8Array): void {
    this.#counters.receivedMessageCount += 1;
    const receivedAtMs = this.#options.clock.nowMs();
    const { localId: from, incarnation } = this;
    const isKnown = this.#protocols.deliver(entry, { from, incarnation, payload, receivedAtMs });
    if (!isKnown) this.#counters.unknownProtocolCount += 1;
  }

  #emit(event: PeerEvent): void {
    if (this.#closing === undefined) this.#observers.emit(event);
  }
}
