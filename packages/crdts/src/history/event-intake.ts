/*
 * How the events of one update become part of graph and log.
 *
 * Messages get lost, come twice and overtake each other, and two peers cut the same typing into
 * different runs. So each piece of an update falls into three parts, of which any may be empty:
 *
 *   known      events that are here: compared with ours, and not taken again
 *   new        the rest, if everything that it descends from is here: appended
 *   too early  the rest otherwise: it and what follows are left alone, and the update is kept until
 *              the past has arrived
 *
 * An event that is here with other content means that two replicas count under one id. Both would
 * go on without seeing each other's edits, for ever; that is why known events are compared at all.
 */

import { type CausalGraph, EVENT_COUNT_MAX } from '../graph/causal-graph.ts';
import { BeforeHistoryError, ForkedReplicaError } from '../errors.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';
import type { IncomingEvents, IncomingPiece } from '../wire/batch-reader.ts';
import { corrupt } from '../wire/byte-reader.ts';
import { RowReader } from '../wire/row-reader.ts';

/** An event that something waits for. */
export interface MissingEvent {
  readonly replicaId: ReplicaId;
  readonly sequence: number;
}

/** What is particular about where events come from and where they go. */
export interface IntakeOptions {
  /** New events of this replica are somebody else's. */
  readonly ownReplicaId?: ReplicaId | undefined;
  /** The first events are trimmed: the log has them, and nothing may come beside them. */
  readonly trimmedCount?: number;
}

/** Takes the events of one update into graph and log; use it once. */
export class EventIntake {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #events: IncomingEvents;
  readonly #options: IntakeOptions;
  readonly #trimmedCount: number;
  /** By index into the table of the update: the number of the replica here, or -1. */
  readonly #replicas: number[] = [];
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
  }

  /**
   * Takes all up to the first piece whose past is not here.
   *
   * @throws CorruptBytesError, ForkedReplicaError, BeforeHistoryError: graph and log are to be
   *   truncated then.
   */
  run(): void {
    const rows = new RowReader(this.#graph, this.#log, this.#events);
    for (const piece of this.#events.pieces) {
      const { replica, sequence, count } = piece;
      const knownCount = this.#knownCount(piece);
      if (knownCount > 0) this.#compareParents(piece);
      if (knownCount < count && !this.#appendEvents(piece, knownCount)) return;
      rows.read(replica, sequence, count, knownCount);
    }
    rows.finish();
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
    const rows = new RowReader(this.#graph, this.#log, this.#events);
    let skipCount = this.#log.eventCount;
    for (const { replica, sequence, count } of this.#events.pieces) {
      const skipped = Math.min(skipCount, count);
      skipCount -= skipped;
      rows.read(replica, sequence + skipped, count - skipped, 0);
    }
    rows.finish();
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
    if (this.#events.table.ids[piece.replica] === this.#options.ownReplicaId)
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
    graph.append(
      graph.replicaIndex(this.#events.table.ids[piece.replica] ?? ''),
      sequence,
      count,
      parents,
    );
    return true;
  }

  #miss(replica: number, sequence: number): false {
    this.missing ??= { replicaId: this.#events.table.ids[replica] ?? '', sequence };
    return false;
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
    throw new ForkedReplicaError(this.#events.table.ids[piece.replica] ?? '', sequence);
  }

  #replica(index: number): number {
    const known = this.#replicas[index];
    if (known !== undefined) return known;
    const replica = this.#graph.indexOfReplica(this.#events.table.ids[index] ?? '');
    if (replica >= 0) this.#replicas[index] = replica;
    return replica;
  }

  #lvOf(index: number, sequence: number): number {
    const replica = this.#replica(index);
    return replica < 0 ? -1 : this.#graph.lvOf(replica, sequence);
  }
}
