/**
 * Heartbeats as they were sent and as they arrived: what detectors are compared on.
 *
 * To compare two detectors, let them see the same heartbeats. A trace holds them in columns, since
 * a week of them is millions: the sender's number, when it left, when it arrived or that it never
 * did. Both times are of one clock, which a simulation has and a recording nearly has; a constant
 * offset between two clocks shifts all detection times alike and changes no comparison.
 *
 * A detector sees only heartbeats that no later one overtook: whoever drives it drops the others,
 * since news that is older than what one knows is none. `delivered` lists what is left.
 *
 * ```text
 *   sequence  1    2    3     4     5            delivered: 1, 2, 5
 *   sent      0  100  200   300   400
 *   arrived   7  108   -    530   409            3 was lost, 4 was overtaken by 5
 * ```
 */

/** The columns of a trace, all of one length; a row is a heartbeat, in the order of sending. */
export interface TraceColumns {
  /** The sender's numbers: safe integers, each more than the one before. */
  readonly sequences: Float64Array;
  /** When each was sent, in ms; never falling. */
  readonly sentAtMs: Float64Array;
  /** When each arrived, in ms, not before it was sent; `Infinity` if it never did. */
  readonly arrivedAtMs: Float64Array;
}

/** Heartbeats of one peer, as they were sent and as they arrived. */
export interface HeartbeatTrace extends TraceColumns {
  /** For tables and pictures. */
  readonly name: string;
  /** One heartbeat was due every so many ms. */
  readonly intervalMs: number;
  /** Rows that arrived before any later one did, in the order of arrival. */
  readonly delivered: Uint32Array;
  /** Rows that never arrived. */
  readonly lostCount: number;
  /** Rows that arrived after a later one. */
  readonly overtakenCount: number;
}

/** Heartbeats that a trace may hold: at one a second, two months. */
export const traceCountMax = 5_000_000;

/**
 * A trace of `columns`, checked.
 *
 * @param name - For tables and pictures.
 * @param intervalMs - More than 0.
 * @param columns - Kept, not copied: leave them as they are from here on.
 * @throws RangeError if a row breaks a rule of its column, and names the row.
 * @remarks O(n log n) time.
 *
 * @example
 * ```ts
 * const trace = heartbeatTrace('three', 100, {
 *   sequences: Float64Array.of(1, 2, 3),
 *   sentAtMs: Float64Array.of(0, 100, 200),
 *   arrivedAtMs: Float64Array.of(7, Infinity, 209),
 * });
 * [...trace.delivered]; // => [0, 2]
 * trace.lostCount; // => 1
 * ```
 */
export function heartbeatTrace(
  name: string,
  intervalMs: number,
  columns: TraceColumns,
): HeartbeatTrace {
  if (!(intervalMs > 0 && Number.isFinite(intervalMs))) {
    throw new RangeError(`intervalMs: expected a finite number above 0, got ${intervalMs}`);
  }
  const count = columns.sequences.length;
  if (count < 1 || count > traceCountMax) {
    throw new RangeError(`sequences: expected 1..${traceCountMax} heartbeats, got ${count}`);
  }
  for (const column of ['sentAtMs', 'arrivedAtMs'] as const) {
    const { length } = columns[column];
    if (length !== count) throw new RangeError(`${column}: expected ${count} rows, got ${length}`);
  }
  for (let row = 0; row < count; row += 1) checkRow(columns, row);
  const order = arrivalOrder(columns.arrivedAtMs);
  const delivered = withoutOvertaken(order);
  return {
    name,
    intervalMs,
    sequences: columns.sequences,
    sentAtMs: columns.sentAtMs,
    arrivedAtMs: columns.arrivedAtMs,
    delivered,
    lostCount: count - order.length,
    overtakenCount: order.length - delivered.length,
  };
}

function checkRow({ sequences, sentAtMs, arrivedAtMs }: TraceColumns, row: number): void {
  const sequence = sequences[row] ?? NaN;
  const sent = sentAtMs[row] ?? NaN;
  const arrived = arrivedAtMs[row] ?? NaN;
  const previous = row === 0 ? -Infinity : (sequences[row - 1] ?? NaN);
  if (!Number.isSafeInteger(sequence) || !(sequence > previous)) {
    const expected = `a safe integer above ${previous}`;
    throw new RangeError(`sequences[${row}]: expected ${expected}, got ${sequence}`);
  }
  const sentBefore = row === 0 ? -Infinity : (sentAtMs[row - 1] ?? NaN);
  if (!Number.isFinite(sent) || !(sent >= sentBefore)) {
    throw new RangeError(`sentAtMs[${row}]: expected at least ${sentBefore}, got ${sent}`);
  }
  if (!(arrived >= sent)) {
    throw new RangeError(`arrivedAtMs[${row}]: expected at least ${sent}, got ${arrived}`);
  }
}

/** The rows that arrived, first come first; of one instant, first sent first. */
function arrivalOrder(arrivedAtMs: Float64Array): Uint32Array {
  const rows = new Uint32Array(arrivedAtMs.length);
  let count = 0;
  let isSorted = true;
  let last = -Infinity;
  for (let row = 0; row < arrivedAtMs.length; row += 1) {
    const arrived = arrivedAtMs[row] ?? Infinity;
    if (arrived === Infinity) continue;
    rows[count] = row;
    count += 1;
    isSorted &&= arrived >= last;
    last = arrived;
  }
  const arrived = rows.subarray(0, count);
  if (isSorted) return arrived;
  return arrived.sort((a, b) => (arrivedAtMs[a] ?? 0) - (arrivedAtMs[b] ?? 0));
}

function withoutOvertaken(order: Uint32Array): Uint32Array {
  let newest = -1;
  return order.filter((row) => {
    const isNews = row > newest;
    if (isNews) newest = row;
    return isNews;
  });
}
