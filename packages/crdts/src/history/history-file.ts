/*
 * A history as chunks of a file, and back.
 *
 * Events keep their local order, so that a document that is saved, loaded and saved again gives the
 * same bytes. The columns are those of a batch. Three things are particular to files:
 *
 *   text      Where the document keeps the text itself, the inserted text is left out here: the
 *             document can work it out when somebody asks for it, which is rare.
 *   hashes    of each replica's events, so that the first comparison of versions costs nothing;
 *             but those of few events, unless their text is left out.
 *   summary   of a graph with many runs: what has to be known of it before anybody edits.
 *   trimming  What the first events did can be left out; the graph stays, so that events keep their
 *             names and what is known is still recognised. Of the last trimmed event of each
 *             replica the cursor stays, from which its next keystroke will be told.
 */

import { type CausalGraph, EVENT_COUNT_MAX, type GraphSummary } from '../graph/causal-graph.ts';
import { TRIMMED } from '../log/operation-kind.ts';
import { OperationLog, ROOT } from '../log/operation-log.ts';
import { type IncomingEvents, readPieces, readRowColumns } from '../wire/batch-reader.ts';
import { BatchWriter, writeRowColumns } from '../wire/batch-writer.ts';
import { ByteReader, corrupt } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Chunks } from '../wire/chunks.ts';
import { containerOf, cursorOf } from '../wire/operation-rows.ts';
import { readReplicaTable } from '../wire/replica-table.ts';
import type { InsertedTextForm } from '../wire/row-writer.ts';

import type { ChainHashes } from './chain-hashes.ts';
import { EventIntake } from './event-intake.ts';

/** Ids of the chunks of a history. */
const HEAD = 1;
const REPLICAS = 2;
const GRAPH = 3;
const OPERATIONS = 4;
const TRIMMED_EVENTS = 5;
const SUMMARY = 6;
/** Optional: they can be worked out, or asked for again. */
const HASHES = 64;
const WAITING = 65;

/** All of them. */
export const historyChunks: readonly number[] = [
  HEAD,
  REPLICAS,
  GRAPH,
  OPERATIONS,
  TRIMMED_EVENTS,
  SUMMARY,
  HASHES,
  WAITING,
];

/** How a history is written. */
export interface HistoryFileOptions {
  /** What the events before this one did is left out. */
  readonly trimmedCount: number;
  /** Whether the inserted text is written, or kept by the document in another way. */
  readonly insertedText: InsertedTextForm;
}

/** What a file says besides events. */
export interface HistoryFile {
  readonly trimmedCount: number;
  /** Units of inserted text that the document keeps, and has to `defer` before anything is read. */
  readonly keptLength: number;
  /** Updates that waited for their past. */
  readonly waiting: readonly Uint8Array[];
}

/** Parts of a history. */
export interface HistoryParts {
  readonly graph: CausalGraph;
  readonly log: OperationLog;
  readonly hashes: ChainHashes;
}

/** The chunks of a history, without those of a document that has no events. */
export function saveHistory(
  { graph, log, hashes }: HistoryParts,
  waiting: readonly Uint8Array[],
  { trimmedCount, insertedText }: HistoryFileOptions,
): Map<number, Uint8Array> {
  const chunks = new Map<number, Uint8Array>();
  const head = new ByteWriter();
  head.varint(trimmedCount);
  head.varint(insertedText === 'kept' ? log.text.length : 0);
  chunks.set(HEAD, head.copy());
  if (graph.eventCount > 0) {
    const all = [{ start: 0, end: graph.eventCount }];
    const batch = new BatchWriter(graph, log, all, trimmedCount, insertedText);
    chunks.set(REPLICAS, batch.table());
    chunks.set(GRAPH, batch.graph.copy());
    const replicas = batch.replicas();
    const summary = saveSummary(graph, replicas);
    if (trimmedCount === 0 && summary !== undefined) chunks.set(SUMMARY, summary);
    const operations = new ByteWriter();
    operations.varint(batch.rowCount);
    writeRowColumns(operations, batch.columns);
    chunks.set(OPERATIONS, operations.copy());
    if (trimmedCount > 0) chunks.set(TRIMMED_EVENTS, saveTrimmed(graph, log, trimmedCount));
    const isKept = insertedText === 'kept';
    const hashBytes = saveHashes(graph, hashes, replicas, { trimmedCount, isKept });
    if (hashBytes.length > 0) chunks.set(HASHES, hashBytes);
  }
  if (waiting.length > 0) {
    const updates = new ByteWriter();
    for (const update of waiting) updates.prefixed(update);
    chunks.set(WAITING, updates.copy());
  }
  return chunks;
}

/** Runs of a graph that are read as quickly as a summary of them. */
const SUMMARY_RUN_COUNT_MIN = 64;

/** The summary of a graph and the number of events of each of `replicas`, if worth its bytes. */
function saveSummary(graph: CausalGraph, replicas: readonly number[]): Uint8Array | undefined {
  const { runCount, frontier, eventCount } = graph;
  const costCount = replicas.length + frontier.length;
  if (runCount < SUMMARY_RUN_COUNT_MIN + 8 * costCount) return undefined;
  const writer = new ByteWriter();
  const last = runCount - 1;
  const start = graph.runStart(last);
  for (const replica of replicas) writer.varint(graph.nextSequence(replica));
  writer.varint(runCount);
  writer.varint(replicas.indexOf(graph.runReplica(last)));
  writer.varint(eventCount - start);
  writer.varint(graph.lamportOf(start));
  for (const lv of frontier) writer.varint(eventCount - lv);
  return writer.copy();
}

function loadSummary(bytes: Uint8Array, replicas: readonly string[]): GraphSummary {
  const reader = new ByteReader(bytes);
  const counts = new Map<string, number>();
  let eventCount = 0;
  for (const id of replicas) {
    const count = reader.varint(EVENT_COUNT_MAX);
    counts.set(id, count);
    eventCount += count;
  }
  const runCount = reader.varint(eventCount);
  const lastReplica = replicas[reader.varint(replicas.length)] ?? '';
  const lastStart = eventCount - reader.varint(eventCount);
  const lastLamport = reader.varint(eventCount);
  const frontier: number[] = [];
  while (reader.remaining > 0) frontier.push(eventCount - reader.varint(eventCount));
  return { counts, frontier, runCount, lastStart, lastReplica, lastLamport };
}

/** Of each replica, the last event before `trimmedCount`, ascending. */
function lastTrimmed(graph: CausalGraph, trimmedCount: number): number[] {
  const lastOf = new Map<number, number>();
  for (let run = 0; run < graph.runCount && graph.runStart(run) < trimmedCount; run += 1) {
    lastOf.set(graph.runReplica(run), Math.min(graph.runEnd(run), trimmedCount) - 1);
  }
  return [...lastOf.values()].sort((left, right) => left - right);
}

function saveTrimmed(graph: CausalGraph, log: OperationLog, trimmedCount: number): Uint8Array {
  const writer = new ByteWriter();
  let from = 0;
  for (const lv of lastTrimmed(graph, trimmedCount)) {
    writer.varint(lv + 1 - from);
    writer.varint(cursorOf(log, lv));
    writer.varint(containerOf(log, lv) + 1);
    from = lv + 1;
  }
  return writer.copy();
}

/** What of a history its hashes in a file depend on. */
interface HashExtent {
  readonly trimmedCount: number;
  /** Whether the inserted text is not at hand, so that working out any hash would take long. */
  readonly isKept: boolean;
}

/** Hashes of few events are worked out again when somebody asks. */
function isWritten(first: number, next: number, { isKept }: HashExtent): boolean {
  return isKept || first > 0 || next >= 64;
}

function saveHashes(
  graph: CausalGraph,
  hashes: ChainHashes,
  replicas: readonly number[],
  extent: HashExtent,
): Uint8Array {
  const { trimmedCount } = extent;
  const writer = new ByteWriter();
  const firstOf = new Map<number, number>();
  for (const lv of lastTrimmed(graph, trimmedCount)) {
    firstOf.set(graph.replicaOf(lv), graph.sequenceOf(lv) + 1);
  }
  for (const replica of replicas) {
    const first = firstOf.get(replica) ?? 0;
    const next = graph.nextSequence(replica);
    if (trimmedCount > 0) writer.varint(first);
    if (first > 0) writer.word(hashes.hashAt(replica, first) ?? 0, 4);
    if (isWritten(first, next, extent)) writer.word(hashes.hashAt(replica, next) ?? 0, 4);
  }
  return writer.copy();
}

/**
 * Fills an empty history from the chunks of a file.
 *
 * @param expectedLength - Units of inserted text that the document has kept. Claimed lengths are
 *   compared with it before there are arrays of that length.
 * @throws CorruptBytesError if they make no sense; the history is of no use then.
 */
export function loadHistory(
  { graph, log, hashes }: HistoryParts,
  chunks: Chunks,
  expectedLength: number,
): HistoryFile {
  const head = new ByteReader(chunkOf(chunks, HEAD));
  const trimmedCount = head.varint(2 ** 30);
  const keptLength = head.varint(2 ** 30);
  head.expectEnd();
  if (keptLength !== (trimmedCount > 0 ? 0 : expectedLength)) {
    throw corrupt(`${expectedLength} units of kept text`, keptLength);
  }
  const waiting: Uint8Array[] = [];
  const updates = new ByteReader(chunkOf(chunks, WAITING));
  while (updates.remaining > 0) waiting.push(updates.prefixed());
  if (!chunks.has(GRAPH)) {
    if (trimmedCount > 0 || keptLength > 0) throw corrupt('a graph', 'none');
    return { trimmedCount, keptLength, waiting };
  }
  const table = new ByteReader(chunkOf(chunks, REPLICAS));
  const replicas = readReplicaTable(table);
  table.expectEnd();
  // What is read later must not change until then.
  const past = {
    replicas,
    graph: chunkOf(chunks, GRAPH).slice(),
    operations: chunkOf(chunks, OPERATIONS).slice(),
    keptLength,
    trimmedCount,
  };
  loadGraph(graph, past, chunks.get(SUMMARY));
  const { eventCount } = graph;
  const operations = new ByteReader(past.operations);
  const rowCount = operations.varint(operations.remaining + keptLength);
  readRowColumns(operations);
  operations.expectEnd();
  if (keptLength > 0) {
    log.defer(eventCount, rowCount, (into) => {
      readOperations(graph, into, past);
    });
  } else {
    if (trimmedCount > 0) loadTrimmed(log, chunkOf(chunks, TRIMMED_EVENTS), trimmedCount);
    readOperations(graph, log, past);
  }
  const extent = { trimmedCount, isKept: keptLength > 0 };
  loadHashes(graph, hashes, replicas, chunkOf(chunks, HASHES), extent);
  return { trimmedCount, keptLength, waiting };
}

/** What a file says of events. */
interface FiledEvents {
  readonly replicas: string[];
  readonly graph: Uint8Array;
  readonly operations: Uint8Array;
  readonly keptLength: number;
  readonly trimmedCount: number;
}

function loadGraph(graph: CausalGraph, past: FiledEvents, summary: Uint8Array | undefined): void {
  const read = (into: CausalGraph): void => {
    const { trimmedCount } = past;
    const intake = new EventIntake(into, new OperationLog(into), eventsOf(past), { trimmedCount });
    intake.runGraph();
    if (intake.missing !== undefined) throw corrupt('all events', 'a gap');
  };
  if (summary === undefined) read(graph);
  else graph.defer(loadSummary(summary, past.replicas), read);
}

/** Appends to `log` what the events did that it does not have. */
function readOperations(graph: CausalGraph, log: OperationLog, past: FiledEvents): void {
  graph.open();
  new EventIntake(graph, log, eventsOf(past), {}).runOperations();
}

function eventsOf({ replicas, graph, operations, keptLength }: FiledEvents): IncomingEvents {
  const reader = new ByteReader(operations);
  reader.varint();
  return {
    table: { form: 'whole', ids: replicas },
    pieces: readPieces(graph, replicas.length),
    columns: readRowColumns(reader),
    textLength: keptLength > 0 ? keptLength : -1,
  };
}

function chunkOf(chunks: Chunks, id: number): Uint8Array {
  return chunks.get(id) ?? new Uint8Array(0);
}

function loadTrimmed(log: OperationLog, bytes: Uint8Array, trimmedCount: number): void {
  const reader = new ByteReader(bytes);
  while (reader.remaining > 0) {
    const count = reader.varint(trimmedCount - log.eventCount);
    const cursor = reader.varint(2 ** 30);
    const container = reader.varint(trimmedCount) - 1;
    if (count < 1) throw corrupt('trimmed events', count);
    log.append(TRIMMED, container < 0 ? ROOT : container, count, cursor, 0, 0, -1);
  }
  if (log.eventCount !== trimmedCount) throw corrupt(`${trimmedCount} events`, log.eventCount);
}

function loadHashes(
  graph: CausalGraph,
  hashes: ChainHashes,
  replicas: readonly string[],
  bytes: Uint8Array,
  extent: HashExtent,
): void {
  const reader = new ByteReader(bytes);
  for (const id of replicas) {
    if (reader.remaining === 0) return;
    const replica = graph.indexOfReplica(id);
    if (replica < 0) throw corrupt('an author', id);
    const next = graph.nextSequence(replica);
    const first = extent.trimmedCount > 0 ? reader.varint(next) : 0;
    const firstHash = first > 0 ? reader.word(4) : 0;
    if (!isWritten(first, next, extent)) continue;
    hashes.resume(replica, first, firstHash, next, reader.word(4));
  }
  reader.expectEnd();
}
