/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes are below the length of what was just measured; this runs once for each keystroke. */

/*
 * Writes the update of the next keystroke of someone who types, 12 to 14 bytes long: nothing has to
 * be looked up, and the id is still where it was written the last time. Everything else is written
 * by edit-writer.ts, where the layout stands.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';

import { crc32cStep } from './crc32c.ts';
import { HAS_COUNT, IS_DISTANT, IS_PACKED, IS_SHORT, KIND_SHIFT } from './edit-writer.ts';
import { containerOf } from './operation-rows.ts';

/** Units of text in one keystroke: with all else they take less than 62 bytes. */
const TEXT_COUNT_MAX = 32;

/** Writes updates of keystrokes that go on. */
export class KeystrokeWriter {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  /** Flags and id of the replica that types, and room for the rest. */
  readonly #bytes = new Uint8Array(64);
  #size = 0;
  /** The event after the last one written, or -1; what that one left. */
  #nextLv = -1;
  #nextSequence = 0;
  #cursor = 0;
  #container = ROOT;

  constructor(graph: CausalGraph, log: OperationLog) {
    this.#graph = graph;
    this.#log = log;
  }

  /** Says that the events before `to`, of one run of the graph, have just been written. */
  goOnAfter(to: number, update: Uint8Array): void {
    const isPacked = (update[0]! & (IS_SHORT | IS_PACKED)) === (IS_SHORT | IS_PACKED);
    this.#nextLv = isPacked ? to : -1;
    if (!isPacked) return;
    this.#bytes.set(update.subarray(0, 7));
    const log = this.#log;
    this.#nextSequence = this.#graph.sequenceOf(to - 1) + 1;
    this.#cursor = log.cursorAfter(log.runAt(to - 1), to - 1);
    this.#container = containerOf(log, to - 1);
  }

  /** The update of the events from `from` to before `to`; undefined if it has another form. */
  write(from: number, to: number): Uint8Array | undefined {
    const log = this.#log;
    if (from !== this.#nextLv || from <= this.#graph.lastStart) return undefined;
    const run = log.runAt(from);
    const kind = log.kind(run);
    if (kind > TEXT_DELETE_BACKWARD || to > log.end(run)) return undefined;
    if (log.container(run) !== this.#container) return undefined;
    const count = to - from;
    const bytes = this.#bytes;
    const isInsert = kind === TEXT_INSERT;
    if (isInsert && count > TEXT_COUNT_MAX) return undefined;
    let flags = IS_SHORT | IS_PACKED | ((kind - 1) << KIND_SHIFT);
    this.#size = 7;
    this.#varint(this.#nextSequence);
    if (count > 1) {
      flags |= HAS_COUNT;
      this.#varint(count);
    }
    const distance = log.aOf(run, from) - this.#cursor;
    if (distance !== 0) {
      flags |= IS_DISTANT;
      this.#varint(distance < 0 ? -2 * distance - 1 : 2 * distance);
    }
    const offset = log.b(run) + from - log.start(run);
    for (let at = offset; isInsert && at < offset + count; at += 1) {
      const unit = log.text.unitAt(at);
      if (unit >= 0x80) return undefined;
      bytes[this.#size++] = unit;
    }
    bytes[0] = flags;
    this.#nextLv = to;
    this.#nextSequence += count;
    this.#cursor = log.cursorAfter(run, to - 1);
    return this.#sealed();
  }

  #varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#size++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#size++] = rest;
  }

  /** Copied by hand and summed on the way: calls would take longer than so few bytes. */
  #sealed(): Uint8Array {
    const size = this.#size;
    const bytes = this.#bytes;
    const sealed = new Uint8Array(size + 2);
    let crc = -1;
    for (let at = 0; at < size; at += 1) {
      const byte = bytes[at]!;
      sealed[at] = byte;
      crc = crc32cStep(crc, byte);
    }
    sealed[size] = ~crc;
    sealed[size + 1] = ~crc >>> 8;
    return sealed;
  }
}
