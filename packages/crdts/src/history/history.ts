/*
 * The events of one document: who did what, knowing what, and what still waits for its past.
 *
 * A document hands in a sink, which turns new events into text, maps and lists. History does the
 * rest for all kinds of documents: it knows an update again that comes twice, cuts off what is
 * known, keeps what comes too early, refuses what is damaged, and says what another replica lacks.
 * Taking in an update is atomic. Events are appended to graph and log first, where they can be cut
 * off again; then the sink sees them; if it refuses, they are cut off and the sink starts over.
 */

import { CausalGraph, type EventRange } from '../graph/causal-graph.ts';
import { BeforeHistoryError, CrdtsError, ForkedReplicaError, PendingFullError } from '../errors.ts';
import { REVOKE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import { OperationLog } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';
import type { ApplyOutcome } from '../replica.ts';
import { readBatch } from '../wire/batch-reader.ts';
import { BatchWriter } from '../wire/batch-writer.ts';
import { corrupt } from '../wire/byte-reader.ts';
import type { Chunks } from '../wire/chunks.ts';
import { readEdit } from '../wire/edit-reader.ts';
import { IS_SHORT, writeEdit } from '../wire/edit-writer.ts';
import { KeystrokeWriter } from '../wire/keystroke-writer.ts';
import { contentEnd, seal } from '../wire/seal.ts';

import { canonicalOrder } from './canonical-order.ts';
import { ChainHashes } from './chain-hashes.ts';
import { doesCover } from './does-cover.ts';
import { EventIntake, type MissingEvent } from './event-intake.ts';
import {
  type HistoryFile,
  type HistoryFileOptions,
  loadHistory,
  saveHistory,
} from './history-file.ts';
import { KeystrokeIntake } from './keystroke-intake.ts';
import { decodeVersion, encodeVersion, type VersionEntry } from './version-codec.ts';
import { WAITING_COUNT_MAX, type WaitingUpdate, WaitingUpdates } from './waiting-updates.ts';

/** What makes a document of events. */
export interface OperationSink {
  /**
   * Events from `from` to before `to` were appended to graph and log: shows them.
   *
   * @throws CorruptBytesError if they make no sense; then `rebuild` is called.
   */
  integrate(from: number, to: number): void;
  /** Events were cut off from graph and log: starts over from what is left. */
  rebuild(): void;
}

const nothing = new WaitingUpdates();

/** What comes of most updates. */
const appliedOne: ApplyOutcome = Object.freeze({ kind: 'applied', eventCount: 1 });

/** The events of one document, and their exchange with other replicas. */
export class History {
  /** Which events there are, and which of them knew which. */
  readonly graph: CausalGraph = new CausalGraph();
  /** What each event did. */
  readonly log: OperationLog = new OperationLog(this.graph);
  readonly #sink: OperationSink;
  readonly #ownReplicaId: ReplicaId | undefined;
  readonly #writer: KeystrokeWriter = new KeystrokeWriter(this.graph, this.log);
  readonly #hashes: ChainHashes = new ChainHashes(this.graph, this.log);
  readonly #waiting = new WaitingUpdates();
  #trimmedCount = 0;
  readonly #keystrokes: KeystrokeIntake;

  /**
   * @param sink - Shows what is taken in.
   * @param ownReplicaId - New events of it only come into being here: from elsewhere, they are
   *   those of somebody who uses the same id.
   */
  constructor(sink: OperationSink, ownReplicaId?: ReplicaId) {
    this.#sink = sink;
    this.#ownReplicaId = ownReplicaId;
    this.#keystrokes = new KeystrokeIntake(this.graph, this.log, ownReplicaId);
  }

  /** What the events before this one did is not here any more. */
  get trimmedCount(): number {
    return this.#trimmedCount;
  }

  /** How many updates wait for their past. */
  get waitingCount(): number {
    return this.#waiting.count;
  }

  /**
   * Takes in an update; see `Replica.apply`.
   *
   * @throws CorruptBytesError, ForkedReplicaError, BeforeHistoryError, PendingFullError; nothing
   *   has changed then.
   */
  apply(update: Uint8Array): ApplyOutcome {
    const from = this.graph.eventCount;
    this.open();
    const isTaken = this.#waiting.count === 0 && this.#keystrokes.take(update, this.#trimmedCount);
    if (!isTaken) return this.applyAll([update]);
    this.#show(from);
    const eventCount = this.graph.eventCount - from;
    return eventCount === 1 ? appliedOne : { kind: 'applied', eventCount };
  }

  /**
   * Takes in several updates, in any order, as if they were one: all of them, or none if one is
   * refused.
   */
  applyAll(updates: Iterable<Uint8Array>): ApplyOutcome {
    this.open();
    const from = this.graph.eventCount;
    let early: WaitingUpdates | undefined;
    try {
      for (const update of updates) {
        const missing = this.#take(update);
        if (missing !== undefined) (early ??= new WaitingUpdates()).add(update, missing);
      }
      if (early !== undefined) this.#takeEarly(early, from);
    } catch (error) {
      this.#truncate(from);
      throw error;
    }
    this.#show(from);
    if (early !== undefined || this.#waiting.count > 0) this.#wake(early ?? nothing, from);
    const eventCount = this.graph.eventCount - from;
    if (early !== undefined && early.count > 0) return { kind: 'waiting' };
    return eventCount > 0 ? { kind: 'applied', eventCount } : { kind: 'duplicate' };
  }

  /** The update of the events from `from` to before `to`, which are one after the other here. */
  takeUpdate(from: number, to: number): Uint8Array {
    const keystrokes = this.#writer.write(from, to);
    if (keystrokes !== undefined) return keystrokes;
    const edit = writeEdit(this.graph, this.log, from, to);
    if (edit === undefined) return this.#encode([{ start: from, end: to }]);
    this.#writer.goOnAfter(to, edit);
    return seal(edit);
  }

  /** What is here, as canonical bytes. */
  encodeVersion(): Uint8Array {
    return encodeVersion(this.graph, this.#hashes);
  }

  /** What a replica at `version` lacks; see `Replica.updatesSince`. */
  updatesSince(version: Uint8Array, maxSizeBytes?: number): Uint8Array[] {
    const { graph } = this;
    const vector: number[] = [];
    for (const entry of decodeVersion(version)) {
      const replica = graph.indexOfReplica(entry.replicaId);
      if (replica < 0) continue;
      this.#compareHashes(replica, entry);
      vector[replica] = entry.nextSequence;
    }
    for (let replica = 0; replica < graph.replicaCount; replica += 1) vector[replica] ??= 0;
    const { onlyA } = graph.diff(graph.frontier, graph.frontierOf(vector));
    if ((onlyA[0]?.start ?? Infinity) < this.#trimmedCount) {
      throw new BeforeHistoryError('version: expected one after the trimmed history');
    }
    const updates: Uint8Array[] = [];
    if (onlyA.length > 0) this.#encodeWithin(onlyA, maxSizeBytes ?? Infinity, updates);
    return updates;
  }

  /** Whether the holder of `version` has all that is here. */
  isCoveredBy(version: Uint8Array): boolean {
    return doesCover(version, this.encodeVersion());
  }

  /**
   * One update with all events in an order that does not depend on how they arrived: equal events
   * give equal bytes. Empty without events.
   *
   * @throws BeforeHistoryError if what some of them did was trimmed.
   */
  canonicalBytes(): Uint8Array {
    if (this.#trimmedCount > 0) throw new BeforeHistoryError('history: expected all of it');
    if (this.graph.eventCount === 0) return new Uint8Array(0);
    const { graph, log } = this;
    const ordered = new History({ integrate: () => undefined, rebuild: () => undefined });
    for (const { start, end } of canonicalOrder(graph)) {
      for (let lv = start; lv < end;) {
        // How deletions are cut into runs depends on how they arrived: they go over one by one.
        const run = log.runAt(lv);
        const isInsert = log.kind(run) === TEXT_INSERT;
        const to = isInsert ? Math.min(log.end(run), end) : lv + 1;
        ordered.#take(this.takeUpdate(lv, to));
        lv = to;
      }
    }
    return ordered.#encode([{ start: 0, end: graph.eventCount }]);
  }

  /** The chunks of this history, for a file. */
  save(options: HistoryFileOptions): Map<number, Uint8Array> {
    const { graph, log } = this;
    const parts = { graph, log, hashes: this.#hashes };
    return saveHistory(parts, this.#waiting.updates(), options);
  }

  /**
   * Fills this history, which must be empty, from the chunks of a file. The sink is not called.
   * What the events did, and in large files who knew what, is read when somebody first asks.
   *
   * @param keptLength - Units of inserted text that the document has kept.
   * @returns What the document has to do: see `HistoryFile`; `takeWaiting` after that.
   * @throws CorruptBytesError if they make no sense; this history is of no use then.
   */
  load(chunks: Chunks, keptLength: number): HistoryFile {
    const { graph, log } = this;
    const file = loadHistory({ graph, log, hashes: this.#hashes }, chunks, keptLength);
    this.#trimmedCount = file.trimmedCount;
    return file;
  }

  /**
   * Reads what `load` left for later.
   *
   * @throws CorruptBytesError if it makes no sense; nothing has changed then.
   */
  open(): void {
    this.graph.open();
    this.log.open();
  }

  /**
   * Reads what `load` left for later, and works out what else it believed.
   *
   * @throws CorruptBytesError if something makes no sense.
   */
  verify(): void {
    this.open();
    const { graph, log } = this;
    const hashes = new ChainHashes(graph, log);
    for (let replica = 0; this.#trimmedCount === 0 && replica < graph.replicaCount; replica += 1) {
      const next = graph.nextSequence(replica);
      if (this.#hashes.hashAt(replica, next) !== hashes.hashAt(replica, next)) {
        throw corrupt('the hashes of its events', 'others');
      }
    }
  }

  /** Appends the events of an update to graph and log, and says what was missed. */
  #take(update: Uint8Array): MissingEvent | undefined {
    if (this.#keystrokes.take(update, this.#trimmedCount)) return undefined;
    const end = contentEnd(update);
    const isShort = ((update[0] ?? 0) & IS_SHORT) !== 0;
    const events = isShort ? readEdit(update, end) : readBatch(update, end);
    const intake = new EventIntake(this.graph, this.log, events, {
      ownReplicaId: this.#ownReplicaId,
      trimmedCount: this.#trimmedCount,
    });
    intake.run();
    return intake.missing;
  }

  /** Lets the sink see the events from `from` on; cuts them off if it refuses. */
  #show(from: number): void {
    const to = this.graph.eventCount;
    if (to === from) return;
    try {
      this.#sink.integrate(from, to);
    } catch (error) {
      this.#truncate(from);
      this.#sink.rebuild();
      throw error;
    }
  }

  #truncate(eventCount: number): void {
    this.graph.truncate(eventCount);
    this.log.truncate(eventCount);
  }

  /** Takes of `early` what only came before its past in one batch, of which `from` is the start. */
  #takeEarly(early: WaitingUpdates, from: number): void {
    for (let seen = from; seen < this.graph.eventCount;) {
      const ready = early.takeReady(this.graph, seen);
      seen = this.graph.eventCount;
      for (const { update } of ready) {
        const missing = this.#take(update);
        if (missing !== undefined) early.add(update, missing);
      }
    }
  }

  /**
   * Takes in what waited for events from `from` on, and what waited for that, and keeps what is
   * left of `early`.
   *
   * @throws PendingFullError if that is too much: all is as it was before `from` then.
   */
  #wake(early: WaitingUpdates, from: number): void {
    const { graph } = this;
    const woken: WaitingUpdate[] = [];
    const again = new WaitingUpdates();
    for (let seen = from; seen < graph.eventCount;) {
      const ready = this.#waiting.takeReady(graph, seen);
      woken.push(...ready);
      ready.push(...again.takeReady(graph, seen));
      const readyEarly = early.takeReady(graph, seen);
      seen = graph.eventCount;
      for (const { update } of ready) this.#takeWaiting(update, again);
      for (const { update } of readyEarly) this.#takeWaiting(update, early);
    }
    const hasRoom = this.#waiting.hasRoomFor(early, again);
    const kept = hasRoom ? again.all() : woken;
    for (const one of kept) this.#waiting.add(one.update, one);
    if (hasRoom) {
      for (const one of early.all()) this.#waiting.add(one.update.slice(), one);
      return;
    }
    if (from < graph.eventCount) {
      this.#truncate(from);
      this.#sink.rebuild();
    }
    throw new PendingFullError(
      `update: expected its past within ${WAITING_COUNT_MAX} updates, got more that wait`,
    );
  }

  /**
   * What waited and turns out to be damaged or forked is dropped: the update that brought its past
   * is not to blame, and versions will tell the fork when they are compared.
   */
  #takeWaiting(update: Uint8Array, waiting: WaitingUpdates): void {
    const from = this.graph.eventCount;
    try {
      const missing = this.#take(update);
      if (missing !== undefined) waiting.add(update, missing);
      this.#show(from);
    } catch (error) {
      if (!(error instanceof CrdtsError)) throw error;
      this.#truncate(from);
    }
  }

  #compareHashes(replica: number, entry: VersionEntry): void {
    const { replicaId, nextSequence, hash } = entry;
    if (nextSequence > this.graph.nextSequence(replica)) return;
    if ((this.#hashes.hashAt(replica, nextSequence) ?? hash) === hash) return;
    throw new ForkedReplicaError(replicaId, nextSequence - 1);
  }

  #encode(ranges: readonly EventRange[]): Uint8Array {
    return seal(new BatchWriter(this.graph, this.log, ranges).update());
  }

  /** Encodes `ranges` as one update, or halves them until each update is small enough. */
  #encodeWithin(ranges: readonly EventRange[], maxSizeBytes: number, into: Uint8Array[]): void {
    const [first] = ranges;
    if (first === undefined) return;
    const update =
      ranges.length === 1 ? this.takeUpdate(first.start, first.end) : this.#encode(ranges);
    const [left, right] = update.length > maxSizeBytes ? this.#halves(ranges) : [ranges, []];
    if (left.length === 0 || right.length === 0) {
      into.push(update);
      return;
    }
    this.#encodeWithin(left, maxSizeBytes, into);
    this.#encodeWithin(right, maxSizeBytes, into);
  }

  /** Both halves of the events of `ranges`, neither torn from a surrogate pair. */
  #halves(ranges: readonly EventRange[]): readonly [EventRange[], EventRange[]] {
    let left = Math.floor(ranges.reduce((sum, { start, end }) => sum + end - start, 0) / 2);
    const before: EventRange[] = [];
    const after: EventRange[] = [];
    for (const { start, end } of ranges) {
      const middle = this.#placeToCut(start, Math.min(start + Math.max(left, 0), end), end);
      if (middle > start) before.push({ start, end: middle });
      if (middle < end) after.push({ start: middle, end });
      left -= end - start;
    }
    return [before, after];
  }

  /**
   * `middle`, or a place near it that tears no surrogate pair. What a deletion deleted cannot be
   * told here, so none is cut: its length costs it no bytes, and whoever had one half of it would
   * be left with half a character.
   */
  #placeToCut(start: number, middle: number, end: number): number {
    if (middle <= start || middle >= end) return middle;
    const { log } = this;
    const run = log.runAt(middle);
    const kind = log.kind(run);
    const first = log.start(run);
    if (first === middle || (kind > TEXT_DELETE_BACKWARD && kind !== REVOKE)) return middle;
    if (kind !== TEXT_INSERT) return first > start ? first : Math.min(log.end(run), end);
    return (log.text.unitAt(log.b(run) + middle - first) & 0xfc00) === 0xdc00 ? middle + 1 : middle;
  }
}
