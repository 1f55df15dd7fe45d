import type { Channel, NodeId } from '@quorate/transport';

import { checkReplacement } from '../check-replacement.ts';
import { BeforeHistoryError, type CrdtsError } from '../errors.ts';
import { nextAttachment } from './attachments.ts';
import { Guard } from './guard.ts';
import { Incoming } from './incoming.ts';
import type { Link } from './link.ts';
import type { PartMessage, ReplicationMessage } from './messages.ts';
import { Outgoing } from './outgoing.ts';
import { Peer } from './peer.ts';
import type { ReplicatorLimits, ReplicatorOptions } from './replicator-options.ts';
import type { ReplicatorCounters } from './replicator-statistics.ts';
import type { SharedDocument } from './shared-document.ts';
import { Speech } from './speech.ts';
import { versionHash } from './version-hash.ts';
import { WholeDocuments } from './whole-documents.ts';

/** What an exchange needs. */
interface ExchangeOptions {
  readonly options: ReplicatorOptions & { readonly onError: (error: unknown) => void };
  readonly limits: ReplicatorLimits;
  readonly channel: Channel<ReplicationMessage>;
  readonly counters: ReplicatorCounters;
  /** Called when there is something for `turn` to do. */
  readonly onWork: () => void;
}

/** Who has what, and when to say what to whom. */
export class Exchange {
  readonly documents: Map<string, SharedDocument> = new Map<string, SharedDocument>();
  readonly peers: Map<NodeId, Peer> = new Map<NodeId, Peer>();
  readonly #given: ExchangeOptions;
  readonly #guard: Guard;
  readonly #speech: Speech;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #wholes: WholeDocuments;
  /** Peers that are spoken to although nobody reports them. */
  readonly #expected = new Set<NodeId>();

  constructor(given: ExchangeOptions) {
    const { options, limits, channel, counters, onWork } = given;
    const { transport, clock, random } = options;
    const { documents } = this;
    this.#given = given;
    const guard = new Guard({ options, counters, documents });
    const speech = new Speech({ transport, clock, random, limits, guard, documents, onWork });
    this.#guard = guard;
    this.#speech = speech;
    this.#incoming = new Incoming({
      ...{ options, limits, counters, guard, speech },
      onChange: (shared) => {
        this.changed(shared);
      },
      onRelayed: (shared, from) => {
        this.#compareSoon(shared, from);
      },
      onWholeNeeded: (peer, shared) => {
        this.#wholes.begin(peer, shared);
      },
    });
    // Numbers of an earlier life may still come back, and must name nothing.
    const firstNumber = random.int(2 ** 31);
    this.#outgoing = new Outgoing({ transport, channel, clock, limits, counters, firstNumber });
    this.#wholes = new WholeDocuments({
      ...{ transport, channel, clock, limits, counters },
      onArrival: (peer, shared, bytes) => {
        this.#takeWhole(peer, shared, bytes);
      },
    });
  }

  /** Bytes of pieces that wait for the rest. */
  get partialBytes(): number {
    let sizeBytes = this.#wholes.arrivedBytes;
    for (const { assembly } of this.peers.values()) sizeBytes += assembly.arrivedBytes;
    return sizeBytes;
  }

  /** Speaks to a peer from now on, whether or not it is reported. */
  expect(id: NodeId): void {
    this.#expected.add(id);
    this.met(id, -1);
  }

  /** A peer that something came from, unless it is not listened to. */
  heard(id: NodeId, incarnation: number): Peer | undefined {
    const known = this.peers.get(id);
    if (known === undefined || incarnation > known.incarnation) return this.met(id, incarnation);
    return incarnation === known.incarnation ? known : undefined;
  }

  /** A peer is there, in a life that may be new. */
  met(id: NodeId, incarnation: number): Peer | undefined {
    if (id === this.#given.options.transport.localId) return undefined;
    const peer = this.peers.get(id) ?? this.#introduce(id);
    if (peer === undefined || incarnation < peer.incarnation) return undefined;
    peer.reset();
    // Its attachments are counted anew.
    if (incarnation > peer.incarnation) peer.links.clear();
    peer.incarnation = incarnation;
    for (const shared of this.documents.values()) this.#greet(peer, shared);
    return peer;
  }

  /** A peer is gone, or out of reach. */
  lost(id: NodeId): void {
    const peer = this.peers.get(id);
    peer?.reset();
    if (peer === undefined || this.#expected.has(id)) return;
    this.#wholes.forget(peer);
    this.peers.delete(id);
  }

  /** The transport has room for a peer again. */
  drained(id: NodeId): void {
    const peer = this.peers.get(id);
    if (peer === undefined) return;
    peer.isPressured = false;
    this.#outgoing.pump(peer);
    this.#wholes.pump(peer);
  }

  /** @throws RangeError if the name is in use, or there are too many. */
  attach(shared: SharedDocument): void {
    const { documentsMax } = this.#given.limits;
    if (this.documents.has(shared.name)) {
      throw new RangeError(`document: expected a name that is free, got '${shared.name}'`);
    }
    if (this.documents.size >= documentsMax) {
      throw new RangeError(`document: expected at most ${documentsMax}, got one more`);
    }
    this.documents.set(shared.name, shared);
    shared.attachment = nextAttachment(this.#given.options.transport);
    shared.watch(() => {
      this.changed(shared);
    });
    for (const peer of this.peers.values()) this.#greet(peer, shared);
    this.#given.onWork();
  }

  /** Forgets a document, and tells those who may count on what was here. */
  detach(document: string): void {
    const shared = this.documents.get(document);
    if (shared === undefined) return;
    shared.release();
    this.#wholes.forget(shared);
    this.documents.delete(document);
    nextAttachment(this.#given.options.transport);
    for (const peer of this.peers.values()) {
      peer.drop(document);
      this.#speech.deny(peer, document);
    }
  }

  /** A document has changed here. */
  changed(shared: SharedDocument): void {
    for (const peer of this.peers.values()) peer.behind.add(shared.name);
    this.#given.onWork();
  }

  /** Takes in a message; what it decodes to is borrowed. */
  receive(peer: Peer, message: ReplicationMessage): void {
    switch (message.kind) {
      case 'versions':
        for (const entry of message.entries) this.#incoming.hearVersion(peer, entry);
        return;
      case 'updates':
        this.#incoming.hearUpdates(peer, message);
        return;
      case 'acks':
        if (!this.documents.has(message.document)) return;
        this.#incoming.hearAcks(peer, peer.link(message.document), message.numbers);
        return;
      case 'offer':
        this.#incoming.hearOffer(peer, message);
        return;
      case 'fetch': {
        const shared = this.#guard.sharedWith(peer, message.document, 'read');
        if (shared === undefined) return;
        this.#guard.attempt(peer, peer.link(shared.name), shared, () => {
          this.#wholes.hearFetch(peer, shared, message);
        });
        return;
      }
      case 'whole':
        this.#wholes.hearNone(peer, message.document);
        return;
      case 'part':
        this.#receivePart(peer, message);
    }
  }

  /** Sends what there is to send, as far as there is room. */
  turn(): void {
    for (const peer of this.peers.values()) {
      this.#outgoing.sendAcks(peer);
      this.#wholes.sendOffers(peer);
      this.#outgoing.sendVersions(peer);
      for (const document of [...peer.behind]) {
        if (peer.isHeld) break;
        this.#push(peer, document);
      }
    }
  }

  /** When `tick` should be called next; Infinity if there are no peers. */
  nextDueMs(nowMs: number): number {
    const { limits } = this.#given;
    let dueMs = this.#wholes.dueMs;
    for (const peer of this.peers.values()) {
      const patienceMs = peer.patienceMs(limits);
      for (const link of peer.links.values()) {
        if (link.trouble !== undefined) continue;
        dueMs = Math.min(dueMs, link.speakAtMs);
        const sentAtMs = link.oldestSentAtMs;
        if (sentAtMs !== undefined) dueMs = Math.min(dueMs, sentAtMs + patienceMs);
      }
    }
    // What is due at nearly the same time is done at the same time.
    return Math.max(dueMs, nowMs + limits.retryMs / 8);
  }

  /** Repeats questions that were not answered, and compares what has not changed for long. */
  tick(nowMs: number): void {
    for (const peer of this.peers.values()) {
      const patienceMs = peer.patienceMs(this.#given.limits);
      const isOverdue = (sentAtMs: number): boolean =>
        peer.cutting === undefined && Math.max(sentAtMs, peer.cutUntilMs) + patienceMs <= nowMs;
      // Its sender has given it up, or is gone.
      if (peer.partAtMs + this.#given.limits.retryMsMax <= nowMs) peer.assembly.clear();
      let hasMissed = false;
      for (const [document, link] of peer.links) {
        const shared = this.documents.get(document);
        if (shared === undefined || link.trouble !== undefined) continue;
        const sentAtMs = link.oldestSentAtMs;
        if (sentAtMs !== undefined && isOverdue(sentAtMs)) {
          link.lose();
          link.speakAtMs = nowMs;
          hasMissed = true;
          this.#given.counters.overdueCount += 1;
        }
        if (link.speakAtMs <= nowMs) this.#speech.speak(peer, link, shared);
      }
      if (hasMissed) peer.missed();
    }
    this.#wholes.tick(nowMs);
  }

  #receivePart(peer: Peer, part: PartMessage): void {
    if (part.head.kind === 'whole') {
      this.#wholes.hearPart(peer, part);
      return;
    }
    const outcome = peer.assembly.add(part);
    peer.partAtMs = this.#given.options.clock.nowMs();
    if (outcome.kind === 'refused') this.#given.counters.oversizeCount += 1;
    if (outcome.kind === 'whole') this.receive(peer, outcome.message);
  }

  #introduce(id: NodeId): Peer | undefined {
    const { limits, counters } = this.#given;
    if (this.peers.size >= limits.peersMax) {
      counters.crowdedCount += 1;
      return undefined;
    }
    const peer = new Peer(id, limits.messageBytesMax);
    this.peers.set(id, peer);
    return peer;
  }

  #greet(peer: Peer, shared: SharedDocument): void {
    this.#speech.speak(peer, peer.link(shared.name), shared);
  }

  #compareSoon(shared: SharedDocument, from: Link): void {
    for (const { links } of this.peers.values()) {
      const other = links.get(shared.name);
      if (other === undefined || other === from) continue;
      this.#speech.within(other, this.#given.limits.compareAfterMs);
    }
  }

  #push(peer: Peer, document: string): void {
    const shared = this.documents.get(document);
    const link = peer.link(document);
    if (shared === undefined || link.trouble !== undefined || link.sent === undefined) {
      peer.behind.delete(document);
      return;
    }
    if (this.#guard.accessOf(peer.id, document) === 'none') {
      peer.behind.delete(document);
      return;
    }
    if (link.isPacked) return;
    this.#guard.attempt(
      peer,
      link,
      shared,
      () => {
        this.#pack(peer, link, shared);
      },
      (error) => error instanceof BeforeHistoryError && this.#offer(peer, link, shared, error),
    );
  }

  #pack(peer: Peer, link: Link, shared: SharedDocument): void {
    const document = shared.name;
    const parcel = this.#outgoing.pack(peer, link, shared);
    if (parcel === 'later') return;
    peer.behind.delete(document);
    if (parcel === undefined) return;
    link.isPacked = true;
    // What can still be lost here must not be seen there: what depends on it would wait for ever.
    const send = (): void => {
      link.isPacked = false;
      const outcome = this.#outgoing.send(peer, link, shared, parcel);
      if (outcome === 'later' || link.sent?.change !== shared.change) peer.behind.add(document);
      if (outcome === 'ask') this.#speech.tell(peer, shared, 'full', true);
      if (outcome !== 'lost' && !link.isFilling) return;
      this.#speech.within(link, peer.patienceMs(this.#given.limits));
    };
    this.#speech.onceDurable(shared, send, send);
  }

  /** What a peer lacks was trimmed: it may have the whole document, if there is one to be had. */
  #offer(peer: Peer, link: Link, shared: SharedDocument, error: CrdtsError): true {
    const base = link.sent;
    if (shared.options.save === undefined || base === undefined) {
      this.#guard.stop('beforeHistory', peer, link, shared, error);
      return true;
    }
    // It has sent what has no place here any more: the whole would not bring that.
    const isDiverged = link.needsWhole;
    peer.offers.set(shared.name, { base: versionHash(base.version), isDiverged });
    peer.behind.delete(shared.name);
    link.lose();
    const { limits } = this.#given;
    const waitMs = peer.patienceMs(limits) * 2 ** Math.min(16, link.offerCount);
    link.offerCount += 1;
    this.#speech.after(link, Math.min(limits.compareMs, waitMs));
    this.#speech.tell(peer, shared, 'full', false);
    if (isDiverged) this.#guard.stop('diverged', peer, link, shared, error);
    return true;
  }

  #takeWhole(peer: Peer, shared: SharedDocument, bytes: Uint8Array | undefined): void {
    const link = peer.link(shared.name);
    const before = this.#given.counters.wholeTakenCount;
    if (bytes !== undefined) {
      this.#guard.attempt(
        peer,
        link,
        shared,
        () => {
          this.#replace(peer, shared, bytes);
        },
        (error) => {
          const isLess = error instanceof BeforeHistoryError;
          this.#guard.stop(isLess ? 'diverged' : 'beforeHistory', peer, link, shared, error);
          return true;
        },
      );
    }
    if (this.#given.counters.wholeTakenCount === before) {
      if (link.trouble !== undefined) return;
      const error = new BeforeHistoryError('whole document: expected one, none is given or taken');
      this.#guard.stop('beforeHistory', peer, link, shared, error);
      return;
    }
    for (const other of this.peers.values()) {
      const otherLink = other.link(shared.name);
      if (otherLink.trouble !== 'forked') otherLink.resume();
      this.#greet(other, shared);
    }
  }

  #replace(peer: Peer, shared: SharedDocument, bytes: Uint8Array): void {
    const whole = { document: shared.name, peer: peer.id, bytes };
    const taken = shared.options.take?.(whole);
    if (taken === undefined) return;
    if (taken.replica !== shared.replica) checkReplacement(shared.replica, taken.replica);
    shared.replace(taken.replica);
    this.#given.counters.wholeTakenCount += 1;
    taken.tell();
  }
}
