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
 */

import type { CausalGraph } from '../graph/causal-graph.ts';
import { type OperationLog, ROOT } from '../log/operation-log.ts';
import { corrupt } from '../wire/byte-reader.ts';

import { DELETED, FLAGS, ID, LENGTH } from './span-tree.ts';
import { Tracker } from './tracker.ts';

/** Called with offsets into the inserted text, of `count` characters that follow each other. */
type Visit = (offset: number, count: number) => void;

/** Visits the characters that are left of the events before `eventCount`, in text order. */
function visitAlive(graph: CausalGraph, log: OperationLog, eventCount: number, visit: Visit): void {
  const tracker = new Tracker(graph, log, ROOT, -1, 0);
  tracker.take(eventCount, undefined);
  const { tree } = tracker;
  tree.toStart();
  for (let more = tree.toSpan(); more; more = tree.next()) {
    if ((tree.field(FLAGS) & DELETED) !== 0) continue;
    const end = tree.field(ID) + tree.field(LENGTH);
    for (let lv = tree.field(ID); lv < end;) {
      const run = log.runAt(lv);
      const stop = Math.min(log.end(run), end);
      visit(log.b(run) + lv - log.start(run), stop - lv);
      lv = stop;
    }
  }
}

/** All characters that were inserted and deleted again, in the order of typing. */
export function deletedText(graph: CausalGraph, log: OperationLog): string {
  const { text } = log;
  const isAlive = new Uint8Array(text.length);
  visitAlive(graph, log, graph.eventCount, (offset, count) => {
    isAlive.fill(1, offset, offset + count);
  });
  let deleted = '';
  for (let from = isAlive.indexOf(0); from >= 0;) {
    const next = isAlive.indexOf(1, from);
    const end = next < 0 ? text.length : next;
    deleted += text.slice(from, end - from);
    from = next < 0 ? -1 : isAlive.indexOf(0, next);
  }
  return deleted;
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
  const units = new Uint16Array(length);
  const isAlive = new Uint8Array(length);
  let position = 0;
  visitAlive(graph, log, eventCount, (offset, count) => {
    isAlive.fill(1, offset, offset + count);
    for (let at = offset; at < offset + count; at += 1) {
      units[at] = alive.charCodeAt(position);
      position += 1;
    }
  });
  if (position !== alive.length) throw corrupt(`a text of ${position} units`, alive.length);
  let next = 0;
  for (let at = isAlive.indexOf(0); at >= 0; at = isAlive.indexOf(0, at + 1)) {
    units[at] = deleted.charCodeAt(next);
    next += 1;
  }
  return textOf(units);
}

function textOf(units: Uint16Array): string {
  let text = '';
  for (let from = 0; from < units.length; from += 4_096) {
    text += String.fromCharCode(...units.subarray(from, from + 4_096));
  }
  return text;
}
