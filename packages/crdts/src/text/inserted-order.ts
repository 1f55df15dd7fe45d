/*
 * What was typed, in the order of typing, out of what is left and what was deleted.
 *
 * A file holds the text as it stands, so that it opens at once, and should not hold those
 * characters a second time in the order in which they were typed. That order follows from the
 * operations alone: play them through without their characters, and each place of the text that
 * comes out is some event, whose character is the one in that place. Only deleted characters have
 * no place; they are stored apart, in the order of typing. So every character is stored once.
 *
 *   typed      h e l l p o        text as it stands    h e l l o
 *   deleted            ^          deleted              p
 *
 * As long as everybody knew all there was, playing through is editing an array of offsets. Where
 * people typed at the same time, a tracker says where each edit belongs; one that the document has
 * anyway knows already what is left since it began.
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { TEXT_DELETE_BACKWARD, TEXT_INSERT } from '../log/operation-kind.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import { corrupt } from '../wire/byte-reader.ts';

import { OffsetBuffer } from './offset-buffer.ts';
import { ID, LENGTH, UNDERWATER } from './span-tree.ts';
import { type TextTarget, Tracker } from './tracker.ts';

/** The text of a log, played through by the offsets of its characters. */
class Replay {
  readonly buffer = new OffsetBuffer();
  readonly #graph: CausalGraph;
  readonly #log: OperationLog;
  readonly #target: TextTarget;
  #tracker: Tracker | undefined;

  constructor(graph: CausalGraph, log: OperationLog) {
    this.#graph = graph;
    this.#log = log;
    this.#target = {
      inserted: (position, offset, count) => this.buffer.insert(position, offset, count),
      // Texts without undo are played here, from their beginning: nothing comes back.
      restored: () => undefined,
      deleted: (position, count) => this.buffer.delete(position, count),
    };
  }

  /** Plays all events before `eventCount`. */
  play(eventCount: number): void {
    const graph = this.#graph;
    const log = this.#log;
    let run = log.runAt(0);
    for (let lv = 0; lv < eventCount; run += 1) {
      const end = Math.min(log.end(run), eventCount);
      const isText = log.kind(run) <= TEXT_DELETE_BACKWARD;
      while (isText && lv < end) {
        const events = graph.runAt(lv);
        const stop = Math.min(end, graph.runEnd(events));
        if (graph.isLinearRun(events)) this.#apply(run, lv, stop);
        else this.#merge(lv, stop);
        lv = stop;
      }
      lv = end;
    }
  }

  #apply(run: number, lv: number, end: number): void {
    const log = this.#log;
    const kind = log.kind(run);
    const count = end - lv;
    const position = log.aOf(run, lv);
    if (kind === TEXT_INSERT) {
      this.buffer.insert(position, log.b(run) + lv - log.start(run), count);
    } else {
      this.buffer.delete(kind === TEXT_DELETE_BACKWARD ? position - count + 1 : position, count);
    }
  }

  #merge(lv: number, end: number): void {
    const base = this.#graph.criticalBefore(lv);
    if (this.#tracker === undefined || base >= this.#tracker.upTo) {
      // Each event since the base may have deleted a character.
      const length = this.buffer.length + lv - base;
      this.#tracker = new Tracker(this.#graph, this.#log, ROOT, base, base < 0 ? 0 : length);
    }
    this.#tracker.catchUp(lv, this.buffer.length);
    this.#tracker.take(end, this.#target);
  }
}

/** The text of the events before `eventCount`, as offsets. */
function offsetsAt(graph: CausalGraph, log: OperationLog, eventCount: number): OffsetBuffer {
  const replay = new Replay(graph, log);
  replay.play(eventCount);
  return replay.buffer;
}

/** Of each unit of inserted text 1 if it is left, else 0. */
function aliveUnits(graph: CausalGraph, log: OperationLog, known: Tracker | undefined): Uint8Array {
  const isAlive = new Uint8Array(log.text.length);
  const { eventCount } = graph;
  // What the tracker lacks, it would take in more slowly than it can be played through.
  if (known === undefined || eventCount - known.upTo > known.upTo - known.base) {
    offsetsAt(graph, log, eventCount).forEach((offset, count) => {
      isAlive.fill(1, offset, offset + count);
    });
    return isAlive;
  }
  known.take(eventCount, undefined);
  const before = offsetsOf(offsetsAt(graph, log, known.base + 1));
  const { tree } = known;
  tree.toStart();
  for (let more = tree.toSpan(); more; more = tree.next()) {
    if (tree.isDeleted) continue;
    const id = tree.field(ID);
    const end = id + tree.field(LENGTH);
    for (let at = id; id >= UNDERWATER && at < end; at += 1) {
      const offset = before[at - UNDERWATER];
      if (offset !== undefined) isAlive[offset] = 1;
    }
    for (let lv = id; id < UNDERWATER && lv < end;) {
      const run = log.runAt(lv);
      const offset = log.b(run) + lv - log.start(run);
      const stop = Math.min(log.end(run), end);
      isAlive.fill(1, offset, offset + stop - lv);
      lv = stop;
    }
  }
  return isAlive;
}

/** For each place of a text the offset of its character. */
function offsetsOf(buffer: OffsetBuffer): Int32Array {
  const offsets = new Int32Array(buffer.length);
  let position = 0;
  buffer.forEach((offset, count) => {
    for (let at = 0; at < count; at += 1) offsets[position + at] = offset + at;
    position += count;
  });
  return offsets;
}

/** Calls `visit` with each row of units that are not left. */
function forEachDeleted(isAlive: Uint8Array, visit: (start: number, end: number) => void): void {
  for (let start = isAlive.indexOf(0); start >= 0;) {
    const next = isAlive.indexOf(1, start);
    const end = next < 0 ? isAlive.length : next;
    visit(start, end);
    start = isAlive.indexOf(0, end);
  }
}

/**
 * All characters that were inserted and deleted again, in the order of typing.
 *
 * @param tracker - One of the text, if there is one.
 */
export function deletedText(
  graph: CausalGraph,
  log: OperationLog,
  tracker: Tracker | undefined,
): string {
  const { text } = log;
  const isAlive = aliveUnits(graph, log, tracker);
  const units = text.view(0, text.length);
  const deleted = new Uint16Array(isAlive.length);
  let count = 0;
  forEachDeleted(isAlive, (start, end) => {
    deleted.set(units.subarray(start, end), count);
    count += end - start;
  });
  return textOf(deleted.subarray(0, count));
}

/**
 * All characters that were inserted, in the order of typing.
 *
 * @param eventCount - The events that `alive` is the text of.
 * @param deleted - As `deletedText` gave it then.
 * @throws CorruptBytesError if these do not fit the operations.
 */
export function insertedText(
  graph: CausalGraph,
  log: OperationLog,
  eventCount: number,
  alive: string,
  deleted: string,
): string {
  const length = alive.length + deleted.length;
  const offsets = offsetsAt(graph, log, eventCount);
  if (offsets.length !== alive.length) {
    throw corrupt(`a text of ${offsets.length} units`, alive.length);
  }
  const units = new Uint16Array(length);
  const isAlive = new Uint8Array(length);
  let position = 0;
  offsets.forEach((offset, count) => {
    isAlive.fill(1, offset, offset + count);
    for (let at = 0; at < count; at += 1) units[offset + at] = alive.charCodeAt(position + at);
    position += count;
  });
  let next = 0;
  forEachDeleted(isAlive, (start, end) => {
    for (let at = start; at < end; at += 1) units[at] = deleted.charCodeAt(next + at - start);
    next += end - start;
  });
  return textOf(units);
}

function textOf(units: Uint16Array): string {
  let text = '';
  for (let from = 0; from < units.length; from += 4_096) {
    text += String(Reflect.apply(String.fromCharCode, null, units.subarray(from, from + 4_096)));
  }
  return text;
}
