import { type ArrowEnd, type ChartOptions, type ChartRow, chartRows } from './chart-rows.ts';
import type { TraceLine } from './trace.ts';

/** Columns of a chart in text. */
const textWidth = 100;
/** Columns of a row's time, and of the space behind it. */
const timeWidth = 11;
/** No label of a text is cut to less than this. */
const labelMin = 30;
/** What broke is told in full, up to this. */
const brokenMax = 800;
/** Characters of a label in an SVG. */
const svgLabelMax = 76;

/**
 * `lines` as a message-sequence chart in text: a lane for each node, time downwards.
 *
 * @remarks An arrow ends where a message arrives, `x` where one is lost, `|` where one is held by a
 * clog. `o` is something that happens to a node, `=` something about none of them. What links say
 * again and again is counted, not drawn. At most 100 columns for up to nine nodes.
 *
 * @throws RangeError if `rowsMax` is out of its range.
 */
export function chartText(lines: readonly TraceLine[], options: ChartOptions = {}): string {
  const { lanes, rows } = chartRows(lines, options);
  const laneWidth = laneWidthOf(lanes);
  const names = lanes.map((lane) => centred(clipped(lane, laneWidth - 1), laneWidth));
  const head = `${' '.repeat(timeWidth)}${names.join('')}`.trimEnd();
  const drawn = rows.flatMap((row) => textRows(row, lanes.length, laneWidth));
  return `${[head, ...drawn].join('\n')}\n`;
}

function laneWidthOf(lanes: readonly string[]): number {
  const longest = Math.max(0, ...lanes.map(({ length }) => length));
  const roomy = Math.max(longest + 2, Math.min(10, Math.floor(42 / lanes.length)), 6);
  return Math.min(
    roomy,
    Math.max(6, Math.floor((textWidth - timeWidth - labelMin) / lanes.length)),
  );
}

function textRows(row: ChartRow, laneCount: number, laneWidth: number): readonly string[] {
  const width = laneCount * laneWidth;
  const labelMax = Math.max(labelMin, textWidth - timeWidth - width - 1);
  const indent = ' '.repeat(timeWidth);
  switch (row.shape) {
    case 'gap':
      return [`${indent}${clipped(`... ${row.label}`, textWidth - timeWidth)}`];
    case 'broken': {
      const rule = `${timeOf(row.atMs)} ${'#'.repeat(width)} broken`;
      const told = wrapped(clipped(row.label, brokenMax), textWidth - timeWidth);
      return [rule, ...told.map((part) => indent + part)];
    }
    case 'band': {
      const label = clipped(row.label, labelMax);
      return [`${timeOf(row.atMs)} ${'='.repeat(width)} ${label}`.trimEnd()];
    }
    default: {
      const cells = cellsOf(row, laneCount, laneWidth);
      return [`${timeOf(row.atMs)} ${cells} ${clipped(row.label, labelMax)}`.trimEnd()];
    }
  }
}

function timeOf(atMs: number): string {
  return atMs.toFixed(1).padStart(timeWidth - 1);
}

const textEnds: Readonly<Record<ArrowEnd, string>> = { arrives: '>', lost: 'x', held: '|' };

function cellsOf(
  row: ChartRow & { readonly shape: 'message' | 'mark' },
  laneCount: number,
  laneWidth: number,
): string {
  const middle = (lane: number): number => lane * laneWidth + Math.floor(laneWidth / 2);
  const cells = Array.from({ length: laneCount * laneWidth }, () => ' ');
  for (let lane = 0; lane < laneCount; lane += 1) cells[middle(lane)] = '.';
  if (row.shape === 'mark') {
    cells[middle(row.lane)] = 'o';
    return cells.join('');
  }
  const { from, to, end } = row;
  const step = from < to ? 1 : -1;
  for (let at = middle(from); at !== middle(to); at += step) cells[at] = '-';
  cells[middle(from)] = 'o';
  cells[middle(to)] = end === 'arrives' && from > to ? '<' : textEnds[end];
  return cells.join('');
}

/** Where things are in an SVG, in its units. */
interface Geometry {
  readonly laneCount: number;
  readonly x: (lane: number) => number;
  /** Where the labels begin, and where the picture ends. */
  readonly textX: number;
  readonly width: number;
}

const rowHeight = 20;
const topY = 48;

/** Light, and dark where the reader's system is. */
const style = [
  'svg{background:#fff}text{fill:#1f2328}.dim{fill:#656d76}.name{font-weight:bold}',
  '.life{stroke:#d0d7de}.sent{stroke:#1a7f37;fill:#1a7f37}.lost{stroke:#cf222e;fill:#cf222e}',
  '.held{stroke:#9a6700;fill:#9a6700}.mark{fill:#0969da}.end{fill:#cf222e}.band{fill:#fff1c2}',
  '.broken{fill:#ffdcd7}',
  '@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.dim{fill:#9198a1}',
  '.life{stroke:#3d444d}.sent{stroke:#3fb950;fill:#3fb950}.lost{stroke:#f85149;fill:#f85149}',
  '.held{stroke:#d29922;fill:#d29922}.mark{fill:#58a6ff}.end{fill:#f85149}.band{fill:#4b3a08}',
  '.broken{fill:#5d1a18}}',
  'text{stroke:none}',
].join('\n');

/**
 * `lines` as a message-sequence chart: a self-contained SVG document without scripts, for light
 * and dark.
 *
 * @throws RangeError as `chartText`.
 */
export function chartSvg(lines: readonly TraceLine[], options: ChartOptions = {}): string {
  const { lanes, rows } = chartRows(lines, options);
  const longest = Math.max(0, ...lanes.map(({ length }) => Math.min(length, nameMax)));
  const spacing = Math.max(90, longest * 8 + 24);
  const x = (lane: number): number => 80 + spacing / 2 + lane * spacing;
  const textX = x(lanes.length - 1) + spacing / 2 + 8;
  const geometry = { laneCount: lanes.length, x, textX, width: textX + svgLabelMax * 7.4 };
  const drawn: string[] = [];
  let y = topY;
  for (const row of rows) {
    const parts = svgLabel(row, geometry);
    drawn.push(svgShape(row, y, parts.length, geometry), ...svgTexts(row, y, parts, geometry));
    y += rowHeight * parts.length;
  }
  const heads = lanes.map(
    (lane, at) =>
      `<text x="${x(at)}" y="20" text-anchor="middle" class="name">` +
      `${escaped(clipped(lane, nameMax))}</text>` +
      `<line x1="${x(at)}" y1="28" x2="${x(at)}" y2="${y}" class="life"/>`,
  );
  const [width, height] = [Math.ceil(geometry.width), y + 16];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="12">`,
    `<style>${style}</style>`,
    ...heads,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

/** Characters of a node's name in an SVG. */
const nameMax = 24;

/** The lines of text of a row: one, but for what broke. */
function svgLabel({ shape, label }: ChartRow, { width }: Geometry): readonly string[] {
  if (shape === 'broken') {
    return wrapped(clipped(label, brokenMax), Math.floor((width - 100) / 7.4));
  }
  return [clipped(shape === 'gap' ? `… ${label}` : label, svgLabelMax)];
}

function svgTexts(
  row: ChartRow,
  y: number,
  parts: readonly string[],
  { textX }: Geometry,
): readonly string[] {
  const labels = parts.map(
    (part, at) =>
      `<text x="${row.shape === 'broken' ? 80 : textX}" y="${y + 4 + at * rowHeight}"` +
      `${row.shape === 'gap' ? ' class="dim"' : ''}>${escaped(part)}</text>`,
  );
  if (row.shape === 'gap') return labels;
  const time = `<text x="68" y="${y + 4}" text-anchor="end" class="dim">`;
  return [`${time}${row.atMs.toFixed(1)}</text>`, ...labels];
}

function svgShape(row: ChartRow, y: number, lineCount: number, geometry: Geometry): string {
  const { x, textX, width } = geometry;
  const bar = (to: number, name: string): string =>
    `<rect x="74" y="${y - 9}" width="${to - 74}" height="${rowHeight * lineCount - 2}"` +
    ` rx="3" class="${name}"/>`;
  switch (row.shape) {
    case 'gap':
      return '';
    case 'broken':
      return bar(width - 6, 'broken');
    case 'band':
      return bar(textX - 6, 'band');
    case 'mark': {
      const name = ['crash', 'exit', 'error'].includes(row.line) ? 'end' : 'mark';
      return `<circle cx="${x(row.lane)}" cy="${y}" r="4" class="${name}"/>`;
    }
    case 'message':
      return svgArrow(x(row.from), x(row.to), y, row.end);
  }
}

function svgArrow(fromX: number, toX: number, y: number, end: ArrowEnd): string {
  const name = { arrives: 'sent', lost: 'lost', held: 'held' }[end];
  const back = fromX < toX ? -1 : 1;
  // An arrow that does not arrive ends short of the lane.
  const tip = toX + back * (end === 'arrives' ? 8 : 14);
  const shaft = `<circle cx="${fromX}" cy="${y}" r="2"/><path d="M${fromX} ${y}H${tip}"/>`;
  const heads: Readonly<Record<ArrowEnd, string>> = {
    arrives: `<path d="M${toX} ${y}L${tip} ${y - 4}V${y + 4}Z"/>`,
    lost: `<path d="M${tip - 4} ${y - 4}l8 8m-8 0l8 -8"/>`,
    held: `<path d="M${tip} ${y - 5}v10"/>`,
  };
  return `<g class="${name}">${shaft}${heads[end]}</g>`;
}

function centred(text: string, width: number): string {
  const left = Math.max(0, Math.floor((width + 1 - text.length) / 2));
  return `${' '.repeat(left)}${text}`.padEnd(width);
}

function clipped(text: string, max: number): string {
  const oneLine = text.replace(/\s+/g, ' ');
  return oneLine.length <= max ? oneLine : `${oneLine.slice(0, max - 1)}…`;
}

/** `text` in lines of at most `width`, broken at spaces where there are any. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
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
