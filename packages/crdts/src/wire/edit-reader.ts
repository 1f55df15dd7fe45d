/*
 * Reads what edit-writer wrote; the layout stands there.
 */

import { type CausalGraph, EVENT_COUNT_MAX } from '../graph/causal-graph.ts';
import { TEXT_DELETE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { ReplicaId } from '../replica-id.ts';

import { ByteReader, corrupt, decodeText } from './byte-reader.ts';
import { EDIT, EDIT_COUNT_MAX, editCount } from './edit-writer.ts';
import {
  type IncomingEvents,
  IncomingOperation,
  type IncomingPiece,
  NO_REPLICA,
} from './incoming-operation.ts';
import {
  containerOf,
  cursorOf,
  HAS_PARENTS,
  IS_PACKED,
  isTrimmed,
  trimmedCountOf,
} from './keystroke-writer.ts';
import { readPackedId, readReplicaId, readTextId } from './replica-id-codec.ts';
import { type EventName, RowReader } from './row-reader.ts';

const SEQUENCE_MAX = 2 ** 31 - 2;
/** A position from which others can be told before it is known. */
const ANYWHERE = 2 ** 29;

/** Whether the first byte of an update is that of an edit. */
export function isEdit(flags: number): boolean {
  return (flags & EDIT) === EDIT;
}

/** What one replica did in one go. */
export class EditReader implements IncomingEvents {
  readonly replicas: ReplicaId[];
  readonly pieces: readonly IncomingPiece[];
  readonly text: string;
  /** The author, and those that were named, in this order. */
  readonly #named: ReplicaId[];
  readonly #operations: IncomingOperation[] = [];
  #read = 0;

  /**
   * @param bytes - An update whose checksum is right, with its content up to `end`.
   * @param graph - With `log`, where the author's previous event will be looked for.
   */
  constructor(bytes: Uint8Array, end: number, graph: CausalGraph, log: OperationLog) {
    const reader = new ByteReader(bytes, 0, end);
    const flags = reader.u8();
    this.replicas = [(flags & IS_PACKED) === 0 ? readTextId(reader) : readPackedId(reader)];
    this.#named = [...this.replicas];
    const sequence = reader.varint(SEQUENCE_MAX);
    const short = editCount(flags);
    const count = short > 0 ? short : reader.varint(EVENT_COUNT_MAX);
    if (short === 0 && count <= EDIT_COUNT_MAX) throw corrupt('a count', 'a longer form');
    let parents = sequence === 0 ? [] : [0, sequence - 1];
    if ((flags & HAS_PARENTS) !== 0) {
      const guessed = String(parents);
      parents = this.#readParents(reader, sequence);
      if (String(parents) === guessed) throw corrupt('a guessed parent', 'a longer form');
    }
    this.pieces = [{ replica: 0, sequence, count, parents }];
    const replica = graph.indexOfReplica(this.replicas[0] ?? '');
    const previous = replica < 0 ? -1 : graph.lvOf(replica, sequence - 1);
    // Too early: it is read again when the author's previous event is here.
    this.text = sequence === 0 || previous >= 0 ? this.#readRows(reader, graph, log, previous) : '';
  }

  next(operation: IncomingOperation): void {
    const read = this.#operations[this.#read++];
    if (read !== undefined) Object.assign(operation, read);
    else operation.count = this.pieces[0]?.count ?? 1;
  }

  finish(): void {
    // All of it was read before.
  }

  #readParents(reader: ByteReader, sequence: number): number[] {
    const parents: number[] = [];
    const name: EventName = { replica: NO_REPLICA, sequence: -1 };
    for (let left = reader.count(); left > 0; left -= 1) {
      this.#readName(reader, name, sequence);
      if (name.replica === NO_REPLICA) throw corrupt('an event', 'none');
      parents.push(name.replica, name.sequence);
    }
    return parents;
  }

  #readRows(reader: ByteReader, graph: CausalGraph, log: OperationLog, previous: number): string {
    const { sequence = 0, count = 0 } = this.pieces[0] ?? {};
    let at = 0;
    const column = {
      codes: reader,
      counts: reader,
      positions: reader,
      names: reader,
      keys: reader,
      values: reader,
    };
    const rows = new RowReader(column, (from, into) => this.#readName(from, into, sequence + at));
    const replica = previous < 0 ? -1 : graph.replicaOf(previous);
    const known = isTrimmed(log, previous)
      ? trimmedCountOf(graph, log, replica, sequence, count)
      : 0;
    const start = known > 0 ? ANYWHERE : cursorOf(log, previous);
    rows.startAt(0, start, this.#nameOf(graph, containerOf(log, previous)));
    let textStart = 0;
    while (at < count) {
      const operation = new IncomingOperation();
      rows.read(operation, { author: 0, sequence: sequence + at, left: count - at });
      operation.textStart = textStart;
      if (operation.kind === TEXT_INSERT) textStart += operation.count;
      at += operation.count;
      this.#operations.push(operation);
    }
    if (known > 0) this.#moveTo(known, cursorOf(log, graph.lvOf(replica, sequence + known - 1)));
    const text = decodeText(reader.bytes(reader.remaining));
    if (text.length !== textStart) throw corrupt(`a text of ${textStart} units`, text.length);
    for (const { kind, textStart: start, count: size } of this.#operations) {
      if (kind === TEXT_INSERT && !text.slice(start, start + size).isWellFormed()) {
        throw corrupt('pairs', 'halves');
      }
    }
    return text;
  }

  /**
   * Moves the operations to where they are: of trimmed events it is only known where the last one
   * left the cursor, and that is number `known` of these. Behind a mark, positions are their own.
   */
  #moveTo(known: number, cursor: number): void {
    const end = this.#operations.findIndex(({ kind }) => kind > TEXT_DELETE_BACKWARD);
    let at = 0;
    let distance = 0;
    for (const operation of this.#operations.slice(0, end < 0 ? undefined : end)) {
      const { kind, count, a } = operation;
      const ours = known - at;
      if (ours > 0 && ours <= count) {
        const step = kind === TEXT_INSERT ? ours : kind === TEXT_DELETE ? 0 : 1 - ours;
        distance = cursor - a - step;
      }
      // Those that are known as a whole are not compared, and can be anywhere.
      operation.a = ours >= count ? count : a + distance;
      const lowest = kind === TEXT_DELETE_BACKWARD ? operation.a - count + 1 : operation.a;
      if (lowest < 0 || operation.a > ANYWHERE) throw corrupt('a position', lowest);
      at += count;
    }
  }

  #nameOf(graph: CausalGraph, lv: number): EventName {
    if (lv < 0) return { replica: NO_REPLICA, sequence: -1 };
    const replica = this.#place(graph.replicaId(graph.replicaOf(lv)));
    return { replica, sequence: graph.sequenceOf(lv) };
  }

  #place(id: ReplicaId): number {
    const known = this.replicas.indexOf(id);
    return known < 0 ? this.replicas.push(id) - 1 : known;
  }

  #readName(reader: ByteReader, into: EventName, from: number): void {
    const code = reader.varint(2 ** 31 - 1);
    if (code < 2) {
      into.replica = NO_REPLICA;
      into.sequence = -1 - code;
      return;
    }
    if (code % 2 === 0) {
      into.replica = 0;
      into.sequence = from - code / 2;
      if (into.sequence < 0) throw corrupt('an event of the author', into.sequence);
      return;
    }
    const index = (code - 1) / 2;
    if (index === this.#named.length) {
      const id = readReplicaId(reader);
      if (this.#named.includes(id)) throw corrupt('another replica', id);
      this.#named.push(id);
    }
    const id = this.#named[index];
    if (id === undefined) throw corrupt('a replica of the update', code);
    into.replica = this.#place(id);
    into.sequence = reader.varint(SEQUENCE_MAX);
  }
}
