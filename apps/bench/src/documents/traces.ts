/**
 * Recorded typing: what people did to a text, keystroke by keystroke, and what came out.
 *
 * Traces are those of github.com/josephg/editing-traces, CC BY 4.0, in `../shared/data` beside the
 * project or where QUORATE_DATA says. Their positions are Unicode code points; none of them has an
 * astral character, so that they are positions in a string too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { CannotRun } from '../suite.ts';

/** At `position`, `removed` characters go and `inserted` comes. */
export interface Edit {
  readonly position: number;
  readonly removed: number;
  readonly inserted: string;
}

/** Edits of one person, one after the other. */
export interface Trace {
  readonly edits: readonly Edit[];
  readonly endContent: string;
}

/** Edits of one person at a time, each made on what its parents and theirs had done. */
export interface ConcurrentTrace extends Trace {
  readonly agentCount: number;
  /** Who made each edit. */
  readonly agents: readonly number[];
  /** For each edit, the edits right before it. */
  readonly parents: readonly (readonly number[])[];
}

/** Of one person, or of several at a time. */
export type TraceKind = 'sequential' | 'concurrent';

interface RecordedTransaction {
  readonly patches: readonly (readonly [number, number, string])[];
  readonly agent?: number;
  readonly parents?: readonly number[];
}

interface Recorded {
  readonly endContent: string;
  readonly numAgents?: number;
  readonly txns: readonly RecordedTransaction[];
}

const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env['QUORATE_DATA'] ?? join(root, '../shared/data'), 'editing-traces');

/** @throws CannotRun unless the file of the trace is on this machine. */
export function checkTrace(kind: TraceKind, name: string): void {
  const file = fileOf(kind, name);
  if (!existsSync(file)) throw new CannotRun(`no ${file}: set QUORATE_DATA to the folder of data`);
}

/** A trace of one person: `automerge-paper`, `rustcode`, … */
export function sequentialTrace(name: string): Trace {
  const { txns, endContent } = recorded(fileOf('sequential', name));
  return { edits: txns.flatMap(editsOf), endContent };
}

/** A trace of several people, one edit in each transaction. */
export function concurrentTrace(name: string): ConcurrentTrace {
  const { txns, endContent, numAgents } = recorded(fileOf('concurrent', name));
  const edits = txns.flatMap(editsOf);
  if (edits.length !== txns.length || numAgents === undefined) {
    throw new Error(`${name}: expected one edit in each transaction`);
  }
  return {
    edits,
    endContent,
    agentCount: numAgents,
    agents: txns.map(({ agent = 0 }) => agent),
    parents: txns.map(({ parents = [] }) => parents),
  };
}

/** What `edits` make of an empty text, the slow and obvious way. */
export function replayed(edits: readonly Edit[]): string {
  let text = '';
  for (const { position, removed, inserted } of edits) {
    text = text.slice(0, position) + inserted + text.slice(position + removed);
  }
  return text;
}

function editsOf({ patches }: RecordedTransaction): readonly Edit[] {
  return patches.map(([position, removed, inserted]) => ({ position, removed, inserted }));
}

function fileOf(kind: TraceKind, name: string): string {
  return join(folder, kind, `${name}.json.gz`);
}

function recorded(file: string): Recorded {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Recorded;
}
