/**
 * What is measured of texts, each figure in a process of its own: modules and WebAssembly are
 * loaded, files are read and parsed before; the text is read and compared within the measured time,
 * since that is when lazy work would come out.
 */
import { join } from 'node:path';
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';

import type { Sample } from '../suite.ts';
import type { DocumentLibrary, LibraryDocument } from './library.ts';
import { cpuMsOf, megabytesOf } from './measured.ts';
import {
  type ConcurrentTrace,
  concurrentTrace,
  type Edit,
  replayed,
  sequentialTrace,
  type Trace,
} from './traces.ts';
import { readUpdates, writeUpdates } from './update-file.ts';

/** What one process is to measure. */
export interface TextRequest {
  readonly figure: keyof typeof textFigures;
  /** A file of recorded edits, without its ending. */
  readonly trace: string;
  readonly isConcurrent: boolean;
  /** Only the first edits of a trace, for who takes too long over all. */
  readonly editsMax: number;
  /** Where `prepare` leaves what the other figures read. */
  readonly folder: string;
}

interface Work {
  readonly library: DocumentLibrary;
  readonly request: TextRequest;
}

/** The figures by name. The keys of what they return are the names of metrics. */
export const textFigures = {
  prepare,
  type: (work: Work): Sample => typeEach(work, work.library.create(0)),
  typeWithUpdates,
  typeAtOnce,
  applyEach: (work: Work): Sample =>
    applied(work, (document, updates) => {
      for (const update of updates) document.apply(update);
    }),
  applyAll: (work: Work): Sample =>
    applied(work, (document, updates) => document.applyAll(updates)),
  save,
  load,
  firstEdit,
  memoryOfTyped,
  memoryOfLoaded,
} as const satisfies Record<string, (work: Work) => Sample>;

function traceOf({ trace, isConcurrent, editsMax }: TextRequest): Trace {
  const whole = isConcurrent ? concurrentTrace(trace) : sequentialTrace(trace);
  if (whole.edits.length <= editsMax) return whole;
  const edits = whole.edits.slice(0, editsMax);
  return { edits, endContent: replayed(edits) };
}

function edit(document: LibraryDocument, { position, removed, inserted }: Edit): void {
  if (removed > 0) document.remove(position, removed);
  if (inserted !== '') document.insert(position, inserted);
}

/** A replacement is one edit, as it is for who types it. */
function editOnce(document: LibraryDocument, one: Edit): void {
  if (one.removed > 0 && one.inserted !== '') document.transact(() => edit(document, one));
  else edit(document, one);
}

function expectText(document: LibraryDocument, expected: string): void {
  if (document.text() !== expected) throw new Error('text: expected that of the trace');
}

function typeEach({ request }: Work, document: LibraryDocument): Sample {
  const { edits, endContent } = traceOf(request);
  const cpuMs = cpuMsOf(() => {
    for (const one of edits) editOnce(document, one);
    expectText(document, endContent);
  });
  return { 'CPU per edit': (cpuMs * 1_000) / edits.length };
}

function typeWithUpdates(work: Work): Sample {
  let count = 0;
  let sizeBytes = 0;
  const document = work.library.create(0, (update) => {
    count += 1;
    sizeBytes += update.length;
  });
  const sample = typeEach(work, document);
  return { ...sample, 'bytes per update': sizeBytes / count };
}

function typeAtOnce({ library, request }: Work): Sample {
  const { edits, endContent } = traceOf(request);
  const document = library.create(0);
  const cpuMs = cpuMsOf(() => {
    document.transact(() => {
      for (const one of edits) edit(document, one);
    });
    expectText(document, endContent);
  });
  return { 'CPU per edit': (cpuMs * 1_000) / edits.length };
}

const updatesFile = ({ folder }: TextRequest): string => join(folder, 'updates');
const documentFile = ({ folder }: TextRequest): string => join(folder, 'document');

/** Leaves the updates of each edit, and the document with all of them. */
function prepare({ library, request }: Work): Sample {
  const { trace, isConcurrent } = request;
  const updates = isConcurrent
    ? updatesOfAll(library, concurrentTrace(trace))
    : updatesOfOne(library, traceOf(request).edits);
  writeUpdates(updatesFile(request), updates);
  writeFileSync(documentFile(request), written(library, request).save());
  return { updates: updates.length };
}

/** The document of a whole trace, edit by edit where that ends. */
function written(library: DocumentLibrary, request: TextRequest): LibraryDocument {
  const { edits, endContent } = traceOf({ ...request, editsMax: Number.POSITIVE_INFINITY });
  const document = library.create(9);
  if (request.isConcurrent) {
    document.applyAll(readUpdates(updatesFile(request)));
  } else if (request.editsMax < edits.length) {
    document.transact(() => {
      for (const one of edits) edit(document, one);
    });
  } else {
    for (const one of edits) editOnce(document, one);
  }
  expectText(document, endContent);
  return document;
}

function updatesOfOne(library: DocumentLibrary, edits: readonly Edit[]): readonly Uint8Array[] {
  const updates: Uint8Array[] = [];
  const document = library.create(0, (update) => void updates.push(update));
  for (const one of edits) editOnce(document, one);
  return updates;
}

/** Each agent is a replica that gets just what it lacks of an edit's past before it makes it. */
function updatesOfAll(library: DocumentLibrary, trace: ConcurrentTrace): readonly Uint8Array[] {
  const { edits, agents, parents, agentCount } = trace;
  const updates: Uint8Array[] = [];
  const replicas = Array.from({ length: agentCount }, (_, agent) => ({
    document: library.create(agent, (update) => void updates.push(update)),
    known: new Uint8Array(edits.length),
  }));
  edits.forEach((one, index) => {
    const replica = replicas[agents[index] ?? -1];
    if (replica === undefined) throw new Error(`agent of edit ${index}: expected one`);
    for (const missing of missingOf(replica.known, parents[index] ?? [], parents)) {
      replica.document.apply(updates[missing] ?? new Uint8Array());
      replica.known[missing] = 1;
    }
    editOnce(replica.document, one);
    replica.known[index] = 1;
    if (updates.length !== index + 1) throw new Error(`updates: expected one of edit ${index}`);
  });
  return updates;
}

/** `parents` and their past, as far as it is not known, the oldest first. */
function missingOf(
  known: Uint8Array,
  direct: readonly number[],
  parents: readonly (readonly number[])[],
): readonly number[] {
  const missing = new Set<number>();
  const open = [...direct];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (known[next] === 1 || missing.has(next)) continue;
    missing.add(next);
    open.push(...(parents[next] ?? []));
  }
  return [...missing].toSorted((left, right) => left - right);
}

function applied(
  { library, request }: Work,
  apply: (document: LibraryDocument, updates: readonly Uint8Array[]) => void,
): Sample {
  const { endContent } = traceOf(request);
  const updates = readUpdates(updatesFile(request));
  const document = library.create(9);
  const cpuMs = cpuMsOf(() => {
    apply(document, updates);
    expectText(document, endContent);
  });
  return { 'CPU per update': (cpuMs * 1_000) / updates.length };
}

function opened({ library, request }: Work): () => LibraryDocument {
  const bytes = new Uint8Array(readFileSync(documentFile(request)));
  return () => library.load(bytes, 7);
}

function save({ library, request }: Work): Sample {
  const document = written(library, request);
  const saved: Uint8Array[] = [];
  const cpuMs = cpuMsOf(() => void saved.push(document.save()));
  const [bytes = new Uint8Array()] = saved;
  return {
    CPU: cpuMs,
    size: bytes.length,
    'deflated size': deflateRawSync(bytes, { level: 9 }).length,
  };
}

function load(work: Work): Sample {
  const { endContent } = traceOf({ ...work.request, editsMax: Number.POSITIVE_INFINITY });
  const open = opened(work);
  const cpuMs = cpuMsOf(() => expectText(open(), endContent));
  return { CPU: cpuMs };
}

function firstEdit(work: Work): Sample {
  const open = opened(work);
  let document: LibraryDocument | undefined;
  const loadMs = cpuMsOf(() => {
    document = open();
    document.text();
  });
  const middle = (document?.text().length ?? 0) >> 1;
  const cpuMs = cpuMsOf(() => document?.insert(middle, 'x'));
  return { 'CPU of the edit': cpuMs, 'CPU with the load': loadMs + cpuMs };
}

function memoryOfTyped({ library, request }: Work): Sample {
  const { edits, endContent } = traceOf(request);
  const memory = megabytesOf(() => {
    const document = library.create(0);
    for (const one of edits) editOnce(document, one);
    return document;
  });
  return { memory: endContent === '' ? Number.NaN : memory };
}

function memoryOfLoaded(work: Work): Sample {
  const open = opened(work);
  return { memory: megabytesOf(open) };
}
