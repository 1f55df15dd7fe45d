import type { QualityCurve } from './curves.ts';

const WIDTH = 760;
const HEIGHT = 420;
const PLOT = { left: 70, top: 60, right: 560, bottom: 360 } as const;
/** Curves that have a colour of their own. */
const CURVES_MAX = 12;

/** How values are laid out along one axis of the plot. */
interface Axis {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

/**
 * A picture of curves, as SVG: mistakes an hour upwards, by powers of ten, over the mean detection
 * time, by powers of ten too. Lower is better, and so is further left.
 *
 * @param title - What was replayed.
 * @param curves - Of one trace, 12 at most; a point without a mistake lies on the bottom line.
 * @remarks Readable on light and on dark ground, and without colours: each curve has dashes of its
 *   own, each point has its setting as a title.
 */
export function curvesPicture(title: string, curves: readonly QualityCurve[]): string {
  const shown = curves.slice(0, CURVES_MAX).filter(({ points }) => points.length > 0);
  const points = shown.flatMap((curve) => curve.points);
  const x = timeAxis(points.map(({ quality }) => quality.detectionMs));
  const y = mistakesAxis(points.map(({ quality }) => quality.mistakesPerHour));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>svg{color-scheme:light dark;background:light-dark(#fff,#14171c);font:12px system-ui}',
    'text{fill:light-dark(#222,#ddd)}.grid{stroke:light-dark(#ddd,#333)}',
    '.curve{fill:none;stroke-width:2}</style>',
    `<text x="20" y="24" font-size="15">${escaped(title)}</text>`,
    '<text x="20" y="42">mistakes an hour, over the mean time to detect a crash</text>',
    ...grid(x, y),
    ...shown.flatMap((curve, index) => drawn(curve, index, shown.length, x, y)),
    '</svg>',
    '',
  ].join('\n');
}

/** By powers of ten, with lines at 1, 2 and 5 of each. */
function timeAxis(values: readonly number[]): Axis {
  const positive = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...positive, 1e9), Math.max(...positive, 1e-3)];
  const first = Math.floor(Math.log10(least));
  const decades = Math.ceil(Math.log10(most)) - first + 1;
  const steps = Array.from({ length: decades }, (_, decade) => 10 ** (first + decade));
  const lines = steps.flatMap((power) => [power, 2 * power, 5 * power]);
  const from = lines.findLast((line) => line <= least) ?? least;
  const to = lines.find((line) => line > from && line >= most) ?? 10 * from;
  const width = (PLOT.right - PLOT.left) / Math.log(to / from);
  return {
    ticks: lines.filter((line) => line >= from && line <= to),
    at: (value) => PLOT.left + Math.log(Math.max(value, from) / from) * width,
  };
}

/** Powers of ten, and below them a line for none. */
function mistakesAxis(values: readonly number[]): Axis {
  const some = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...some, 1e3)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...some, 1e-3))));
  const decade = (PLOT.bottom - PLOT.top) / (high - low + 1);
  const at = (value: number): number =>
    value > 0 ? PLOT.bottom - decade * (1 + Math.log10(value) - low) : PLOT.bottom;
  const powers = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { ticks: [0, ...powers], at };
}

function grid(x: Axis, y: Axis): string[] {
  const columns = x.ticks.flatMap((ms) => [
    `<path class="grid" d="M${fixed(x.at(ms))} ${PLOT.top}V${PLOT.bottom}"/>`,
    `<text x="${fixed(x.at(ms))}" y="${PLOT.bottom + 18}" text-anchor="middle">${label(ms)}</text>`,
  ]);
  const rows = y.ticks.flatMap((rate) => [
    `<path class="grid" d="M${PLOT.left} ${fixed(y.at(rate))}H${PLOT.right}"/>`,
    `<text x="${PLOT.left - 8}" y="${fixed(y.at(rate) + 4)}" text-anchor="end">` +
      `${rate === 0 ? 'none' : label(rate)}</text>`,
  ]);
  const unit = `<text x="${PLOT.right}" y="${PLOT.bottom + 36}" text-anchor="end">ms</text>`;
  return [...columns, ...rows, unit];
}

function drawn(curve: QualityCurve, index: number, count: number, x: Axis, y: Axis): string[] {
  const colour = `hsl(${Math.round((index * 360) / count)} 65% 50%)`;
  const pen = `stroke="${colour}" stroke-dasharray="${index === 0 ? 'none' : `${3 * index} 4`}"`;
  const places = curve.points.map(({ setting, quality }) => ({
    setting,
    x: x.at(quality.detectionMs),
    y: y.at(quality.mistakesPerHour),
    text: `${curve.name} ${label(setting)}: ${label(quality.detectionMs)} ms, ${quality.mistakes}`,
  }));
  const path = places.map((place) => `${fixed(place.x)} ${fixed(place.y)}`).join('L');
  const keyY = PLOT.top + 8 + index * 20;
  return [
    `<path class="curve" ${pen} d="M${path}"/>`,
    ...places.map(
      (place) =>
        `<circle cx="${fixed(place.x)}" cy="${fixed(place.y)}" r="2.5" fill="${colour}">` +
        `<title>${escaped(place.text)}</title></circle>`,
    ),
    `<path class="curve" ${pen} d="M${PLOT.right + 20} ${keyY}h24"/>`,
    `<text x="${PLOT.right + 52}" y="${keyY + 4}">${escaped(curve.name)}</text>`,
  ];
}

function fixed(place: number): string {
  return place.toFixed(1);
}

function label(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
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
