import type { TraceLine } from './trace.ts';

/** What to draw of a trace. */
export interface ChartOptions {
  /** How many rows at most; the latest are drawn. 1..10 000. The default is 120. */
  readonly rowsMax?: number;
  /** Which lines to draw. By default all but timers, disk operations and sends. */
  readonly shows?: (line: TraceLine) => boolean;
}

/** One row: what happened to which lanes. */
interface Row {
  readonly line: TraceLine;
  /** Lane it happened in, or -1 if it is about no node in particular. */
  readonly lane: number;
  /** Lane of the peer, or -1. */
  readonly peer: number;
  readonly label: string;
}

const hiddenKinds: ReadonlySet<string> = new Set(['timer', 'disk', 'send', 'drained']);
const laneWidth = 14;
/** Texts are cut here, so that no payload or message makes a chart unreadable. */
const labelMax = 96;

/**
 * `lines` as a message-sequence chart in text: a lane for each node, time downwards. An arrow ends
 * where a message arrives, `x` where one is lost, `|` where one is held by a clog.
 *
 * @throws RangeError if `rowsMax` is out of its range.
 */
export function chartText(lines: readonly TraceLine[], options: ChartOptions = {}): string {
  const { lanes, rows, leftOut } = layOut(lines, options);
  const names = lanes.map((lane) => centred(clipped(lane, laneWidth)));
  const head = `${' '.repeat(11)}${names.join('')}`;
  const drawn = rows.map((row) => {
    const time = row.line.atMs.toFixed(1).padStart(10);
    return `${time} ${cellsOf(row, lanes.length)} ${row.label}`.trimEnd();
  });
  const notice = leftOut === 0 ? [] : [`${' '.repeat(11)}(${leftOut} earlier rows left out)`];
  return `${[head, ...notice, ...drawn].join('\n')}\n`;
}

/**
 * `lines` as a message-sequence chart: a self-contained SVG document without scripts.
 *
 * @throws RangeError as `chartText`.
 */
export function chartSvg(lines: readonly TraceLine[], options: ChartOptions = {}): string {
  const { lanes, rows, leftOut } = layOut(lines, options);
  const x = (lane: number): number => 110 + lane * 130;
  const y = (row: number): number => 60 + row * 18;
  const textX = x(lanes.length) - 40;
  const [width, height] = [textX + 640, y(rows.length) + 20];
  const heads = lanes.map(
    (lane, at) =>
      `<text x="${x(at)}" y="20" text-anchor="middle" font-weight="bold">${escaped(lane)}</text>` +
      `<line x1="${x(at)}" y1="28" x2="${x(at)}" y2="${height - 10}" stroke="#bbb"/>`,
  );
  const drawn = rows.map((row, at) => svgRow(row, { y: y(at), x, textX }));
  const notice =
    leftOut === 0 ? '' : `<text x="8" y="44">(${leftOut} earlier rows left out)</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...heads,
    notice,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function layOut(
  lines: readonly TraceLine[],
  { rowsMax = 120, shows = ({ kind }) => !hiddenKinds.has(kind) }: ChartOptions,
): { lanes: readonly string[]; rows: readonly Row[]; leftOut: number } {
  if (!(Number.isInteger(rowsMax) && rowsMax >= 1 && rowsMax <= 10_000)) {
    throw new RangeError(`rowsMax: expected 1..10000, got ${String(rowsMax)}`);
  }
  const shown = lines.filter(shows);
  const last = shown.slice(-rowsMax);
  const lanes = [...new Set(last.flatMap(({ node, peer }) => [node, peer]))]
    .filter((name) => name !== '')
    .sort((left, right) => (left < right ? -1 : 1));
  const rows = last.map((line) => ({
    line,
    lane: lanes.indexOf(line.node),
    peer: lanes.indexOf(line.peer),
    label: clipped(`${line.kind} ${line.detail}`.trim(), labelMax),
  }));
  return { lanes, rows, leftOut: shown.length - last.length };
}

/** How a message that reaches its row ends; undefined for what is no message. */
function arrowEnd({ kind }: TraceLine): string | undefined {
  const ends: ReadonlyMap<string, string> = new Map([
    ['deliver', '>'],
    ['lose', 'x'],
    ['hold', '|'],
  ]);
  return ends.get(kind);
}

function cellsOf({ line, lane, peer }: Row, laneCount: number): string {
  const cells = Array.from({ length: laneCount * laneWidth }, (_, at): string =>
    at % laneWidth === laneWidth / 2 ? '.' : ' ',
  );
  const middle = (at: number): number => at * laneWidth + laneWidth / 2;
  const end = arrowEnd(line);
  if (lane < 0) return cells.map(() => '=').join('');
  cells[middle(lane)] = end === undefined ? 'o' : '*';
  if (end === undefined || peer < 0 || peer === lane) return cells.join('');
  const isRightwards = peer < lane;
  const step = isRightwards ? 1 : -1;
  for (let at = middle(peer); at !== middle(lane); at += step) cells[at] = '-';
  cells[middle(peer)] = 'o';
  cells[middle(lane)] = end === '>' && !isRightwards ? '<' : end;
  return cells.join('');
}

function svgRow(
  { line, lane, peer, label }: Row,
  at: { readonly y: number; readonly x: (lane: number) => number; readonly textX: number },
): string {
  const { x, y, textX } = at;
  const time = `<text x="8" y="${y + 4}" fill="#666">${line.atMs.toFixed(1)}</text>`;
  const text = `<text x="${textX}" y="${y + 4}">${escaped(label)}</text>`;
  if (lane < 0) {
    const band = `<rect x="70" y="${y - 8}" width="${textX - 80}" height="15" fill="#fde0b0"/>`;
    return time + band + text;
  }
  const end = arrowEnd(line);
  if (end === undefined || peer < 0 || peer === lane) {
    return `${time}<circle cx="${x(lane)}" cy="${y}" r="4" fill="#36c"/>${text}`;
  }
  const color = end === '>' ? '#282' : '#c22';
  const tip = x(lane) + (peer < lane ? -8 : 8);
  const shaft = `<line x1="${x(peer)}" y1="${y}" x2="${tip}" y2="${y}" stroke="${color}"/>`;
  const head =
    end === '>'
      ? `<path d="M${x(lane)} ${y} L${tip} ${y - 4} L${tip} ${y + 4} Z" fill="${color}"/>`
      : `<text x="${tip}" y="${y + 4}" text-anchor="middle" fill="${color}">x</text>`;
  return time + shaft + head + text;
}

function centred(text: string): string {
  const left = Math.max(0, Math.ceil((laneWidth + 1 - text.length) / 2));
  return `${' '.repeat(left)}${text}`.padEnd(laneWidth);
}

function clipped(text: string, max: number): string {
  const oneLine = text.replace(/\s+/g, ' ');
  return oneLine.length <= max ? oneLine : `${oneLine.slice(0, max - 1)}…`;
}

/** Safe within XML: no markup, and nothing that XML forbids. */
function escaped(text: string): string {
  const entities: ReadonlyMap<string, string> = new Map([
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
  ]);
  return text
    .toWellFormed()
    .replace(/[^\t\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (sign) => entities.get(sign) ?? sign);
}
