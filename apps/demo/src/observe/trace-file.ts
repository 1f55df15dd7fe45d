/**
 * A trace as a file: one JSON object a line, the same whatever the nodes ran on.
 *
 *     {"seq":7,"at":1795970326031.5,"hlc":[1795970326031,32],"vc":{"n1.k3":7},"node":"n1",
 *      "life":"n1.k3","kind":"send","type":"heartbeat","peer":"n2","bytes":24,"key":"raft"}
 *
 * `seq` counts the events of a life of a node: its own part of `vc`. `key` is the protocol.
 * Files come from strangers: what is read is bounded, and a line that does not fit is refused.
 */
import * as v from 'valibot';

import type { TraceEntry } from './trace.ts';

const CHARACTERS_MAX = 100_000_000;
const LINES_MAX = 200_000;
const LINE_CHARACTERS_MAX = 20_000;
const PROBLEMS_SHOWN_MAX = 20;
/** Of a clock, or of the fields of a message. */
const NAMES_MAX = 100;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const scalar = v.union([v.number(), v.boolean(), v.pipe(v.string(), v.maxLength(1_000))]);

const lineSchema = v.strictObject({
  seq: whole,
  at: v.number(),
  hlc: v.strictTuple([whole, whole]),
  vc: v.pipe(v.record(name, whole), v.maxEntries(NAMES_MAX)),
  node: name,
  life: name,
  kind: v.picklist(['send', 'recv', 'drop']),
  type: name,
  peer: name,
  bytes: whole,
  key: name,
  msgId: v.optional(v.pipe(v.string(), v.maxLength(200))),
  detail: v.optional(v.pipe(v.record(name, scalar), v.maxEntries(NAMES_MAX))),
});

/** A line that is refused. */
export interface LineProblem {
  /** From 1 on. */
  readonly line: number;
  readonly detail: string;
}

/** What a file says. */
export interface ParsedTrace {
  /** In the order of the file. */
  readonly entries: readonly TraceEntry[];
  readonly problemCount: number;
  /** The first of them. */
  readonly problems: readonly LineProblem[];
}

/** An entry as one line, without its end. @param msgId - Of its message, where that is known. */
export function traceLine(entry: TraceEntry, msgId?: string): string {
  const { node, kind, peer, protocol, type, sizeBytes, wallMs, counter, process, clock } = entry;
  return JSON.stringify({
    seq: clock[process] ?? 0,
    at: wallMs + counter / 65_536,
    hlc: [wallMs, counter],
    vc: clock,
    ...{ node, life: process },
    kind: kind === 'receive' ? 'recv' : kind,
    ...{ type, peer, bytes: sizeBytes, key: protocol },
    ...(msgId !== undefined && { msgId }),
    ...(entry.detail !== undefined && { detail: entry.detail }),
  });
}

/** Reads a file. Never throws. O(length of `text`). */
export function parseTrace(text: string): ParsedTrace {
  if (text.length > CHARACTERS_MAX) {
    const detail = `expected at most ${CHARACTERS_MAX} characters, got ${text.length}`;
    return { entries: [], problemCount: 1, problems: [{ line: 1, detail }] };
  }
  const entries: TraceEntry[] = [];
  const problems: LineProblem[] = [];
  let problemCount = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const entry = entries.length < LINES_MAX ? entryOf(line) : `more than ${LINES_MAX} lines`;
    if (typeof entry !== 'string') {
      entries.push(entry);
      continue;
    }
    problemCount += 1;
    if (problems.length < PROBLEMS_SHOWN_MAX) problems.push({ line: index + 1, detail: entry });
    if (entries.length >= LINES_MAX) break;
  }
  return { entries, problemCount, problems };
}

/** The entry, or what is wrong with the line. */
function entryOf(line: string): TraceEntry | string {
  if (line.length > LINE_CHARACTERS_MAX) return `more than ${LINE_CHARACTERS_MAX} characters`;
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch {
    return 'no JSON';
  }
  const parsed = v.safeParse(lineSchema, document);
  if (!parsed.success) {
    const [{ message, path }] = parsed.issues;
    const field = path?.map(({ key }) => String(key)).join('.') ?? '';
    return `${field === '' ? '' : `${field}: `}${message}`.slice(0, 200);
  }
  const { seq, hlc, vc, node, life, kind, type, peer, bytes, key, detail } = parsed.output;
  if (vc[life] !== seq) return `vc: expected ${life} to be at seq ${seq}`;
  return {
    kind: kind === 'recv' ? 'receive' : kind,
    ...{ node, peer, protocol: key, type, sizeBytes: bytes },
    ...{ wallMs: hlc[0], counter: hlc[1], process: life, clock: vc },
    ...(detail !== undefined && { detail }),
  };
}

/**
 * A log for ShiViz, with the expression that reads it on top.
 *
 * Clocks count only the events that are given: ShiViz takes no gaps, be they from what is left out
 * or from before the first event.
 *
 * Source: Beschastnikh et al., "Visualizing distributed system executions", TOSEM 2020.
 */
export function shivizLog(entries: readonly TraceEntry[]): string {
  const counted = countedClocks(entries);
  const lines = entries.map(({ process, kind, type, node, peer }, index) => {
    const text = kind === 'receive' ? `${type} from ${peer}` : `${kind} ${type} to ${peer}`;
    return `${process} ${JSON.stringify(counted[index])}\n${node} ${text}`;
  });
  return [String.raw`(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`, '', ...lines, ''].join('\n');
}

/** For each event, how many of `entries` of each life came before it, itself included. */
function countedClocks(
  entries: readonly TraceEntry[],
): readonly Readonly<Record<string, number>>[] {
  const counts = new Map<string, number[]>();
  for (const { process, clock } of entries) {
    const of = counts.get(process) ?? [];
    of.push(clock[process] ?? 0);
    counts.set(process, of);
  }
  for (const of of counts.values()) of.sort((left, right) => left - right);
  return entries.map(({ clock }) => {
    const known = Object.entries(clock).map(
      ([life, count]) => [life, countUpTo(counts.get(life) ?? [], count)] as const,
    );
    return Object.fromEntries(known.filter(([, count]) => count > 0));
  });
}

/** How many of `sorted` are at most `value`. */
function countUpTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
