/**
 * What a chart shows of a trace: which lines, in which words, and which of them only as a count.
 *
 * A run of a protocol is mostly the same few messages over and over: heartbeats, their answers,
 * what is sent again because it was lost. A person looks for what is new. So a row that says what
 * its link has said of late counts as a repeat, and repeats become a line now and then that says
 * how many there were, between whom, and what they said. What is left is cut in the middle: the
 * beginning tells who is who, and the end is what the chart is drawn for.
 */
import type { TraceLine } from './trace.ts';

/** What to draw of a trace. */
export interface ChartOptions {
  /**
   * How many rows at most, 1..10 000. The default is 120. Of more, the first quarter and the latest
   * are drawn.
   */
  readonly rowsMax?: number;
  /**
   * Which lines to draw. By default all but timers, disk operations, sends, news that a peer is
   * there, and faults that show in the line of the node they strike.
   */
  readonly shows?: (line: TraceLine) => boolean;
}

/** How a message that reaches its row ends: it arrives, is lost, or is held back. */
export type ArrowEnd = 'arrives' | 'lost' | 'held';

/** One row of a chart, about lanes by place. */
export type ChartRow =
  | {
      readonly shape: 'message';
      readonly atMs: number;
      readonly from: number;
      readonly to: number;
      readonly end: ArrowEnd;
      readonly label: string;
    }
  /** Something that happens to one node; `line` is what kind of line says so. */
  | {
      readonly shape: 'mark';
      readonly atMs: number;
      readonly lane: number;
      readonly line: TraceLine['kind'];
      readonly label: string;
    }
  /** Something that is about no node in particular. */
  | { readonly shape: 'band'; readonly atMs: number; readonly label: string }
  /** Rows that are not drawn. */
  | { readonly shape: 'gap'; readonly label: string }
  /** The promise that was broken. */
  | { readonly shape: 'broken'; readonly atMs: number; readonly label: string };

/** The lanes by name, and what happens to them from top to bottom. */
export interface ChartRows {
  readonly lanes: readonly string[];
  readonly rows: readonly ChartRow[];
}

/** So many labels of a link are remembered: a row that says one of them again is a repeat. */
const memorySize = 4;

/** The latest rows are drawn in full, whatever they repeat: they are what it is about. */
const unfoldedCount = 4;

/** With fewer repeats than this no line is spent on them yet, but at a fault and at the end. */
const gapMin = 8;

/** Faults that show by themselves, in a line of the node that they strike. */
const plainFaults = /^\{"kind":"(?:crash|restart|stop|pause|resume)"/;

const hiddenKinds: ReadonlySet<string> = new Set([
  'timer',
  'disk',
  'send',
  'drained',
  'ready',
  'peerUp',
]);

function showsUsual({ kind, detail }: TraceLine): boolean {
  return !hiddenKinds.has(kind) && !(kind === 'fault' && plainFaults.test(detail));
}

/**
 * The rows of `lines`.
 *
 * @throws RangeError if `rowsMax` is out of its range.
 */
export function chartRows(
  lines: readonly TraceLine[],
  { rowsMax = 120, shows = showsUsual }: ChartOptions = {},
): ChartRows {
  if (!(Number.isInteger(rowsMax) && rowsMax >= 1 && rowsMax <= 10_000)) {
    throw new RangeError(`rowsMax: expected 1..10000, got ${String(rowsMax)}`);
  }
  const shown = lines.filter(shows);
  const lanes = [...new Set(shown.flatMap(({ node, peer }) => [node, peer]))]
    .filter((name) => name !== '')
    .sort((left, right) => (left < right ? -1 : 1));
  const rows = shown.map((line) => rowOf(line, lanes));
  return { lanes, rows: cut(fold(rows, lanes), rowsMax) };
}

function rowOf(line: TraceLine, lanes: readonly string[]): ChartRow {
  const { atMs, kind, node, peer } = line;
  const label = labelOf(line);
  const [lane, other] = [lanes.indexOf(node), lanes.indexOf(peer)];
  if (kind === 'broken') return { shape: 'broken', atMs, label };
  if (lane < 0) return { shape: 'band', atMs, label };
  const end = arrowEndOf(line);
  if (end === undefined || other < 0 || other === lane) {
    return { shape: 'mark', atMs, lane, line: kind, label };
  }
  // Who refuses a message is its sender.
  const [from, to] = kind === 'refuse' ? [lane, other] : [other, lane];
  return { shape: 'message', atMs, from, to, end, label };
}

function arrowEndOf({ kind }: TraceLine): ArrowEnd | undefined {
  switch (kind) {
    case 'deliver':
      return 'arrives';
    case 'lose':
    case 'refuse':
      return 'lost';
    case 'hold':
      return 'held';
    default:
      return undefined;
  }
}

function labelOf(line: TraceLine): string {
  const { kind, peer, mark, detail, said } = line;
  switch (kind) {
    case 'deliver':
      return said ?? detail;
    case 'hold':
      return `${said ?? detail} (held)`;
    case 'lose':
      return `${said ?? 'message'} (lost: ${detail})`;
    case 'refuse':
      return `${said ?? 'message'} (refused: ${detail})`;
    case 'start':
      return mark > 1 ? `starts again, life ${mark}` : 'starts';
    case 'exit':
      return 'stops';
    case 'crash':
      return `crashes (${detail})`;
    case 'pause':
      return 'stands still';
    case 'resume':
      return 'goes on';
    case 'peerUp':
      return `${peer} is there`;
    case 'peerDown':
      return `${peer} is gone (${detail})`;
    case 'fault':
      return faultLabel(detail);
    case 'error':
      return `throws: ${detail}`;
    case 'note':
    case 'broken':
      return detail;
    default:
      return `${kind} ${said ?? detail}`.trim();
  }
}

/** A fault in words: `partition left n1, right n2 n3`. */
function faultLabel(json: string): string {
  const fault = parsed(json);
  if (typeof fault !== 'object' || fault === null || !('kind' in fault)) return json;
  const { kind, ...fields } = fault;
  const words = Object.entries(fields).map(([name, value]: [string, unknown]) => {
    const text = Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
    return name === 'node' ? text : `${name} ${text}`;
  });
  return `${String(kind)} ${words.join(', ')}`.replaceAll('"', '').trim();
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What each link has said of late. */
class Memory {
  readonly #said = new Map<string, string[]>();

  /** Whether `row` says again what its link, or its node, has just said. */
  isRepeat(row: ChartRow): boolean {
    switch (row.shape) {
      case 'message':
        return this.#hears(`${row.from}>${row.to}`, row.label);
      case 'mark':
        if (row.line === 'note' || row.line === 'peerDown') {
          return this.#hears(`${row.lane}`, row.label);
        }
        // A new life, or the end of one: what follows is news.
        this.#said.clear();
        return false;
      default:
        this.#said.clear();
        return false;
    }
  }

  #hears(speaker: string, label: string): boolean {
    const said = this.#said.get(speaker) ?? [];
    if (said.includes(label)) return true;
    this.#said.set(speaker, [...said.slice(1 - memorySize), label]);
    return false;
  }
}

/** Repeats become gaps. */
function fold(rows: readonly ChartRow[], lanes: readonly string[]): readonly ChartRow[] {
  const memory = new Memory();
  const folded: ChartRow[] = [];
  let repeats: ChartRow[] = [];
  const tailStart = rows.length - unfoldedCount;
  rows.forEach((row, at) => {
    const isRepeat = memory.isRepeat(row);
    const isTurn = at === tailStart || row.shape === 'band';
    if (repeats.length > 0 && (isTurn || (!isRepeat && repeats.length >= gapMin))) {
      folded.push({ shape: 'gap', label: gapLabel(repeats, lanes) });
      repeats = [];
    }
    if (isRepeat && at < tailStart) repeats.push(row);
    else folded.push(row);
  });
  return folded;
}

function gapLabel(rows: readonly ChartRow[], lanes: readonly string[]): string {
  const counts = new Map<string, number>();
  const places = new Set<number>();
  for (const row of rows) {
    counts.set(row.label, (counts.get(row.label) ?? 0) + 1);
    if (row.shape === 'message') places.add(row.from).add(row.to);
    if (row.shape === 'mark') places.add(row.lane);
  }
  const names = lanes.filter((_, lane) => places.has(lane)).join(', ');
  const count = `${rows.length} ${rows.length === 1 ? 'repeat' : 'repeats'}`;
  const most = [...counts].sort(([, left], [, right]) => right - left);
  const said = most.slice(0, 3).map(([label, count]) => `${count} x ${label}`);
  const rest = most.length > said.length ? ['and others'] : [];
  return `${count}, ${names}: ${[...said, ...rest].join('; ')}`;
}

/** The first and the latest of `rows`, `rowsMax` in all. */
function cut(rows: readonly ChartRow[], rowsMax: number): readonly ChartRow[] {
  if (rows.length <= rowsMax) return rows;
  const headCount = Math.floor(rowsMax / 4);
  const leftOut = rows.length - rowsMax;
  const label = `${leftOut} ${leftOut === 1 ? 'row' : 'rows'} left out`;
  const tail = rows.slice(headCount + leftOut);
  return [...rows.slice(0, headCount), { shape: 'gap', label }, ...tail];
}
