/**
 * Traces out of tables of round-trip times, as measurements of the Internet are published: a line
 * for each time slice, a column for each link, seconds in the cells.
 *
 * ```text
 *   slice,34-5,56-78
 *   1,0.3,0.33
 *   2,0.3,0.48
 * ```
 *
 * A link becomes a peer that sends one heartbeat for each slice, and a heartbeat takes half a round
 * trip. Absolute figures mean little then; that delays of real links persist, jump and have fat
 * tails is what a generator is easily wrong about.
 */
import { TraceFormatError } from '../errors.ts';
import { type HeartbeatTrace, heartbeatTrace } from './trace.ts';

/** Cells that a table may have. */
const CELLS_MAX = 5_000_000;

/**
 * Reads one trace for each link of a table of round-trip times.
 *
 * @param text - As described at the head of this file; an empty cell is a heartbeat lost. At most
 *   5,000,000 cells.
 * @param intervalMs - One heartbeat is sent every so many ms; above 0.
 * @throws TraceFormatError that names the line, if the text is no such table.
 * @throws RangeError if `intervalMs` is out of its range.
 *
 * @example
 * ```ts
 * const [link] = parseRoundTrips('slice,a-b\n1,0.3\n2,0.4\n', 1_000);
 * link?.name; // => 'a-b'
 * [...(link?.arrivedAtMs ?? [])]; // => [1150, 2200]
 * ```
 */
export function parseRoundTrips(text: string, intervalMs: number): readonly HeartbeatTrace[] {
  const [head = '', ...lines] = text.split(/\r?\n/u, CELLS_MAX);
  const links = head.split(',').slice(1);
  const rows = lines.filter((line) => line !== '').map((line) => line.split(',', links.length + 2));
  if (links.length === 0 || rows.length === 0) {
    throw new TraceFormatError('line 1: expected a column and a row for at least one link');
  }
  if (links.length * rows.length > CELLS_MAX) {
    throw new TraceFormatError(`expected at most ${CELLS_MAX} cells`);
  }
  const ragged = rows.findIndex((cells) => cells.length !== links.length + 1);
  if (ragged >= 0) {
    throw new TraceFormatError(`line ${ragged + 2}: expected ${links.length + 1} cells`);
  }
  return links.map((link, index) => {
    const sentAtMs = Float64Array.from(rows, (_, row) => (row + 1) * intervalMs);
    return heartbeatTrace(link, intervalMs, {
      sequences: Float64Array.from(rows, (_, row) => row + 1),
      sentAtMs,
      arrivedAtMs: sentAtMs.map((sent, row) => sent + delayMs(rows[row]?.[index + 1], row)),
    });
  });
}

function delayMs(cell = '', row: number): number {
  const seconds = cell.trim() === '' ? Infinity : Number(cell);
  if (seconds >= 0) return 500 * seconds;
  throw new TraceFormatError(`line ${row + 2}: expected seconds, got '${cell.slice(0, 40)}'`);
}
