/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes are below the length of what was just measured; this runs once for each keystroke. */

/*
 * Writes the update of the next keystroke of someone who types, 12 to 14 bytes long: nothing has to
 * be looked up, and the id is still where it was written the last time. Everything else is written
 * by edit-writer.ts, where the layout stands.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE, TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';

import { crc32cStep } from './crc32c.ts';
import { HAS_COUNT, IS_DISTANT, IS_PACKED, IS_SHORT, KIND_SHIFT } from './edit-writer.ts';
import { containerOf } from './operation-rows.ts';
import { checksumSizeFor } from './seal.ts';

/** Units of text in one keystroke. */
const TEXT_COUNT_MAX = 1_000;

/** Writes updates of keystrokes that go on. */
export class KeystrokeWriter {
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  /** Flags and id of the replica that types, and room for the rest. */
  readonly #bytes = new Uint8Array(TEXT_COUNT_MAX + 32);
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

  /**
   * The update of the events from `from` to before `to`; undefined if it has another form, or if
   * they are not the latest ones.
   */
  write(from: number, to: number): Uint8Array | undefined {
    const log = this.#log;
    const kind = log.lastKind;
    const count = to - from;
    const isInsert = kind === TEXT_INSERT;
    if (from !== this.#nextLv || from <= this.#graph.lastStart || from < log.lastStart) return;
    if (to !== log.eventCount || kind > TEXT_DELETE_BACKWARD) return;
    if (log.lastContainer !== this.#container || (isInsert && count > TEXT_COUNT_MAX)) return;
    const bytes = this.#bytes;
    let flags = IS_SHORT | IS_PACKED | ((kind - 1) << KIND_SHIFT);
    let size = put(bytes, 7, this.#nextSequence);
    if (count > 1) {
      flags |= HAS_COUNT;
      size = put(bytes, size, count);
    }
    const { cursor } = log;
    const moved = isInsert ? count : kind === TEXT_DELETE ? 0 : 1 - count;
    const distance = cursor - moved - this.#cursor;
    if (distance !== 0) {
      flags |= IS_DISTANT;
      size = put(bytes, size, distance < 0 ? -2 * distance - 1 : 2 * distance);
    }
    if (isInsert) {
      const { units, length } = log.text;
      for (let at = length - count; at < length; at += 1) {
        const unit = units[at]!;
        if (unit >= 0x80) return;
        bytes[size++] = unit;
      }
    }
    bytes[0] = flags;
    this.#nextLv = to;
    this.#nextSequence += count;
    this.#cursor = cursor;
    // Copied by hand and summed on the way: calls would take longer than so few bytes.
    const end = size + checksumSizeFor(size);
    const sealed = new Uint8Array(end);
    let crc = -1;
    for (let at = 0; at < size; at += 1) {
      const byte = bytes[at]!;
      sealed[at] = byte;
      crc = crc32cStep(crc, byte);
    }
    for (crc = ~crc; size < end; size += 1, crc >>>= 8) sealed[size] = crc;
    return sealed;
  }
}

/** Writes a number of seven bits in a byte, and returns where the next byte is. */
function put(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at] = rest;
  return at + 1;
}
