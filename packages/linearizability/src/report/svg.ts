/*
 * The picture of one band as two SVGs side by side: the clients, which stay where they are, and
 * their operations, which scroll. All that can be shown is in it from the start, every order
 * included; the page only switches it on and off, and without its script the longest order is seen.
 *
 * Nothing is told by colour alone: what was never answered has no right end and a dashed edge, what
 * is impossible is hatched and crossed, faults are dotted, points are numbered.
 */

import { AXIS_PX, type Span, SPAN_PX, textWidthPx } from './columns.ts';
import { type Band, type Bar, BAR_PX, LANE_PX, type Point, type Refusal } from './layout.ts';

const NAME_CHARACTERS_MAX = 24;
const POINT_RADIUS_PX = 8;
/** Points hang below their bar, so that they leave its text free. */
const POINT_DROP_PX = 4;

/** The names of the clients. */
export function drawNames(band: Band, bandIndex: number): string {
  const names = band.lanes.map((name) =>
    name.length <= NAME_CHARACTERS_MAX ? name : `${name.slice(0, NAME_CHARACTERS_MAX - 1)}…`,
  );
  const widthPx = Math.ceil(Math.max(40, ...names.map(textWidthPx))) + 20;
  const texts = names.map(
    (name, lane) =>
      `<text class="client" x="${widthPx - 10}" y="${laneTop(band, lane) + BAR_PX / 2 + 3}">` +
      `${escapeXml(name)}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="names" id="names-${bandIndex}" ` +
    `${sizeOf(widthPx, heightOf(band))} aria-hidden="true">${texts.join('')}</svg>`
  );
}

/** The operations, the orders, and what happened meanwhile. */
export function drawPlot(band: Band, bandIndex: number): string {
  const heightPx = heightOf(band);
  const shown = new Set<number>();
  for (let at = band.longest; at !== -1; at = band.points[at]?.parent ?? -1) shown.add(at);
  const marks = [
    ...band.spans.map((span) => drawSpan(span, heightPx, band, bandIndex)),
    ...band.ticks.map(
      ({ xPx, label }) =>
        `<path class="tick" d="M${xPx} ${AXIS_PX - 6}V${heightPx}"/>` +
        `<text class="time" x="${xPx + 3}" y="13">${escapeXml(label)}</text>`,
    ),
    ...band.lanes.map((_name, lane) => {
      const y = laneTop(band, lane) + BAR_PX / 2;
      return `<path class="lane" d="M0 ${y}H${band.widthPx}"/>`;
    }),
    ...band.bars.map((bar, index) => drawBar(band, bar, bandIndex, index)),
    ...band.points.map((point, index) =>
      drawPoint(band, point, `p${bandIndex}-${index}`, shown.has(index) ? ' on' : ''),
    ),
    ...band.refusals.map((refusal) =>
      drawRefusal(band, refusal, bandIndex, refusal.end === band.longest ? ' on' : ''),
    ),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" id="plot-${bandIndex}" ` +
    `${sizeOf(band.widthPx, heightPx)} role="img" aria-label="${escapeXml(band.title)}">` +
    `${patterns(bandIndex)}${marks.join('')}</svg>`
  );
}

function heightOf(band: Band): number {
  return band.topPx + band.lanes.length * LANE_PX + 4;
}

function laneTop(band: Band, lane: number): number {
  return band.topPx + lane * LANE_PX;
}

function sizeOf(widthPx: number, heightPx: number): string {
  return `width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}"`;
}

function patterns(bandIndex: number): string {
  return (
    `<defs><pattern id="hatch-${bandIndex}" width="7" height="7" patternUnits="userSpaceOnUse" ` +
    'patternTransform="rotate(45)"><path class="hatch" d="M0 0V7"/></pattern>' +
    `<pattern id="dots-${bandIndex}" width="6" height="6" patternUnits="userSpaceOnUse">` +
    '<circle class="dot" cx="2" cy="2" r="1"/></pattern></defs>'
  );
}

function drawBar(band: Band, bar: Bar, bandIndex: number, index: number): string {
  const { fromPx: x, toPx, kind } = bar;
  const y = laneTop(band, bar.lane);
  const isOpen = kind === 'info' || kind === 'late';
  const classes = ['bar', kind, bar.isCulprit ? 'culprit' : '', bar.isKept ? 'kept' : ''].filter(
    (name) => name !== '',
  );
  const outline = isOpen
    ? `M${toPx} ${y}H${x + 5}q-5 0 -5 5v${BAR_PX - 10}q0 5 5 5H${toPx}`
    : `M${x + 5} ${y}H${toPx - 5}q5 0 5 5v${BAR_PX - 10}q0 5 -5 5H${x + 5}q-5 0 -5 -5` +
      `v${10 - BAR_PX}q0 -5 5 -5z`;
  const hatch = bar.isCulprit ? `<path fill="url(#hatch-${bandIndex})" d="${outline}"/>` : '';
  return (
    `<g id="b${bandIndex}-${index}" class="${classes.join(' ')}">` +
    `<title>${escapeXml(`${bar.client}: ${bar.text}`)}</title>` +
    `<path class="box" d="${outline}"/>${hatch}` +
    `<text x="${x + 9}" y="${y + BAR_PX / 2 + 2}">${escapeXml(bar.label)}</text></g>`
  );
}

function drawPoint(band: Band, point: Point, id: string, on: string): string {
  const [x, y] = placeOf(band, point);
  const before = band.points[point.parent];
  const edge = before === undefined ? '' : edgeFrom(placeOf(band, before), [x, y]);
  const text = String(point.number);
  const radius = POINT_RADIUS_PX + Math.max(0, text.length - 2) * 3;
  return (
    `<g id="${id}" class="point${on}">${edge}` +
    `<rect x="${x - radius}" y="${y - POINT_RADIUS_PX}" width="${2 * radius}" ` +
    `height="${2 * POINT_RADIUS_PX}" rx="${POINT_RADIUS_PX}"/>` +
    `<text x="${x}" y="${y + 3.5}">${text}</text></g>`
  );
}

function drawRefusal(band: Band, refusal: Refusal, bandIndex: number, on: string): string {
  const { bar, end, xPx: x } = refusal;
  const y = laneTop(band, band.bars[bar]?.lane ?? 0) + BAR_PX + POINT_DROP_PX;
  const last = band.points[end];
  const edge = last === undefined ? '' : edgeFrom(placeOf(band, last), [x, y]);
  return (
    `<g class="refusal${on}" data-end="${bandIndex}-${end}">${edge}` +
    `<circle cx="${x}" cy="${y}" r="${POINT_RADIUS_PX}"/>` +
    `<path class="cross" d="M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7"/></g>`
  );
}

function placeOf(band: Band, { bar, xPx }: Point): readonly [number, number] {
  return [xPx, laneTop(band, band.bars[bar]?.lane ?? 0) + BAR_PX + POINT_DROP_PX];
}

/** A curve from rim to rim that leaves and arrives level, so that crossing lines stay apart. */
function edgeFrom(from: readonly [number, number], to: readonly [number, number]): string {
  const fromX = from[0] + POINT_RADIUS_PX;
  const toX = Math.max(fromX, to[0] - POINT_RADIUS_PX);
  const middle = (fromX + toX) / 2;
  return (
    `<path class="edge" d="M${fromX} ${from[1]}C${middle} ${from[1]} ${middle} ${to[1]} ` +
    `${toX} ${to[1]}"/>`
  );
}

function drawSpan(span: Span, heightPx: number, band: Band, bandIndex: number): string {
  const { fromPx: x, toPx, row } = span;
  const widthPx = toPx - x;
  const y = AXIS_PX + row * SPAN_PX;
  const below = heightPx - y;
  const sides = `M${x} ${y}V${heightPx}M${toPx} ${y}V${heightPx}`;
  return (
    `<g class="span"><title>${escapeXml(span.label)}</title>` +
    `<rect class="shade" x="${x}" y="${y}" width="${widthPx}" height="${below}"/>` +
    `<rect fill="url(#dots-${bandIndex})" x="${x}" y="${band.topPx - 10}" width="${widthPx}" ` +
    `height="6"/><path class="side" d="${sides}"/>` +
    `<rect class="tab" x="${x}" y="${y}" width="${widthPx}" height="4"/>` +
    `<text x="${x + 3}" y="${y + 16}">${escapeXml(span.text)}</text></g>`
  );
}

/** `text` so that it is content of an XML element or attribute and nothing else. */
export function escapeXml(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  // XML cannot hold most control characters, however they are written.
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}
