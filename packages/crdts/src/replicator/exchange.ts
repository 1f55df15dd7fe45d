import type { Channel, NodeId } from '@quorate/transport';

import {
  BeforeHistoryError,
  CorruptBytesError,
  CrdtsError,
  ForkedReplicaError,
  PendingFullError,
} from '../errors.ts';
import type { ApplyOutcome } from '../replica.ts';
import { ACKS_MAX } from './codec.ts';
import type { Link } from './link.ts';
import type { ReplicationMessage, UpdatesMessage, VersionEntry } from './messages.ts';
import { Outgoing } from './outgoing.ts';
import { Peer, type Statement } from './peer.ts';
import type { Access, ReplicatorLimits, ReplicatorOptions } from './replicator-options.ts';
import type { ReplicatorCounters } from './replicator-statistics.ts';
import type { SharedDocument } from './shared-document.ts';
import { areEqualBytes } from './version-hash.ts';

/** What an exchange needs. */
interface ExchangeOptions {
  readonly options: ReplicatorOptions & { readonly onError: (error: unknown) => void };
  readonly limits: ReplicatorLimits;
  readonly channel: Channel<ReplicationMessage>;
  readonly counters: ReplicatorCounters;
  /** Called when there is something for `turn` to do. */
  readonly onWork: () => void;
}

/** Who has what, what to say to whom, and what to make of what they say. */
export class Exchange {
  readonly documents: Map<string, SharedDocument> = new Map<string, SharedDocument>();
  readonly peers: Map<NodeId, Peer> = new Map<NodeId, Peer>();
  readonly #given: ExchangeOptions;
  readonly #outgoing: Outgoing;
  /** Peers that are spoken to although nobody reports them. */
  readonly #expected = new Set<NodeId>();

  constructor(given: ExchangeOptions) {
    const { options, limits, channel, counters } = given;
    const { transport, clock, random } = options;
    this.#given = given;
    // Numbers of an earlier life may still come back, and must name nothing.
    const firstNumber = random.int(2 ** 31);
    this.#outgoing = new Outgoing({ transport, channel, clock, limits, counters, firstNumber });
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
    peer.incarnation = incarnation;
    peer.reset();
    for (const shared of this.documents.values()) this.#greet(peer, shared);
    return peer;
  }

  /** A peer is gone, or out of reach. */
  lost(id: NodeId): void {
    this.peers.get(id)?.reset();
    if (!this.#expected.has(id)) this.peers.delete(id);
  }

  /** The transport has room for a peer again. */
  drained(id: NodeId): void {
    const peer = this.peers.get(id);
    if (peer === undefined) return;
    peer.isPressured = false;
    this.#outgoing.pump(peer);
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
    shared.watch(() => {
      this.changed(shared);
    });
    for (const peer of this.peers.values()) this.#greet(peer, shared);
    this.#given.onWork();
  }

  /** Forgets a document. */
  detach(document: string): void {
    this.documents.get(document)?.release();
    this.documents.delete(document);
    for (const peer of this.peers.values()) peer.drop(document);
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
        for (const entry of message.entries) this.#hearVersion(peer, entry);
        return;
      case 'updates':
        this.#hearUpdates(peer, message);
        return;
      case 'acks':
        this.#hearAcks(peer, message.document, message.numbers);
        return;
      case 'part': {
        const outcome = peer.assembly.add(message);
        peer.partAtMs = this.#given.options.clock.nowMs();
        if (outcome.kind === 'refused') this.#given.counters.oversizeCount += 1;
        if (outcome.kind === 'whole') this.receive(peer, outcome.message);
      }
    }
  }

  /** Sends what there is to send, as far as there is room. */
  turn(): void {
    for (const peer of this.peers.values()) {
      this.#outgoing.sendAcks(peer);
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
    let dueMs = Infinity;
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
        if (link.speakAtMs <= nowMs) this.#speak(peer, link, shared, nowMs);
      }
      if (hasMissed) peer.missed();
    }
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
    this.#speak(peer, peer.link(shared.name), shared, this.#given.options.clock.nowMs());
  }

  /** Says something for itself: asks what is not known, compares what is. */
  #speak(peer: Peer, link: Link, shared: SharedDocument, nowMs: number): void {
    const { limits } = this.#given;
    if (link.isFilling && !link.isBusy) link.lose();
    const isKnown = link.sent !== undefined;
    const waitMs = isKnown
      ? limits.compareMs
      : Math.min(limits.retryMsMax, peer.patienceMs(limits) * 2 ** Math.min(16, link.silentCount));
    link.silentCount += 1;
    link.speakAtMs = nowMs + waitMs * this.#jitter();
    if (!isKnown || link.owesVersion) this.#tell(peer, shared, 'full', !isKnown);
    else if (!link.isBusy) this.#tell(peer, shared, 'hash', true);
  }

  /** Not all at the same time, or their questions would meet. */
  #jitter(): number {
    return 0.75 + this.#given.options.random.float() / 2;
  }

  /** Says what is here, as of now, once that is durable. */
  #tell(peer: Peer, shared: SharedDocument, form: 'full' | 'hash', wantsReply: boolean): void {
    if (this.#accessOf(peer, shared.name) === 'none') return;
    const version = form === 'full' ? shared.mark.version : shared.hash;
    if (form === 'full') peer.link(shared.name).owesVersion = false;
    const statement: Statement = { form, wantsReply, version };
    this.#onceDurable(shared, () => {
      const waiting = peer.untold.get(shared.name);
      // A question must not be lost because an answer takes its place.
      const asks = wantsReply || waiting?.wantsReply === true;
      peer.untold.set(shared.name, { ...statement, wantsReply: asks });
    });
  }

  /** Goes on once all that is here now is durable; or, if it cannot be made so, otherwise. */
  #onceDurable(shared: SharedDocument, then: () => void, otherwise = (): void => undefined): void {
    if (shared.flushed === undefined) {
      then();
      return;
    }
    const goOn = (next: () => void) => (): void => {
      if (this.documents.get(shared.name) !== shared) return;
      next();
      this.#given.onWork();
    };
    shared.flushed().then(goOn(then), goOn(otherwise));
  }

  #push(peer: Peer, document: string): void {
    const shared = this.documents.get(document);
    const link = peer.link(document);
    if (shared === undefined || link.trouble !== undefined || link.sent === undefined) {
      peer.behind.delete(document);
      return;
    }
    if (this.#accessOf(peer, document) === 'none') {
      peer.behind.delete(document);
      return;
    }
    if (link.isPacked) return;
    this.#guard(peer, link, shared, () => {
      const parcel = this.#outgoing.pack(peer, link, shared);
      if (parcel === 'later') return;
      peer.behind.delete(document);
      if (parcel === undefined) return;
      link.isPacked = true;
      // What can still be lost here must not be seen there: what depends on it would wait for ever.
      const send = (): void => {
        link.isPacked = false;
        const outcome = this.#outgoing.send(peer, link, document, parcel);
        if (outcome === 'later' || link.sent?.change !== shared.change) peer.behind.add(document);
        if (outcome === 'ask') this.#tell(peer, shared, 'full', true);
        if (outcome !== 'lost' && !link.isFilling) return;
        this.#speakWithin(link, peer.patienceMs(this.#given.limits));
      };
      this.#onceDurable(shared, send, send);
    });
  }

  #hearVersion(peer: Peer, entry: VersionEntry): void {
    const { document, form, wantsReply, seen, version } = entry;
    const shared = this.#sharedWith(peer, document, 'read');
    if (shared === undefined) return;
    const link = peer.link(document);
    if (link.trouble !== undefined) return;
    if (form === 'hash') {
      this.#hearHash(peer, link, shared, { form, wantsReply, version });
      return;
    }
    const isSound = this.#guard(peer, link, shared, () => {
      const isCovered = shared.replica.isCoveredBy(version);
      if (!link.hear(version, seen)) return;
      if (isCovered) link.cover(shared.mark);
      else peer.behind.add(document);
      this.#speakAfter(link, this.#given.limits.compareMs);
    });
    if (!isSound || !wantsReply) return;
    // Two who meet ask each other at the same time; one of the two answers is enough.
    if (!this.#wasToldJustNow(link, shared)) this.#tell(peer, shared, 'full', false);
  }

  #hearHash(peer: Peer, link: Link, shared: SharedDocument, heard: Statement): void {
    if (areEqualBytes(heard.version, shared.hash)) {
      link.cover(shared.mark);
      this.#speakAfter(link, this.#given.limits.compareMs);
      if (heard.wantsReply) this.#tell(peer, shared, 'hash', false);
    } else if (!link.isBusy && !this.#wasToldJustNow(link, shared)) {
      this.#tell(peer, shared, 'full', true);
    }
  }

  #speakAfter(link: Link, delayMs: number): void {
    link.speakAtMs = this.#given.options.clock.nowMs() + delayMs * this.#jitter();
  }

  #speakWithin(link: Link, delayMs: number): void {
    const speakAtMs = this.#given.options.clock.nowMs() + delayMs * this.#jitter();
    link.speakAtMs = Math.min(link.speakAtMs, speakAtMs);
  }

  #wasToldJustNow({ told, toldAtMs }: Link, { mark }: SharedDocument): boolean {
    const { options, limits } = this.#given;
    if (told === undefined || toldAtMs === undefined) return false;
    if (options.clock.nowMs() - toldAtMs >= limits.retryMs) return false;
    return areEqualBytes(told, mark.version);
  }

  #hearUpdates(peer: Peer, message: UpdatesMessage): void {
    const { document, number, updates, wantsVersion } = message;
    const shared = this.#sharedWith(peer, document, 'write');
    if (shared === undefined) return;
    const link = peer.link(document);
    if (link.trouble !== undefined) return;
    link.seen = Math.max(link.seen, number);
    const outcomes = new Set<ApplyOutcome['kind']>();
    const isTaken = this.#guard(peer, link, shared, () => {
      for (const update of updates) outcomes.add(this.#apply(link, shared, update));
    });
    if (!isTaken) return;
    if (wantsVersion) this.#tell(peer, shared, 'full', false);
    if (!outcomes.has('waiting')) {
      this.#acknowledge(peer, shared, number);
      return;
    }
    // Perhaps what is missing has only been overtaken. If not, the peer must know.
    link.owesVersion = true;
    this.#speakWithin(link, this.#given.limits.retryMs / 4);
  }

  #apply(link: Link, shared: SharedDocument, update: Uint8Array): ApplyOutcome['kind'] {
    const { counters, options, limits } = this.#given;
    const before = shared.change;
    const mayWakeOthers = shared.mayHaveWaiting;
    const { kind } = this.#take(shared, update);
    if (kind === 'duplicate') counters.duplicateCount += 1;
    if (kind === 'duplicate') return kind;
    // A part of what waits may have been applied.
    shared.touch();
    if (kind === 'applied') {
      counters.appliedCount += 1;
      // If the peer lacked nothing before, it lacks nothing now; but what waited here may be new.
      if (!mayWakeOthers && link.sent?.change === before) link.advance(shared.mark);
    } else {
      counters.waitingCount += 1;
      shared.hasWaited = true;
    }
    if (options.relay !== 'compare') {
      this.changed(shared);
      return kind;
    }
    for (const { links } of this.peers.values()) {
      const other = links.get(shared.name);
      if (other !== undefined && other !== link) this.#speakWithin(other, limits.compareAfterMs);
    }
    return kind;
  }

  #take(shared: SharedDocument, update: Uint8Array): ApplyOutcome {
    try {
      return shared.replica.apply(update);
    } catch (error) {
      // A listener of the replica threw, which has the update all the same.
      if (!(error instanceof CrdtsError)) {
        shared.touch();
        this.changed(shared);
      }
      throw error;
    }
  }

  #acknowledge(peer: Peer, shared: SharedDocument, number: number): void {
    this.#onceDurable(shared, () => {
      const owed = peer.owed.get(shared.name) ?? new Set();
      if (owed.size < ACKS_MAX) owed.add(number);
      peer.owed.set(shared.name, owed);
    });
  }

  #hearAcks(peer: Peer, document: string, numbers: readonly number[]): void {
    if (!this.documents.has(document)) return;
    const link = peer.link(document);
    for (const number of numbers) {
      const sentAtMs = link.acknowledge(number);
      if (sentAtMs === undefined) continue;
      peer.answered(this.#given.options.clock.nowMs() - sentAtMs);
    }
  }

  #sharedWith(peer: Peer, document: string, needed: Access): SharedDocument | undefined {
    const shared = this.documents.get(document);
    const access = shared === undefined ? 'none' : this.#accessOf(peer, document);
    if (access === 'write' || access === needed) return shared;
    this.#given.counters.strangerCount += 1;
    return undefined;
  }

  #accessOf({ id }: Peer, document: string): Access {
    const { access, onError } = this.#given.options;
    try {
      return access?.(id, document) ?? 'write';
    } catch (error) {
      onError(error);
      return 'none';
    }
  }

  /** Calls the replica. What it finds wrong ends the exchange, or is counted, or reported. */
  #guard(peer: Peer, link: Link, shared: SharedDocument, call: () => void): boolean {
    const { counters, options } = this.#given;
    try {
      call();
      return true;
    } catch (error) {
      if (error instanceof CorruptBytesError) counters.corruptCount += 1;
      else if (error instanceof PendingFullError) counters.refusedCount += 1;
      else if (error instanceof ForkedReplicaError) this.#stop('forked', peer, link, shared, error);
      else if (error instanceof BeforeHistoryError) {
        this.#stop('beforeHistory', peer, link, shared, error);
      } else options.onError(error);
      return false;
    }
  }

  #stop(
    kind: 'forked' | 'beforeHistory',
    peer: Peer,
    link: Link,
    shared: SharedDocument,
    error: CrdtsError,
  ): void {
    link.stop(kind);
    peer.behind.delete(shared.name);
    try {
      this.#given.options.onProblem?.({ kind, document: shared.name, peer: peer.id, error });
    } catch (thrown) {
      this.#given.options.onError(thrown);
    }
  }
}
