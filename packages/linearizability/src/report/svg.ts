import type { Annotation } from './annotation.ts';
import type { Band, Bar } from './layout.ts';

const COLUMN_PX_MIN = 46;
const CHARACTER_PX = 7.4;
const LANE_PX = 34;
const BAR_PX = 24;
const LEFT_PX = 90;
const TOP_PX = 34;

/** Draws one band, self-contained but for the page's style sheet. */
export function drawBand(
  band: Band,
  bandIndex: number,
  annotations: readonly Annotation[],
): string {
  const widthPx = LEFT_PX + Math.ceil(band.columnCount * columnWidth(band)) + 20;
  const heightPx = TOP_PX + band.lanes.length * LANE_PX + 10;
  const marks = annotations.map((annotation) => drawAnnotation(band, annotation, heightPx));
  const lanes = band.lanes.map((name, lane) => {
    const y = laneTop(lane) + BAR_PX / 2;
    return (
      `<line class="lane" x1="${LEFT_PX}" x2="${widthPx}" y1="${y}" y2="${y}"/>` +
      `<text class="client" x="${LEFT_PX - 10}" y="${y + 4}">${escapeXml(name)}</text>`
    );
  });
  const bars = band.bars.map((bar, index) => drawBar(band, bar, `${bandIndex}-${index}`));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" id="band-${bandIndex}" width="${widthPx}" ` +
    `height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" role="img" ` +
    `aria-label="${escapeXml(band.title)}">` +
    `${marks.join('')}${lanes.join('')}${drawOrder(band)}${bars.join('')}</svg>`
  );
}

function drawBar(band: Band, bar: Bar, id: string): string {
  const x = columnLeft(band, bar.from);
  const y = laneTop(bar.lane);
  const widthPx = Math.max(COLUMN_PX_MIN / 2, columnLeft(band, bar.to) - x);
  const kinds = ['bar', bar.isPending ? 'pending' : '', bar.isCulprit ? 'culprit' : ''];
  const text = escapeXml(bar.label);
  const point =
    bar.point === undefined
      ? ''
      : `<circle class="point" cx="${columnLeft(band, bar.point)}" cy="${y + BAR_PX}" r="4"/>`;
  return (
    `<g id="bar-${id}" class="${kinds.filter((kind) => kind !== '').join(' ')}">` +
    `<title>${text}</title>` +
    `<rect x="${x}" y="${y}" width="${widthPx}" height="${BAR_PX}" rx="4"/>` +
    `<text x="${x + 5}" y="${y + 16}">${text}</text>${point}</g>`
  );
}

/** Joins the points in the order in which they take effect. */
function drawOrder(band: Band): string {
  const points = band.order.flatMap(({ bar }) => {
    const drawn = band.bars[bar];
    if (drawn?.point === undefined) return [];
    return [`${columnLeft(band, drawn.point)},${laneTop(drawn.lane) + BAR_PX}`];
  });
  return `<polyline class="order" points="${points.join(' ')}"/>`;
}

function drawAnnotation(band: Band, annotation: Annotation, heightPx: number): string {
  const from = columnLeft(band, columnAt(band, annotation.fromTime));
  const to = columnLeft(band, columnAt(band, annotation.toTime));
  const label = escapeXml(annotation.label);
  return (
    `<g class="annotation"><title>${label}</title>` +
    `<rect x="${from}" y="16" width="${Math.max(3, to - from)}" height="${heightPx - 16}"/>` +
    `<text x="${from}" y="12">${label}</text></g>`
  );
}

/** The first column that is not before `time`. */
function columnAt(band: Band, time: number): number {
  const column = band.times.findIndex((at) => at >= time);
  return column === -1 ? band.times.length : column;
}

function columnLeft(band: Band, column: number): number {
  return Math.round(LEFT_PX + column * columnWidth(band));
}

/** Wide enough for most labels, unless there are very many columns. */
function columnWidth({ bars, columnCount }: Band): number {
  const longest = Math.max(0, ...bars.map(({ label }) => Math.min(label.length, 24)));
  return columnCount > 400 ? COLUMN_PX_MIN : Math.max(COLUMN_PX_MIN, longest * CHARACTER_PX + 10);
}

function laneTop(lane: number): number {
  return TOP_PX + lane * LANE_PX;
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
  return text.toWellFormed().replace(/[&<>"']/g, (character) => escapes[character] ?? '');
}
