/*
 * How the events of one update become part of graph and log.
 *
 * Messages get lost, come twice and overtake each other, and two peers cut the same typing into
 * different runs. So each piece of an update falls into three parts, of which any may be empty:
 *
 *   known      events that are here: compared with ours, and not taken again
 *   new        the rest, if everything that it descends from is here: appended
 *   too early  the rest otherwise: left alone, and the update is kept until the past has arrived
 *
 * An event that is here with other content means that two replicas count under one id. Both would
 * go on without seeing each other's edits, for ever; that is why known events are compared at all.
 */

import { type CausalGraph, EVENT_COUNT_MAX } from '../graph/causal-graph.ts';
import { BeforeHistoryError, ForkedReplicaError } from '../errors.ts';
import {
  TEXT_DELETE,
  TEXT_INSERT,
  isListInsertion,
  namesConsecutive,
} from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';
import { corrupt } from '../wire/byte-reader.ts';
import {
  type IncomingEvents,
  IncomingOperation,
  type IncomingPiece,
  NO_REPLICA,
} from '../wire/incoming-operation.ts';
import { IS_TEXT, shapeOf } from '../wire/operation-shape.ts';

import { isSameOperation } from './known-event.ts';

/** An event that something waits for. */
export interface MissingEvent {
  readonly replicaId: ReplicaId;
  readonly sequence: number;
}

/** What is particular about where events come from and where they go. */
export interface IntakeOptions {
  /** New events of this replica are somebody else's. */
  readonly ownReplicaId?: ReplicaId | undefined;
  /** The text of the insertions is in the log already, from its start on. */
  readonly isTextThere?: boolean;
  /** The first events are trimmed: the log has them, and nothing may come beside them. */
  readonly trimmedCount?: number;
}

const operation = new IncomingOperation();

/** Takes the events of one update into graph and log; use it once. */
export class EventIntake {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #events: IncomingEvents;
  readonly #options: IntakeOptions;
  readonly #trimmedCount: number;
  /** Events that come without operations. */
  #skipCount = 0;
  /** By index into the table of the update: the number of the replica here, or -1. */
  readonly #replicas: number[];
  /** The first event that was missed, if any was. */
  missing: MissingEvent | undefined;

  constructor(
    graph: CausalGraph,
    log: OperationLog,
    events: IncomingEvents,
    options: IntakeOptions,
  ) {
    this.#options = options;
    this.#trimmedCount = options.trimmedCount ?? 0;
    this.#graph = graph;
    this.#log = log;
    this.#events = events;
    this.#replicas = events.replicas.map((id) => graph.indexOfReplica(id));
  }

  /**
   * Takes all that can be taken.
   *
   * @throws CorruptBytesError, ForkedReplicaError, BeforeHistoryError: graph and log are to be
   *   truncated then.
   */
  run(): void {
    for (const piece of this.#events.pieces) this.#takePiece(piece);
    this.#events.finish();
  }

  /** Takes the events, all of which must be new, but not what they did. */
  runGraph(): void {
    for (const piece of this.#events.pieces) {
      if (this.#knownCount(piece) > 0) throw corrupt('new events', 'known ones');
      this.#appendEvents(piece, 0);
    }
  }

  /** Takes what the events did, which are in the graph already, but for those of the log. */
  runOperations(): void {
    this.#skipCount = this.#log.eventCount;
    for (const piece of this.#events.pieces) this.#takeOperations(piece, 0, piece.count);
    this.#events.finish();
  }

  #takePiece(piece: IncomingPiece): void {
    const knownCount = this.#knownCount(piece);
    if (knownCount > 0) this.#compareParents(piece);
    const isTaken = knownCount < piece.count && this.#appendEvents(piece, knownCount);
    this.#takeOperations(piece, knownCount, isTaken ? piece.count - knownCount : 0);
  }

  /** Compares the first `knownCount` events of a piece with ours, and appends `newCount` others. */
  #takeOperations(piece: IncomingPiece, knownCount: number, newCount: number): void {
    const skipped = Math.min(this.#skipCount, piece.count);
    this.#skipCount -= skipped;
    for (let offset = skipped; offset < piece.count; offset += operation.count) {
      this.#events.next(operation);
      const known = Math.min(Math.max(knownCount - offset, 0), operation.count);
      if (known > 0) this.#compare(piece, offset, known);
      if (newCount > 0 && known < operation.count) {
        const sequence = piece.sequence + offset + known;
        this.#appendOperation(known, this.#lvOf(piece.replica, sequence - 1));
      }
    }
  }

  #knownCount(piece: IncomingPiece): number {
    const replica = this.#replica(piece.replica);
    const next = replica < 0 ? 0 : this.#graph.nextSequence(replica);
    return Math.min(Math.max(next - piece.sequence, 0), piece.count);
  }

  /** Appends what of the piece is new to the graph; false if its past is not here. */
  #appendEvents(piece: IncomingPiece, knownCount: number): boolean {
    const graph = this.#graph;
    const sequence = piece.sequence + knownCount;
    const count = piece.count - knownCount;
    if (this.#events.replicas[piece.replica] === this.#options.ownReplicaId)
      this.#fork(piece, sequence);
    const previous = this.#lvOf(piece.replica, sequence - 1);
    if (sequence > 0 && previous < 0) return this.#miss(piece.replica, sequence - 1);
    const parents: number[] = [];
    if (knownCount > 0) parents.push(previous);
    for (let at = 0; at < piece.parents.length && knownCount === 0; at += 2) {
      const replica = piece.parents[at] ?? 0;
      const parentSequence = piece.parents[at + 1] ?? 0;
      const parent = this.#lvOf(replica, parentSequence);
      if (replica === piece.replica && parentSequence >= sequence) {
        throw corrupt(`parents before event ${sequence}`, parentSequence);
      }
      if (parent < 0) return this.#miss(replica, parentSequence);
      parents.push(parent);
    }
    if (previous >= 0 && !parents.includes(previous) && !graph.contains(parents, previous)) {
      throw corrupt(`event ${sequence} of a replica after ${sequence - 1}`, 'beside it');
    }
    // Whatever is not after all of the trimmed events has a past that is not here any more.
    if (
      graph.eventCount >= this.#trimmedCount &&
      Math.max(-1, ...parents) < this.#trimmedCount - 1
    ) {
      throw new BeforeHistoryError('update: expected events after the trimmed history');
    }
    if (graph.eventCount + count > EVENT_COUNT_MAX) throw corrupt('at most 2^29 events', 'more');
    graph.append(this.#intern(piece.replica), sequence, count, parents);
    return true;
  }

  #miss(replica: number, sequence: number): false {
    this.missing ??= { replicaId: this.#events.replicas[replica] ?? '', sequence };
    return false;
  }

  /**
   * Appends the operation that was just read, but for its first `known` events.
   *
   * @param previous - The author's event before, or -1.
   */
  #appendOperation(known: number, previous: number): void {
    const log = this.#log;
    const { kind } = operation;
    const count = operation.count - known;
    const container = this.#resolve(operation.containerReplica, operation.container);
    if ((shapeOf(kind) & IS_TEXT) !== 0) {
      this.#appendText(container, known, count);
      return;
    }
    let value = -1;
    for (const one of operation.values.slice(known)) {
      const index = log.pushValue(one);
      if (value < 0) value = index;
    }
    if (namesConsecutive(kind)) {
      this.#appendConsecutive(kind, container, known, count);
      return;
    }
    const isRest = isListInsertion(kind) && known > 0;
    const a = isRest ? previous : this.#resolve(operation.aReplica, operation.a);
    const b = this.#resolve(operation.bReplica, operation.b);
    const c = this.#resolve(operation.cReplica, operation.c);
    log.append(kind, container, count, a, b, c, value);
  }

  #appendText(container: number, known: number, count: number): void {
    const log = this.#log;
    const { kind } = operation;
    const start = operation.textStart + known;
    if (this.#options.isTextThere === true) {
      // As the runs were cut, so that there are as many of them.
      log.append(kind, container, count, operation.a, kind === TEXT_INSERT ? start : 0, 0, -1);
    } else if (kind === TEXT_INSERT) {
      const offset = log.text.append(this.#events.text.slice(start, start + count));
      log.appendInsert(container, operation.a + known, count, offset);
    } else if (kind === TEXT_DELETE) {
      log.appendDelete(container, operation.a, count);
    } else {
      log.appendDeleteBackward(container, operation.a - known, count);
    }
  }

  /** Events whose ids follow each other may have arrived apart, with others between them. */
  #appendConsecutive(kind: number, container: number, known: number, count: number): void {
    const graph = this.#graph;
    const b = this.#resolve(operation.bReplica, operation.b);
    for (let done = 0; done < count;) {
      const element = this.#resolve(operation.aReplica, operation.a + known + done);
      if (element < 0) throw corrupt('an event', element);
      const alike = graph.runEnd(graph.runAt(element)) - element;
      const part = Math.min(count - done, alike);
      this.#log.append(kind, container, part, element, b, -1, -1);
      done += part;
    }
  }

  /** The local version of an event that an operation names, or the number that it is. */
  #resolve(replica: number, sequence: number): number {
    if (replica === NO_REPLICA) return sequence;
    const lv = this.#lvOf(replica, sequence);
    // The events of this very operation are in the graph already, but cannot be named by it.
    if (lv < 0 || lv >= this.#log.eventCount) throw corrupt('an event of its past', sequence);
    return lv;
  }

  /** Compares `known` events of the operation that was just read with ours. */
  #compare(piece: IncomingPiece, offset: number, known: number): void {
    for (let at = 0; at < known; at += 1) {
      const lv = this.#lvOf(piece.replica, piece.sequence + offset + at);
      const isSame = isSameOperation(this.#log, lv, operation, at, {
        text: this.#events.text,
        previous: this.#lvOf(piece.replica, piece.sequence + offset + at - 1),
        lvOf: (replica, sequence) =>
          replica === NO_REPLICA ? sequence : this.#lvOf(replica, sequence),
      });
      if (!isSame) this.#fork(piece, piece.sequence + offset + at);
    }
  }

  /** Events that are here descend from events that are here: other parents are another event. */
  #compareParents(piece: IncomingPiece): void {
    const ours = this.#graph.parentsOf(this.#lvOf(piece.replica, piece.sequence));
    let theirCount = 0;
    for (let at = 0; at < piece.parents.length; at += 2) {
      const parent = this.#lvOf(piece.parents[at] ?? 0, piece.parents[at + 1] ?? 0);
      if (!ours.includes(parent)) this.#fork(piece, piece.sequence);
      theirCount += 1;
    }
    if (theirCount !== ours.length) this.#fork(piece, piece.sequence);
  }

  #fork(piece: IncomingPiece, sequence: number): never {
    throw new ForkedReplicaError(this.#events.replicas[piece.replica] ?? '', sequence);
  }

  #replica(index: number): number {
    return this.#replicas[index] ?? -1;
  }

  #intern(index: number): number {
    const known = this.#replica(index);
    if (known >= 0) return known;
    const replica = this.#graph.replicaIndex(this.#events.replicas[index] ?? '');
    this.#replicas[index] = replica;
    return replica;
  }

  #lvOf(index: number, sequence: number): number {
    const replica = this.#replica(index);
    return replica < 0 || sequence < 0 ? -1 : this.#graph.lvOf(replica, sequence);
  }
}
