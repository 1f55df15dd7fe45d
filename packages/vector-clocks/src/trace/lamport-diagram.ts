/**
 * The diagram that Lamport drew: a line for each process, a dot for each event, an arrow for each
 * message. Time runs downwards, and is Lamport's: an event stands one row below the latest of what
 * came right before it, so every arrow and every line points down, and two events of which neither
 * came before the other may stand side by side.
 *
 * The arrows are found from the clocks (`causal-graph.ts`): any trace can be drawn, whoever
 * recorded it.
 *
 * Source: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978.
 */
import { type CausalGraph, causalGraph, type PlacedEvent } from './causal-graph.ts';
import type { TraceEvent } from './trace-event.ts';

/** What a diagram shows. */
export interface LamportDiagramOptions {
  /** Events drawn, causes first; of the rest, only the number is said. At least 1. Default 500. */
  readonly eventCountMax?: number;
  /** Characters of a text, at least 4; longer ones are cut. Default 20. */
  readonly textLengthMax?: number;
}

const rowHeight = 38;
const topY = 62;
/** Less than half a row, or an arrow would point upwards where it begins. */
const BEND = 17;
const marginX = 46;
/** Of a character of 11 px, about. */
const characterWidth = 6.2;

/** Light, and dark where the reader's system is. */
const style = [
  'svg{background:#fff}text{fill:#1f2328;stroke:none}.dim{fill:#656d76}',
  '.name{font-weight:bold;text-anchor:middle}',
  '.life{stroke:#d0d7de}.row{stroke:#f0f2f4}.message{stroke:#1a7f37;fill:none}.tip{fill:#1a7f37}',
  '.event{fill:#0969da}.left{text-anchor:end}.halo{stroke:#fff;stroke-width:4;paint-order:stroke}',
  '@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.dim{fill:#9198a1}',
  '.life{stroke:#3d444d}.row{stroke:#1b212a}.message{stroke:#3fb950}.tip{fill:#3fb950}',
  '.event{fill:#58a6ff}.halo{stroke:#0d1117}}',
].join('\n');

/** Where things are. */
interface Layout {
  readonly graph: CausalGraph;
  readonly shown: readonly PlacedEvent[];
  readonly laneWidth: number;
  readonly width: number;
  readonly height: number;
  readonly textLengthMax: number;
}

/**
 * A trace as a self-contained SVG document, without scripts, for light and dark.
 *
 * @throws RangeError if an option is out of its range, or as `causalGraph`.
 *
 * @example
 * ```ts
 * import { lamportDiagram, TraceRecorder } from '@quorate/vector-clocks/trace';
 *
 * const [a, b] = [new TraceRecorder('a'), new TraceRecorder('b')];
 * b.receive('is asked', a.send('asks'));
 * lamportDiagram([...a.events, ...b.events]).startsWith('<svg'); // => true
 * ```
 */
export function lamportDiagram(
  trace: Iterable<TraceEvent>,
  options: LamportDiagramOptions = {},
): string {
  const layout = layoutOf(causalGraph(trace), options);
  const { graph, shown, width, height } = layout;
  const hiddenCount = graph.events.length - shown.length;
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">`,
    `<title>${graph.events.length} events of ${graph.hosts.length} processes</title>`,
    `<style>${style}</style>`,
    ...rowsOf(layout),
    ...lanesOf(layout),
    ...shown.flatMap((each) => messagesTo(each, layout)),
    ...shown.flatMap((each) => dotOf(each, layout)),
    ...(hiddenCount > 0
      ? [`<text class="dim" x="${marginX}" y="${height - 10}">and ${hiddenCount} more</text>`]
      : []),
    '</svg>\n',
  ].join('\n');
}

function layoutOf(graph: CausalGraph, options: LamportDiagramOptions): Layout {
  const { eventCountMax = 500, textLengthMax = 20 } = options;
  expectAtLeast('eventCountMax', eventCountMax, 1);
  expectAtLeast('textLengthMax', textLengthMax, 4);
  const shown = graph.events.slice(0, eventCountMax);
  const longest = Math.max(...shown.map(({ event }) => lengthOf(event.text)), 0);
  const laneWidth = Math.max(
    70,
    Math.min(longest, textLengthMax) * characterWidth + 30,
    Math.min(Math.max(...graph.hosts.map(lengthOf), 0), textLengthMax) * 7.5 + 12,
  );
  const rowCount = Math.max(...shown.map(({ time }) => time), 0);
  const width = Math.ceil(2 * marginX + Math.max(1, graph.hosts.length) * laneWidth);
  const height = topY + rowCount * rowHeight + 20;
  return { graph, shown, laneWidth, width, height, textLengthMax };
}

function rowsOf({ shown, width }: Layout): readonly string[] {
  const times = [...new Set(shown.map(({ time }) => time))];
  return times.flatMap((time) => [
    `<path class="row" d="M${marginX - 8} ${yOf(time)}H${width - 12}"/>`,
    `<text class="dim" x="12" y="${yOf(time) + 4}">${time}</text>`,
  ]);
}

function lanesOf(layout: Layout): readonly string[] {
  return layout.graph.hosts.flatMap((host, lane) => {
    const x = xOf(layout, lane);
    const name = escaped(clipped(host, layout.textLengthMax));
    return [
      `<text class="name" x="${x}" y="30">${name}</text>`,
      `<path class="life" d="M${x} 40V${layout.height - 24}"/>`,
    ];
  });
}

/** Past other lines an arrow is bent a little, or it might run through their dots. */
function messagesTo(placed: PlacedEvent, layout: Layout): readonly string[] {
  const { graph } = layout;
  return placed.heard.flatMap((place) => {
    const cause = graph.events[place];
    if (cause === undefined) return [];
    const [startX, startY] = pointOf(cause, layout);
    const [endX, endY] = pointOf(placed, layout);
    const bend = Math.abs(endX - startX) > 1.5 * layout.laneWidth ? BEND : 0;
    const [viaX, viaY] = [round((startX + endX) / 2), round((startY + endY) / 2 - bend)];
    const length = Math.hypot(endX - viaX, endY - viaY);
    const [unitX, unitY] = [(endX - viaX) / length, (endY - viaY) / length];
    const [tipX, tipY] = [endX - 6 * unitX, endY - 6 * unitY];
    const [backX, backY] = [tipX - 8 * unitX, tipY - 8 * unitY];
    const side = (sign: number): string =>
      `${round(backX - sign * 3.5 * unitY)} ${round(backY + sign * 3.5 * unitX)}`;
    const line = `M${startX} ${startY}Q${viaX} ${viaY} ${round(backX)} ${round(backY)}`;
    return [
      `<path class="message" d="${line}"/>`,
      `<path class="tip" d="M${round(tipX)} ${round(tipY)}L${side(1)}L${side(-1)}Z"/>`,
    ];
  });
}

function dotOf(placed: PlacedEvent, layout: Layout): readonly string[] {
  const { event } = placed;
  const [x, y] = pointOf(placed, layout);
  const clock = [...event.clock].map(([id, counter]) => `${id}: ${counter}`).join(', ');
  const told = escaped(`${event.text}\n${event.host}, {${clock}}`);
  const text = escaped(clipped(event.text, layout.textLengthMax));
  const [isLeft, isBelow] = freeCorner(placed, layout);
  const at = `x="${round(x + (isLeft ? -8 : 8))}" y="${y + (isBelow ? 13 : -5)}"`;
  return [
    `<circle class="event" cx="${x}" cy="${y}" r="4"><title>${told}</title></circle>`,
    `<text class="halo${isLeft ? ' left' : ''}" ${at}>${text}</text>`,
  ];
}

/** Where no arrow runs: they come in from above and go out below. At the right if possible. */
function freeCorner(
  placed: PlacedEvent,
  { graph, shown }: Layout,
): readonly [isLeft: boolean, isBelow: boolean] {
  const laneOf = ({ event }: PlacedEvent): number => graph.hosts.indexOf(event.host);
  const lane = laneOf(placed);
  const place = graph.events.indexOf(placed);
  const sources = placed.heard.flatMap((each) => graph.events[each] ?? []);
  const targets = shown.filter(({ heard }) => heard.includes(place));
  const isBusy = (events: readonly PlacedEvent[], isLeft: boolean): boolean =>
    events.some((each) => laneOf(each) < lane === isLeft);
  if (!isBusy(sources, false)) return [false, false];
  if (!isBusy(targets, false) || lane === 0) return [false, true];
  return isBusy(sources, true) ? [true, true] : [true, false];
}

function pointOf({ event, time }: PlacedEvent, layout: Layout): readonly [x: number, y: number] {
  return [xOf(layout, layout.graph.hosts.indexOf(event.host)), yOf(time)];
}

/** Texts stand to the right of their dots, so lanes begin at the left. */
function xOf({ laneWidth }: Layout, lane: number): number {
  return round(marginX + lane * laneWidth + 30);
}

function yOf(time: number): number {
  return topY + (time - 1) * rowHeight;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function clipped(text: string, lengthMax: number): string {
  const characters = Array.from(text);
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join('')}…`;
}

/** XML knows no control characters and no lone surrogates, not even escaped. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function expectAtLeast(name: string, value: number, min: number): void {
  if (Number.isSafeInteger(value) && value >= min) return;
  throw new RangeError(`${name}: expected an integer >= ${min}, got ${value}`);
}
