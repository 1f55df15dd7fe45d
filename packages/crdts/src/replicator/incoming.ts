import { BeforeHistoryError, CrdtsError } from '../errors.ts';
import type { ApplyOutcome } from '../replica.ts';
import { ACKS_MAX } from './codec.ts';
import type { Guard } from './guard.ts';
import type { Link } from './link.ts';
import type { OfferMessage, UpdatesMessage, VersionEntry } from './messages.ts';
import type { Peer } from './peer.ts';
import type { ReplicatorLimits, ReplicatorOptions } from './replicator-options.ts';
import type { ReplicatorCounters } from './replicator-statistics.ts';
import type { SharedDocument } from './shared-document.ts';
import type { Speech } from './speech.ts';
import { areEqualBytes } from './version-hash.ts';

/** What the receiving half of a replicator needs. */
interface IncomingOptions {
  readonly options: ReplicatorOptions;
  readonly limits: ReplicatorLimits;
  readonly counters: ReplicatorCounters;
  readonly guard: Guard;
  readonly speech: Speech;
  /** A document has changed. */
  readonly onChange: (shared: SharedDocument) => void;
  /** It has, by what came over one link, and others should have got that from its origin. */
  readonly onRelayed: (shared: SharedDocument, from: Link) => void;
  /** Only the whole document brings what a peer has, which has all that is here. */
  readonly onWholeNeeded: (peer: Peer, shared: SharedDocument) => void;
}

/** What to make of what peers say. */
export class Incoming {
  readonly #given: IncomingOptions;

  constructor(given: IncomingOptions) {
    this.#given = given;
  }

  /** A peer says what it has. */
  hearVersion(peer: Peer, entry: VersionEntry): void {
    const { guard, speech } = this.#given;
    const { document, form, wantsReply } = entry;
    if (form === 'none') {
      const link = peer.links.get(document);
      if (link?.meet(entry) === true) link.renew();
      return;
    }
    const shared = guard.sharedWith(peer, document, 'read');
    if (shared === undefined) {
      if (wantsReply) speech.deny(peer, document);
      return;
    }
    const link = peer.link(document);
    if (!link.meet(entry) || link.trouble === 'forked') return;
    if (link.trouble !== undefined) {
      // Who asks may have something else by now.
      if (form === 'hash' || !wantsReply) return;
      link.resume();
    }
    if (form === 'hash') {
      this.#hearHash(peer, link, shared, entry);
      return;
    }
    const isSound = guard.attempt(peer, link, shared, () => {
      this.#hearFull(peer, link, shared, entry);
    });
    if (!isSound || !wantsReply) return;
    // Two who meet ask each other at the same time; one of the two answers is enough.
    if (!speech.wasToldJustNow(link, shared)) speech.tell(peer, shared, 'full', false);
  }

  /** A peer sends what it believes to be lacking here. */
  hearUpdates(peer: Peer, message: UpdatesMessage): void {
    const { guard, speech, limits } = this.#given;
    const { document, number, updates, wantsVersion } = message;
    const shared = guard.sharedWith(peer, document, 'write');
    if (shared === undefined) return;
    const link = peer.link(document);
    if (link.trouble !== undefined || message.attachment !== shared.attachment) return;
    link.meet({ attachment: link.attachment, isKept: message.isKept });
    link.seen = Math.max(link.seen, number);
    const outcomes = new Set<ApplyOutcome['kind']>();
    const isTaken = guard.attempt(
      peer,
      link,
      shared,
      () => {
        for (const update of updates) outcomes.add(this.#apply(link, shared, update));
      },
      (error) => error instanceof BeforeHistoryError && this.#needWhole(peer, link, shared, error),
    );
    if (!isTaken) return;
    if (wantsVersion) speech.tell(peer, shared, 'full', false);
    if (!outcomes.has('waiting')) {
      this.#acknowledge(peer, shared, number);
      return;
    }
    // Perhaps what is missing has only been overtaken. If not, the peer must know.
    link.owesVersion = true;
    speech.within(link, limits.retryMs / 4);
  }

  /** A peer cannot send what is lacking here, but all of it. */
  hearOffer(peer: Peer, { document, base, isDiverged }: OfferMessage): void {
    const { guard } = this.#given;
    const shared = guard.sharedWith(peer, document, 'write');
    const link = peer.link(document);
    if (shared === undefined || link.trouble !== undefined) return;
    // It answers another version than this one.
    if (!areEqualBytes(base, shared.hash)) return;
    const error = new BeforeHistoryError('updates: expected all history at the peer, got a part');
    if (isDiverged) guard.stop('diverged', peer, link, shared, error);
    else this.#needWhole(peer, link, shared, error);
  }

  /** A peer says what of it has arrived. */
  hearAcks(peer: Peer, link: Link, numbers: readonly number[]): void {
    for (const number of numbers) {
      const sentAtMs = link.acknowledge(number);
      if (sentAtMs === undefined) continue;
      peer.answered(this.#given.options.clock.nowMs() - sentAtMs);
    }
  }

  #hearFull(peer: Peer, link: Link, shared: SharedDocument, entry: VersionEntry): void {
    const { speech, limits, onWholeNeeded } = this.#given;
    const { version, seen } = entry;
    const isCovered = shared.replica.isCoveredBy(version);
    if (!link.hear(version, seen)) return;
    if (areEqualBytes(version, shared.mark.version)) link.needsWhole = false;
    if (isCovered) link.cover(shared.mark);
    else peer.behind.add(shared.name);
    speech.after(link, limits.compareMs);
    // Whoever lacks something from here gets that first: in the whole it would be lost.
    if (isCovered && link.needsWhole) onWholeNeeded(peer, shared);
  }

  #hearHash(peer: Peer, link: Link, shared: SharedDocument, heard: VersionEntry): void {
    const { speech, limits } = this.#given;
    if (areEqualBytes(heard.version, shared.hash)) {
      link.needsWhole = false;
      link.cover(shared.mark);
      speech.after(link, limits.compareMs);
      if (heard.wantsReply) speech.tell(peer, shared, 'hash', false);
    } else if (!link.isBusy && !speech.wasToldJustNow(link, shared)) {
      speech.tell(peer, shared, 'full', true);
    }
  }

  /** What a peer has cannot be had as updates: asks what that is, to fetch all of it. */
  #needWhole(peer: Peer, link: Link, shared: SharedDocument, error: CrdtsError): true {
    const { guard, speech } = this.#given;
    if (shared.options.take === undefined) {
      guard.stop('beforeHistory', peer, link, shared, error);
    } else if (!link.needsWhole) {
      link.needsWhole = true;
      speech.tell(peer, shared, 'full', true);
    }
    return true;
  }

  #apply(link: Link, shared: SharedDocument, update: Uint8Array): ApplyOutcome['kind'] {
    const { counters, options, onChange, onRelayed } = this.#given;
    const before = shared.change;
    const mayWakeOthers = shared.mayHaveWaiting;
    const { kind } = this.#take(shared, update);
    if (kind === 'duplicate') {
      counters.duplicateCount += 1;
      return kind;
    }
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
    if (options.relay === 'compare') onRelayed(shared, link);
    else onChange(shared);
    return kind;
  }

  #take(shared: SharedDocument, update: Uint8Array): ApplyOutcome {
    try {
      return shared.replica.apply(update);
    } catch (error) {
      // A listener of the replica threw, which has the update all the same.
      if (!(error instanceof CrdtsError)) {
        shared.touch();
        this.#given.onChange(shared);
      }
      throw error;
    }
  }

  #acknowledge(peer: Peer, shared: SharedDocument, number: number): void {
    const { speech } = this.#given;
    speech.onceDurable(shared, () => {
      if (!shared.options.keeps()) {
        // It has arrived, which is all that can be said of it.
        speech.tell(peer, shared, 'full', false);
        return;
      }
      const owed = peer.owed.get(shared.name) ?? new Set();
      if (owed.size < ACKS_MAX) owed.add(number);
      peer.owed.set(shared.name, owed);
    });
  }
}
