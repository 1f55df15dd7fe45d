/**
 * Traces as text: what the command reads, and what any program can write line by line.
 *
 * ```text
 *   sequence,sent_ms,arrived_ms
 *   1,1000,1012.4
 *   2,2000,2010.9
 *   3,3000,
 * ```
 *
 * The first line names the columns, in any order; others are ignored. `sequence` and `arrived_ms`
 * must be there, rows in the order of sequence. A row without a time of arrival was lost, and so
 * was a number that no row has. `sent_ms` may be missing: then heartbeats count as sent on
 * schedule, so that the fastest took no time at all, and delays are those above the least.
 */
import { TraceFormatError } from '../errors.ts';
import { type HeartbeatTrace, heartbeatTrace, traceCountMax } from './trace.ts';

/** How to read a trace. */
export interface TraceTextOptions {
  /** For tables and pictures. */
  readonly name: string;
  /** The interval of the heartbeats in ms, above 0. Default: the median of what the rows show. */
  readonly intervalMs?: number;
}

/** Longer lines are no rows of this table. */
const LINE_MAX = 1_000;

interface Rows {
  readonly sequences: number[];
  /** Empty without such a column. */
  readonly sentAtMs: number[];
  readonly arrivedAtMs: number[];
}

/**
 * Reads a trace from comma-separated values.
 *
 * @param text - As described at the head of this file; at most 5,000,000 rows.
 * @throws TraceFormatError that names the line, if the text is no such table.
 * @throws RangeError if `intervalMs` is out of its range.
 * @remarks O(n log n) time, and about 50 bytes for each row.
 *
 * @example
 * ```ts
 * const text = 'sequence,arrived_ms\n1,1004\n2,2000\n4,4001\n';
 * const trace = parseTrace(text, { name: 'three', intervalMs: 1_000 });
 * trace.lostCount; // => 1
 * [...trace.sentAtMs]; // => [1000, 2000, 3000, 4000]
 * ```
 */
export function parseTrace(text: string, { name, intervalMs }: TraceTextOptions): HeartbeatTrace {
  const rows = parseRows(text);
  const interval = intervalMs ?? medianIntervalMs(rows);
  if (!(interval > 0 && Number.isFinite(interval))) {
    throw new RangeError(`intervalMs: expected a finite number above 0, got ${interval}`);
  }
  const whole = withMissing(rows, interval);
  try {
    return heartbeatTrace(name, interval, {
      sequences: Float64Array.from(whole.sequences),
      sentAtMs: Float64Array.from(whole.sentAtMs),
      arrivedAtMs: Float64Array.from(whole.arrivedAtMs),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TraceFormatError(error.message, { cause: error });
  }
}

/** Writes a trace as `parseTrace` reads it. */
export function printTrace({ sequences, sentAtMs, arrivedAtMs }: HeartbeatTrace): string {
  const lines = ['sequence,sent_ms,arrived_ms'];
  sequences.forEach((sequence, row) => {
    const arrived = arrivedAtMs[row] ?? Infinity;
    lines.push(`${sequence},${sentAtMs[row] ?? 0},${arrived === Infinity ? '' : arrived}`);
  });
  return `${lines.join('\n')}\n`;
}

function parseRows(text: string): Rows {
  const rows: Rows = { sequences: [], sentAtMs: [], arrivedAtMs: [] };
  let columns: Columns | undefined;
  let number = 0;
  for (let from = 0; from < text.length; number += 1) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    if (to - from > LINE_MAX) throw formatError(number, `expected at most ${LINE_MAX} characters`);
    const cells = text.slice(from, to).replace(/\r$/u, '').split(',');
    from = to + 1;
    if (columns === undefined) columns = columnsOf(cells);
    else if (cells.length > 1 || cells[0] !== '') addRow(rows, cells, columns, number);
  }
  if (rows.sequences.length === 0) throw formatError(number, 'expected a row');
  return rows;
}

interface Columns {
  readonly sequence: number;
  /** -1 without such a column. */
  readonly sent: number;
  readonly arrived: number;
}

function columnsOf(cells: readonly string[]): Columns {
  const names = cells.map((cell) =>
    cell
      .replace(/^\ufeff/u, '')
      .trim()
      .toLowerCase(),
  );
  const [sequence, sent, arrived] = ['sequence', 'sent_ms', 'arrived_ms'].map((name) =>
    names.indexOf(name),
  );
  if (sequence === undefined || sequence < 0 || arrived === undefined || arrived < 0) {
    throw formatError(0, 'expected columns sequence and arrived_ms');
  }
  return { sequence, sent: sent ?? -1, arrived };
}

function addRow(rows: Rows, cells: readonly string[], columns: Columns, line: number): void {
  if (rows.sequences.length >= traceCountMax) {
    throw formatError(line, `expected at most ${traceCountMax} rows`);
  }
  const arrived = (cells[columns.arrived] ?? '').trim();
  const sequence = numberIn(cells[columns.sequence], 'sequence', line);
  if (!Number.isSafeInteger(sequence)) {
    throw formatError(line, `expected a safe integer as sequence, got ${sequence}`);
  }
  // Otherwise a few rows could claim millions of missing ones, again and again.
  const last = rows.sequences.at(-1) ?? -Infinity;
  if (sequence <= last) {
    throw formatError(line, `expected a sequence above ${last}, got ${sequence}`);
  }
  rows.sequences.push(sequence);
  rows.arrivedAtMs.push(arrived === '' ? Infinity : numberIn(arrived, 'arrived_ms', line));
  if (columns.sent >= 0) rows.sentAtMs.push(numberIn(cells[columns.sent], 'sent_ms', line));
}

function numberIn(cell: string | undefined, column: string, line: number): number {
  const text = (cell ?? '').trim();
  const value = text === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw formatError(line, `expected a number in ${column}, got '${text.slice(0, 40)}'`);
}

function formatError(line: number, expected: string): TraceFormatError {
  return new TraceFormatError(`line ${line + 1}: ${expected}`);
}

/** What the rows show between two of consecutive numbers; of arrivals if nothing else is known. */
function medianIntervalMs({ sequences, sentAtMs, arrivedAtMs }: Rows): number {
  const times = sentAtMs.length > 0 ? sentAtMs : arrivedAtMs;
  const intervals: number[] = [];
  for (let row = 1; row < times.length; row += 1) {
    const steps = (sequences[row] ?? 0) - (sequences[row - 1] ?? 0);
    const ms = ((times[row] ?? 0) - (times[row - 1] ?? 0)) / steps;
    if (Number.isFinite(ms)) intervals.push(ms);
  }
  intervals.sort((a, b) => a - b);
  const median = intervals[intervals.length >>> 1];
  if (median !== undefined && median > 0) return median;
  throw new TraceFormatError('expected rows that show an interval between heartbeats');
}

/** The rows with those that nobody wrote down because they never came. */
function withMissing(rows: Rows, intervalMs: number): Rows {
  const { sequences, arrivedAtMs } = rows;
  const sentAtMs = rows.sentAtMs.length > 0 ? rows.sentAtMs : scheduled(rows, intervalMs);
  const [first = 0] = sequences;
  const count = (sequences.at(-1) ?? first) - first + 1;
  if (count === sequences.length) return { sequences, sentAtMs, arrivedAtMs };
  if (!(count <= traceCountMax)) {
    throw new TraceFormatError(`expected at most ${traceCountMax} numbers, got ${count}`);
  }
  const whole: Rows = { sequences: [], sentAtMs: [], arrivedAtMs: [] };
  sequences.forEach((sequence, row) => {
    const [before = sequence - 1, sentBefore = 0] = [sequences[row - 1], sentAtMs[row - 1]];
    const sent = sentAtMs[row] ?? 0;
    for (let missing = before + 1; missing < sequence; missing += 1) {
      whole.sequences.push(missing);
      whole.sentAtMs.push(
        sentBefore + ((sent - sentBefore) * (missing - before)) / (sequence - before),
      );
      whole.arrivedAtMs.push(Infinity);
    }
    whole.sequences.push(sequence);
    whole.sentAtMs.push(sent);
    whole.arrivedAtMs.push(arrivedAtMs[row] ?? Infinity);
  });
  return whole;
}

/** Sent on schedule, so that the fastest took no time. */
function scheduled({ sequences, arrivedAtMs }: Rows, intervalMs: number): number[] {
  const offset = arrivedAtMs.reduce(
    (least, arrived, row) => Math.min(least, arrived - (sequences[row] ?? 0) * intervalMs),
    Infinity,
  );
  // The subtraction above may round up: no heartbeat arrives before it was sent.
  return sequences.map((sequence, row) =>
    Math.min(
      sequence * intervalMs + (offset === Infinity ? 0 : offset),
      arrivedAtMs[row] ?? Infinity,
    ),
  );
}
