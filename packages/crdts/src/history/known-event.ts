import {
  TEXT_DELETE,
  TEXT_DELETE_BACKWARD,
  TEXT_INSERT,
  TRIMMED,
  isListInsertion,
} from '../log/operation-kind.ts';
import type { OperationLog } from '../log/operation-log.ts';
import type { Value } from '../log/value.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import { type IncomingOperation, NO_REPLICA } from '../wire/incoming-operation.ts';
import {
  HAS_A,
  HAS_B,
  HAS_C,
  HAS_NUMBERS,
  HAS_VALUE,
  HAS_VALUES,
  IS_TEXT,
  shapeOf,
} from '../wire/operation-shape.ts';
import { writeValue } from '../wire/value-codec.ts';

/** What an operation that was read refers to. */
export interface IncomingContext {
  /** The text of the update. */
  readonly text: string;
  /** The author's event before this one, or -1. */
  readonly previous: number;
  /** The local version of an event that is named as an operation names it; -1 if it is not here. */
  lvOf(replica: number, sequence: number): number;
}

/**
 * Whether event `at` of an operation that was read does what the event `lv` of the log does: the
 * same on every replica, however the events are cut into runs.
 */
export function isSameOperation(
  log: OperationLog,
  lv: number,
  read: IncomingOperation,
  at: number,
  context: IncomingContext,
): boolean {
  const run = log.runAt(lv);
  const kind = log.kind(run);
  const shape = shapeOf(kind);
  if (kind === TRIMMED) return true;
  if (context.lvOf(read.containerReplica, read.container) !== log.container(run)) return false;
  if ((shape & IS_TEXT) !== 0) return isSameText(log, lv, read, at, context.text);
  if (kind !== read.kind) return false;
  if ((shape & HAS_NUMBERS) !== 0 && (read.a !== log.a(run) || read.b !== log.b(run))) return false;
  if ((shape & HAS_A) !== 0 && readA(read, at, context) !== ourA(log, run, lv)) return false;
  if ((shape & HAS_B) !== 0 && context.lvOf(read.bReplica, read.b) !== log.b(run)) return false;
  if ((shape & HAS_C) !== 0 && context.lvOf(read.cReplica, read.c) !== log.c(run)) return false;
  if ((shape & (HAS_VALUE | HAS_VALUES)) === 0) return true;
  const ours = log.values[log.value(run) + lv - log.start(run)];
  return isSameValue(ours ?? null, read.values[at] ?? null);
}

function isSameText(
  log: OperationLog,
  lv: number,
  read: IncomingOperation,
  at: number,
  text: string,
): boolean {
  const run = log.runAt(lv);
  const isInsert = log.kind(run) === TEXT_INSERT;
  if (read.kind > TEXT_DELETE_BACKWARD || isInsert !== (read.kind === TEXT_INSERT)) return false;
  const step = isInsert ? at : read.kind === TEXT_DELETE ? 0 : -at;
  if (read.a + step !== log.aOf(run, lv)) return false;
  if (!isInsert) return true;
  return text.charCodeAt(read.textStart + at) === log.text.unitAt(log.b(run) + lv - log.start(run));
}

/** The field `a` of event `at`: a list element's origin is the one before it, others count on. */
function readA(read: IncomingOperation, at: number, context: IncomingContext): number {
  if (isListInsertion(read.kind) && at > 0) return context.previous;
  return context.lvOf(read.aReplica, read.aReplica === NO_REPLICA ? read.a : read.a + at);
}

function ourA(log: OperationLog, run: number, lv: number): number {
  return isListInsertion(log.kind(run)) && lv > log.start(run) ? lv - 1 : log.aOf(run, lv);
}

function isSameValue(left: Value, right: Value): boolean {
  const writers = [left, right].map((value) => {
    const writer = new ByteWriter();
    writeValue(writer, value);
    return writer.view();
  });
  const [ours, theirs] = writers;
  return (
    ours?.length === theirs?.length && ours?.every((byte, at) => byte === theirs?.[at]) === true
  );
}
