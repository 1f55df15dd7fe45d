import type { Placement, PlacementLayout } from '../placement.ts';
import { balance, type NodeShare } from '../plan/shares.ts';

/** Wedges of the circle, half a degree each: finer arcs would be no wider than a line. */
const WEDGES = 720;
const WIDTH = 760;
const RADIUS = 150;
const HOLE = 95;
const ROW = 22;
const BARS_X = 380;
const BAR_WIDTH = 220;
/** Nodes that have a bar. */
const NODES_MAX = 200;

/**
 * A picture of a placement, as SVG: the circle, or the slots round in a circle, with the owner of
 * each part, and beside it what each node owns, with a mark at what it should.
 *
 * @remarks
 * Of the first 200 nodes. A placement without arcs or slots has bars only. Readable on light and on
 * dark ground, and without colours: each bar has its number, each wedge its node as a title.
 */
export function placementPicture(placement: Placement): string {
  const layout = placement.layout();
  const { nodes, isExact, peakToMean } = balance(placement);
  const shown = nodes.slice(0, NODES_MAX);
  const height = Math.max(2 * RADIUS + 80, 70 + shown.length * ROW);
  const title = `${placement.kind} of ${nodes.length} nodes, epoch ${placement.epoch}`;
  const note = `peak to mean ${peakToMean.toFixed(2)}${isExact ? '' : ', sampled'}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>svg{color-scheme:light dark;background:light-dark(#fff,#14171c);font:12px system-ui}',
    'text{fill:light-dark(#222,#ddd)}.mark{stroke:light-dark(#222,#ddd);stroke-width:1.5}</style>',
    `<text x="20" y="24" font-size="15">${escaped(title)}</text>`,
    `<text x="20" y="42">${note}</text>`,
    ...wedges(placement, layout),
    ...shown.flatMap((node, place) => bar(node, place, shown)),
    '</svg>',
    '',
  ].join('\n');
}

/** One path for each run of wedges of one owner. */
function wedges({ nodes }: Placement, layout: PlacementLayout): string[] {
  if (layout.kind === 'sampled') return [];
  const owners = Array.from({ length: WEDGES }, (_, wedge) =>
    ownerAt(layout, (wedge + 0.5) / WEDGES),
  );
  const paths: string[] = [];
  let start = 0;
  for (let wedge = 1; wedge <= WEDGES; wedge += 1) {
    const owner = owners[start] ?? -1;
    if (wedge < WEDGES && owners[wedge] === owner) continue;
    const id = nodes[owner]?.id;
    if (id !== undefined) {
      const shape = wedgePath(start / WEDGES, wedge / WEDGES);
      paths.push(`<path d="${shape}" fill="${colour(owner)}"><title>${escaped(id)}</title></path>`);
    }
    start = wedge;
  }
  return paths;
}

function ownerAt(layout: Exclude<PlacementLayout, { kind: 'sampled' }>, turn: number): number {
  if (layout.kind === 'slots') return layout.owners[Math.floor(turn * layout.owners.length)] ?? -1;
  const place = Math.floor(turn * 2 ** 32);
  let low = 0;
  let high = layout.ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((layout.ends[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return layout.owners[low % layout.ends.length] ?? -1;
}

function wedgePath(from: number, to: number): string {
  // A whole turn would end where it begins and show nothing.
  const end = to - from >= 1 ? from + 0.9999 : to;
  const large = end - from > 0.5 ? 1 : 0;
  const outer = `A${RADIUS} ${RADIUS} 0 ${large} 1 ${point(end, RADIUS)}`;
  const inner = `A${HOLE} ${HOLE} 0 ${large} 0 ${point(from, HOLE)}`;
  return `M${point(from, RADIUS)}${outer}L${point(end, HOLE)}${inner}Z`;
}

function point(turn: number, radius: number): string {
  const angle = turn * 2 * Math.PI - Math.PI / 2;
  const [x, y] = [190 + radius * Math.cos(angle), 60 + RADIUS + radius * Math.sin(angle)];
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function bar({ id, share, target }: NodeShare, place: number, all: readonly NodeShare[]): string[] {
  const largest = Math.max(...all.map((node) => Math.max(node.share, node.target)), 1e-9);
  const y = 60 + place * ROW;
  const width = (share / largest) * BAR_WIDTH;
  const mark = BARS_X + (target / largest) * BAR_WIDTH;
  const label = id.length > 14 ? `${id.slice(0, 13)}…` : id;
  return [
    `<text x="${BARS_X - 8}" y="${y + 11}" text-anchor="end">${escaped(label)}</text>`,
    `<rect x="${BARS_X}" y="${y}" width="${width.toFixed(1)}" height="14" ` +
      `fill="${colour(place)}"><title>${escaped(id)}</title></rect>`,
    `<path class="mark" d="M${mark.toFixed(1)} ${y - 2}v18"/>`,
    `<text x="${BARS_X + BAR_WIDTH + 10}" y="${y + 11}">${(share * 100).toFixed(2)} % of ` +
      `${(target * 100).toFixed(2)} %</text>`,
  ];
}

/** Neighbours in the order of ids are far apart on the wheel of hues. */
function colour(index: number): string {
  return `hsl(${Math.round((index * 137.508) % 360)} 60% 50%)`;
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/&/gu, '&amp;')
    .replace(/</gu, '&lt;')
    .replace(/>/gu, '&gt;')
    .replace(/"/gu, '&quot;');
}
