import type { Channel, Clock, Transport } from '@quorate/transport';

import { UPDATES_HEAD_BYTES } from './codec.ts';
import type { Link, Mark } from './link.ts';
import type {
  ReplicationMessage,
  UpdatesMessage,
  VersionEntry,
  VersionsMessage,
} from './messages.ts';
import { checked, Cutting } from './parts.ts';
import type { Peer } from './peer.ts';
import { partBytesOf, type ReplicatorLimits, updateBytesOf } from './replicator-options.ts';
import type { ReplicatorCounters } from './replicator-statistics.ts';
import type { SharedDocument } from './shared-document.ts';

/** What the sending half of a replicator needs. */
interface OutgoingOptions {
  readonly transport: Transport;
  readonly channel: Channel<ReplicationMessage>;
  readonly clock: Clock;
  readonly limits: ReplicatorLimits;
  readonly counters: ReplicatorCounters;
  /** The number of the first message. */
  readonly firstNumber: number;
}

/** More than the fields of an entry take besides its name and version, or those of an update. */
const FIELD_BYTES = 8;
const nothing = new Uint8Array(0);
/** Acknowledged in one message, so that it fits into the smallest payload. */
const ACKS_EACH_MAX = 64;

/** Sends to peers what they lack, as far as windows and queues allow. */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #payloadBytes: number;
  #nextNumber: number;

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#nextNumber = options.firstNumber;
    this.#payloadBytes = options.transport.capabilities.maxPayloadBytes;
  }

  /** Goes on with a message in pieces. */
  pump(peer: Peer): void {
    for (let part = peer.cutting?.next; part !== undefined; part = peer.cutting?.next) {
      if (peer.isPressured) return;
      if (this.#offer(peer, part) === 'dropped') break;
      peer.cutting?.advance();
    }
    // Of what was dropped the rest is worth nothing: the answer will not come, and all is repeated.
    peer.cutting = undefined;
    peer.cutUntilMs = this.#options.clock.nowMs();
  }

  /** Acknowledges what is owed to a peer, until it must wait. */
  sendAcks(peer: Peer): void {
    for (const [document, numbers] of peer.owed) {
      if (peer.isHeld) return;
      const some = [...numbers].sort((left, right) => left - right).slice(0, ACKS_EACH_MAX);
      this.#offer(peer, { kind: 'acks', document, numbers: some });
      for (const number of some) numbers.delete(number);
      if (numbers.size === 0) peer.owed.delete(document);
    }
  }

  /** Tells a peer the versions that it waits for, many in a message, until it must wait. */
  sendVersions(peer: Peer): void {
    const { clock, counters } = this.#options;
    let entries: VersionEntry[] = [];
    let sizeBytes = FIELD_BYTES;
    const flush = (): void => {
      const message = { kind: 'versions', entries } as const;
      if (entries.length > 0) this.#send(peer, message, sizeBytes > this.#payloadBytes);
      entries = [];
      sizeBytes = FIELD_BYTES;
    };
    for (const [document, statement] of peer.untold) {
      const entryBytes = 3 * document.length + statement.version.length + 3 * FIELD_BYTES;
      if (sizeBytes + entryBytes > this.#payloadBytes) flush();
      if (peer.isHeld) break;
      const link = peer.links.get(document);
      entries.push({ document, ...statement, seen: link?.seen ?? 0 });
      sizeBytes += entryBytes;
      peer.untold.delete(document);
      counters.versionCount += 1;
      if (statement.form !== 'full' || link === undefined) continue;
      link.told = statement.version;
      link.toldAtMs = clock.nowMs();
    }
    flush();
  }

  /**
   * Packs what a peer lacks of a document.
   *
   * @returns Nothing if it lacks nothing, or 'later' if there is no room.
   * @throws What the replica says about the version that the peer has.
   */
  pack(peer: Peer, link: Link, shared: SharedDocument): Parcel | 'later' | undefined {
    const base = link.baseOf(shared.change);
    if (base === undefined) return undefined;
    const { transport, limits } = this.#options;
    // Not for each byte that comes free: what a peer lacks may take long to find out.
    const halfBytes = Math.ceil(limits.windowBytes / 2);
    if (peer.isHeld || !this.#hasRoom(peer, halfBytes)) return 'later';
    const sizeMax = Math.min(halfBytes, updateBytesOf(transport, 3 * shared.name.length));
    const batches = batchesOf(shared.replica.updatesSince(base.version, sizeMax), sizeMax);
    const [first] = batches;
    if (first === undefined) {
      link.advance(shared.mark);
      return undefined;
    }
    return this.#mayDepart(peer, shared.name, first)
      ? { base, mark: shared.mark, batches }
      : 'later';
  }

  /**
   * Sends of a parcel as much as the window has room for.
   *
   * @returns 'done'; 'later', because there is no room; 'ask' what it has before more; 'lost' on
   *   the way.
   */
  send(
    peer: Peer,
    link: Link,
    shared: SharedDocument,
    parcel: Parcel,
  ): 'done' | 'later' | 'ask' | 'lost' {
    // The peer has said something else in the meantime.
    if (link.sent !== parcel.base) return 'later';
    const { batches, mark } = parcel;
    const { counters, clock } = this.#options;
    const { name: document, options } = shared;
    const isKept = options.keeps();
    for (const [place, batch] of batches.entries()) {
      if (!this.#mayDepart(peer, document, batch)) return place === 0 ? 'later' : 'ask';
      const after = batches[place + 1];
      const isOversize = this.#isOversize(document, batch);
      const wantsVersion = after !== undefined && !this.#mayFollow(peer, document, batch, after);
      const number = this.#nextNumber;
      this.#nextNumber += 1;
      const { updates, sizeBytes } = batch;
      const { attachment } = link;
      const message: UpdatesMessage = {
        ...{ kind: 'updates', document, attachment, number, isKept, wantsVersion, updates },
      };
      if (this.#send(peer, message, isOversize) === 'dropped') {
        link.lose();
        return 'lost';
      }
      if (isOversize) peer.cut = { link, number };
      counters.sentCount += updates.length;
      counters.sentBytes += sizeBytes;
      const reaches = after === undefined ? mark : undefined;
      link.depart({ number, sizeBytes, sentAtMs: clock.nowMs(), reaches });
      if (wantsVersion) return 'done';
    }
    return 'done';
  }

  #mayDepart(peer: Peer, document: string, batch: Batch): boolean {
    if (peer.isHeld || !this.#hasRoom(peer, batch.sizeBytes)) return false;
    return !peer.awaitsParts || !this.#isOversize(document, batch);
  }

  /** Whether `after` may depart at once behind `batch`, as far as windows go. */
  #mayFollow(peer: Peer, document: string, batch: Batch, after: Batch): boolean {
    if (peer.window.bytes + batch.sizeBytes + after.sizeBytes > this.#options.limits.windowBytes) {
      return false;
    }
    if (!this.#isOversize(document, after)) return true;
    return !peer.awaitsParts && !this.#isOversize(document, batch);
  }

  #isOversize(document: string, { sizeBytes }: Batch): boolean {
    return 3 * document.length + UPDATES_HEAD_BYTES + sizeBytes > this.#payloadBytes;
  }

  /** Whether `bytes` more may be on their way. One message always may, however large. */
  #hasRoom({ window }: Peer, bytes: number): boolean {
    return window.bytes === 0 || window.bytes + bytes <= this.#options.limits.windowBytes;
  }

  #send(
    peer: Peer,
    message: UpdatesMessage | VersionsMessage,
    isOversize: boolean,
  ): 'sent' | 'dropped' {
    if (!isOversize) return this.#offer(peer, message) === 'dropped' ? 'dropped' : 'sent';
    const [head, body] = beheaded(message);
    const partBytes = partBytesOf(this.#options.transport);
    peer.cutting = new Cutting(head, checked(body), partBytes);
    this.pump(peer);
    return 'sent';
  }

  #offer(peer: Peer, message: ReplicationMessage): string {
    const outcome = this.#options.channel.send(peer.id, message);
    if (outcome === 'pressured') peer.isPressured = true;
    return outcome;
  }
}

/** All that a peer lacked of a document at one time. */
interface Parcel {
  /** What the peer had. */
  readonly base: Mark;
  /** What it has when all has arrived. */
  readonly mark: Mark;
  readonly batches: readonly Batch[];
}

interface Batch {
  readonly updates: Uint8Array[];
  sizeBytes: number;
}

/** Updates in messages of at most `sizeMax`, but for an update that is larger. */
function batchesOf(updates: readonly Uint8Array[], sizeMax: number): Batch[] {
  const batches: Batch[] = [];
  for (const update of updates) {
    const last = batches[batches.length - 1];
    const sizeBytes = update.length + FIELD_BYTES;
    if (last !== undefined && last.sizeBytes + sizeBytes <= sizeMax) {
      last.updates.push(update);
      last.sizeBytes += sizeBytes;
    } else {
      batches.push({ updates: [update], sizeBytes });
    }
  }
  return batches;
}

/** A message that has one update or one version, and that. */
function beheaded(message: UpdatesMessage | VersionsMessage): [typeof message, Uint8Array] {
  if (message.kind === 'updates') {
    return [{ ...message, updates: [] }, message.updates[0] ?? nothing];
  }
  const [entry] = message.entries;
  if (entry === undefined) return [message, nothing];
  return [{ ...message, entries: [{ ...entry, version: nothing }] }, entry.version];
}
