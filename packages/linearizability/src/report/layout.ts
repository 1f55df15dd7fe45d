/*
 * Where everything stands in the picture of one partition: a lane for each client, time from left
 * to right. Only the order of events matters, so each event gets a column of its own, just as far
 * from the last as the texts between them need: a millisecond of races is as readable as an hour of
 * silence.
 *
 *     c1   ├ put(1) ──────①─┤                         Points lie between two events: behind the
 *     c2        ├ get → 1 ──┼─②──┤                    last call so far, in the order of their
 *     c3                         ├ get → 0 ✗ ┤        numbers, and before the next event.
 */

import { type History, type Operation, returnTimeOf } from '../history.ts';
import { type Model, UNKNOWN } from '../model.ts';
import type { Annotation } from './annotation.ts';
import { type PartialOrders, refusedAfter } from './partial-orders.ts';

export const BAR_PX = 27;
export const LANE_PX = 47;
export const SPAN_PX = 24;
export const AXIS_PX = 22;
const MARGIN_PX = 14;
const GAP_PX = 6;
const TEXT_PX = 9;
const COLUMN_PX_MIN = 16;
const SPAN_PX_MIN = 4;
const POINT_PX = 20;
const POINT_PX_WIDE = 28;
const CHARACTER_PX = 7.3;
const TICK_PX = 90;
const LABEL_CHARACTERS_MAX = 36;
const STATE_CHARACTERS_MAX = 300;

/** One operation in the picture. */
export interface Bar {
  readonly lane: number;
  readonly fromPx: number;
  readonly toPx: number;
  /** 'late': its answer came after what the picture shows. */
  readonly kind: 'ok' | 'info' | 'late' | 'fail';
  readonly client: string;
  /** In full, and as much of it as the bar shows. */
  readonly text: string;
  readonly label: string;
  readonly callTime: number;
  readonly returnTime: number | undefined;
  readonly note: string | undefined;
  readonly isCulprit: boolean;
  /** Whether it is part of the counterexample. */
  readonly isKept: boolean;
  /** The last point of its longest order; -1 if it is in none. */
  readonly end: number;
}

/** A place where an operation takes effect in some order. Points form a tree, as their orders do. */
export interface Point {
  /** Index of the point before; -1 for none. */
  readonly parent: number;
  readonly bar: number;
  readonly xPx: number;
  /** Its place in the order, from 1. */
  readonly number: number;
  readonly state: string;
}

/** An operation that is refused behind the last point of an order. */
export interface Refusal {
  /** The last point of the order. */
  readonly end: number;
  readonly bar: number;
  readonly xPx: number;
}

/** An annotation in the picture. */
export interface Span {
  /** In full, and as much of it as there is room for. */
  readonly label: string;
  readonly text: string;
  readonly fromPx: number;
  readonly toPx: number;
  readonly row: number;
}

/** The picture of one partition. */
export interface Band {
  readonly title: string;
  readonly explanation: string;
  readonly lanes: readonly string[];
  readonly widthPx: number;
  /** Where the first lane begins. */
  readonly topPx: number;
  readonly bars: readonly Bar[];
  readonly points: readonly Point[];
  readonly refusals: readonly Refusal[];
  /** The last point of the order to show first; -1 for none. */
  readonly longest: number;
  readonly initialState: string;
  readonly spans: readonly Span[];
  readonly ticks: readonly { readonly xPx: number; readonly label: string }[];
}

/** What one band shows. */
export interface BandContent<State, Input, Output> {
  readonly title: string;
  readonly explanation: string;
  /** In the order of their calls; those that certainly failed may be among them. */
  readonly operations: History<Input, Output>;
  /** Those of `operations` that `orders` counts, by identity. */
  readonly ordered: History<Input, Output>;
  readonly orders: PartialOrders<State>;
  readonly culprit: Operation<Input, Output> | undefined;
  /** Those that the counterexample is made of. */
  readonly kept: ReadonlySet<Operation<Input, Output>>;
  /** What became of operations whose answer came too late to count. */
  readonly lateReturnOf: ReadonlyMap<Operation<Input, Output>, number>;
  readonly annotations: readonly Annotation[];
}

/** Lays out one band. */
export function layOutBand<State, Input, Output>(
  model: Model<State, Input, Output>,
  content: BandContent<State, Input, Output>,
): Band {
  const { operations, orders, annotations } = content;
  const indexOf = new Map(operations.map((operation, index) => [operation, index]));
  const barOf = content.ordered.map((operation) => indexOf.get(operation));
  const texts = operations.map((operation) => textOf(model, operation));
  const labels = texts.map((text) => shortened(text, LABEL_CHARACTERS_MAX));
  const events = eventsOf(operations);
  const slots = slotsOf(orders, barOf, events);
  const columns = placeColumns(events, labels, slots);
  const places = pointsOf(model, orders, barOf, columns, slots);
  const bars = barsOf(content, { texts, labels, columns, pointOf: places.pointOf });
  const { spans, rowCount } = placeSpans(annotations, columns);
  return {
    title: content.title,
    explanation: content.explanation,
    lanes: lanesOf(operations),
    widthPx: columns.widthPx,
    topPx: AXIS_PX + rowCount * SPAN_PX + GAP_PX,
    bars,
    points: places.points,
    refusals: refusalsOf(model, content, bars, places, barOf),
    longest: places.pointOf[orders.longest] ?? -1,
    initialState: describeStates(model, [model.init()]),
    spans,
    ticks: ticksOf(columns),
  };
}

function lanesOf<Input, Output>(operations: History<Input, Output>): string[] {
  return [...new Set(operations.map(({ process }) => String(process)))].sort(byName);
}

/** As people sort: c2 comes before c10. */
function byName(left: string, right: string): number {
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)];
  for (const [index, part] of leftParts.entries()) {
    const other = rightParts[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const difference = Number(part) - Number(other);
    return Number.isNaN(difference) || difference === 0 ? (part < other ? -1 : 1) : difference;
  }
  return leftParts.length - rightParts.length;
}

function partsOf(name: string): readonly string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function barsOf<State, Input, Output>(
  content: BandContent<State, Input, Output>,
  placed: {
    readonly texts: readonly string[];
    readonly labels: readonly string[];
    readonly columns: Columns;
    readonly pointOf: readonly number[];
  },
): Bar[] {
  const { operations, orders, ordered, culprit, kept, lateReturnOf } = content;
  const { texts, labels, columns, pointOf } = placed;
  const laneOf = new Map(lanesOf(operations).map((name, lane) => [name, lane]));
  const endOf = new Map(ordered.map((operation, index) => [operation, orders.endOf[index] ?? -1]));
  return operations.map((operation, index): Bar => {
    const { process, outcome, callTime, note } = operation;
    const late = lateReturnOf.get(operation);
    return {
      lane: laneOf.get(String(process)) ?? 0,
      fromPx: columns.callPx[index] ?? 0,
      toPx: columns.returnPx[index] ?? columns.widthPx,
      kind: late === undefined ? outcome.kind : 'late',
      client: String(process),
      text: texts[index] ?? '',
      label: labels[index] ?? '',
      callTime,
      returnTime: outcome.kind === 'info' ? late : outcome.returnTime,
      note,
      isCulprit: operation === culprit,
      isKept: kept.has(operation),
      end: pointOf[endOf.get(operation) ?? -1] ?? -1,
    };
  });
}

interface Event {
  readonly kind: 'call' | 'return';
  readonly time: number;
  /** Index of the operation. */
  readonly bar: number;
}

/** Calls and returns in the order of time; at one instant, calls come first. */
function eventsOf<Input, Output>(operations: History<Input, Output>): Event[] {
  const events = [...operations.entries()].flatMap(([bar, operation]): Event[] => [
    { kind: 'call', time: operation.callTime, bar },
    { kind: 'return', time: returnTimeOf(operation), bar },
  ]);
  return events
    .filter(({ time }) => time !== Number.POSITIVE_INFINITY)
    .sort(
      (left, right) =>
        left.time - right.time || Number(left.kind === 'return') - Number(right.kind === 'return'),
    );
}

/** Between which events each node of the orders lies, and among how many. */
interface Slots {
  /** For each node, the column of the last call so far. */
  readonly columnOf: readonly number[];
  /** For each node, its place among those of its order behind that column, from 0. */
  readonly rankOf: readonly number[];
  /** For each column, how many points of one order lie behind it at most. */
  readonly countOf: readonly number[];
  readonly pointPx: number;
}

/**
 * A node lies behind the last call so far: whatever took effect had been called, and nothing may
 * have returned that took no effect.
 */
function slotsOf<State>(
  { nodes }: PartialOrders<State>,
  barOf: readonly (number | undefined)[],
  events: readonly Event[],
): Slots {
  const callOf = new Map<number, number>();
  events.forEach(({ kind, bar }, column) => kind === 'call' && callOf.set(bar, column));
  const columnOf: number[] = [];
  const rankOf: number[] = [];
  const countOf = events.map(() => 0);
  let depthMax = 0;
  for (const { parent, operation, depth } of nodes) {
    const before = columnOf[parent] ?? -1;
    const column = Math.max(before, callOf.get(barOf[operation] ?? -1) ?? -1);
    const rank = column === before ? (rankOf[parent] ?? -1) + 1 : 0;
    columnOf.push(column);
    rankOf.push(rank);
    depthMax = Math.max(depthMax, depth);
    countOf[column] = Math.max(countOf[column] ?? 0, rank + 1);
  }
  return { columnOf, rankOf, countOf, pointPx: depthMax > 99 ? POINT_PX_WIDE : POINT_PX };
}

interface Columns {
  /** Times of the events, and where they stand. */
  readonly times: readonly number[];
  readonly px: readonly number[];
  /** For each bar. */
  readonly callPx: readonly number[];
  readonly returnPx: readonly (number | undefined)[];
  readonly widthPx: number;
}

/** Each column as far to the left as bars, their texts and the points before it allow. */
function placeColumns(events: readonly Event[], labels: readonly string[], slots: Slots): Columns {
  const px: number[] = [];
  const callPx: number[] = labels.map(() => 0);
  const returnPx: (number | undefined)[] = labels.map(() => undefined);
  let nextPx = MARGIN_PX;
  let widthPx = 0;
  events.forEach(({ kind, bar }, column) => {
    const textEndPx = (callPx[bar] ?? 0) + textWidthPx(labels[bar] ?? '') + 2 * TEXT_PX;
    const at = Math.ceil(kind === 'return' ? Math.max(nextPx, textEndPx) : nextPx);
    px.push(at);
    if (kind === 'call') callPx[bar] = at;
    else returnPx[bar] = at;
    const count = slots.countOf[column] ?? 0;
    nextPx = at + Math.max(COLUMN_PX_MIN, count === 0 ? 0 : count * slots.pointPx + GAP_PX);
    if (kind === 'call') {
      widthPx = Math.max(widthPx, at + textWidthPx(labels[bar] ?? '') + 3 * TEXT_PX);
    }
  });
  const times = events.map(({ time }) => time);
  return { times, px, callPx, returnPx, widthPx: Math.ceil(Math.max(widthPx, nextPx + GAP_PX)) };
}

/** In the type of the page, which has one width; what lies beyond Latin mostly has two. */
export function textWidthPx(text: string): number {
  let width = 0;
  for (const character of text) width += character > '\u2e80' ? 2 : 1;
  return width * CHARACTER_PX;
}

interface Places {
  readonly points: readonly Point[];
  /** For each node of the orders, its point; -1 if it is not drawn. */
  readonly pointOf: readonly number[];
}

function pointsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { nodes }: PartialOrders<State>,
  barOf: readonly (number | undefined)[],
  columns: Columns,
  slots: Slots,
): Places {
  const points: Point[] = [];
  const pointOf = nodes.map(({ parent, operation, depth, states }, node) => {
    const bar = barOf[operation];
    if (bar === undefined) return -1;
    const columnPx = columns.px[slots.columnOf[node] ?? 0] ?? MARGIN_PX;
    points.push({
      parent,
      bar,
      xPx: columnPx + GAP_PX + ((slots.rankOf[node] ?? 0) + 0.5) * slots.pointPx,
      number: depth,
      state: describeStates(model, states),
    });
    return points.length - 1;
  });
  return {
    points: points.map((point) => ({ ...point, parent: pointOf[point.parent] ?? -1 })),
    pointOf,
  };
}

/** What is refused behind the orders that can be chosen. */
function refusalsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { orders, ordered }: BandContent<State, Input, Output>,
  bars: readonly Bar[],
  { points, pointOf }: Places,
  barOf: readonly (number | undefined)[],
): Refusal[] {
  const ends = new Set([orders.longest, ...orders.endOf]);
  return [...ends].flatMap((node) => {
    const end = pointOf[node] ?? -1;
    const lastPx = points[end]?.xPx ?? 0;
    return refusedAfter(model, ordered, orders, node).flatMap((operation): Refusal[] => {
      const bar = barOf[operation];
      const drawn = bar === undefined ? undefined : bars[bar];
      if (bar === undefined || drawn === undefined) return [];
      const xPx = Math.max(lastPx + POINT_PX, drawn.fromPx + GAP_PX + POINT_PX / 2);
      return [{ end, bar, xPx: Math.min(xPx, drawn.toPx - GAP_PX) }];
    });
  });
}

/** Annotations in rows, so that their texts do not run into each other. */
function placeSpans(
  annotations: readonly Annotation[],
  columns: Columns,
): { spans: Span[]; rowCount: number } {
  const { times, widthPx } = columns;
  const [first = 0, last = 0] = [times.at(0), times.at(-1)];
  const rowEndsPx: number[] = [];
  const spans = annotations
    .filter(({ fromTime, toTime }) => toTime >= first && fromTime <= last)
    .toSorted((left, right) => left.fromTime - right.fromTime)
    .map(({ label, fromTime, toTime }): Span => {
      const text = shortened(label, LABEL_CHARACTERS_MAX);
      const fromPx = Math.min(placeOf(columns, fromTime), widthPx - COLUMN_PX_MIN);
      const toPx = Math.max(placeOf(columns, toTime), fromPx + SPAN_PX_MIN);
      const endPx = Math.max(toPx, fromPx + textWidthPx(text) + 2 * TEXT_PX);
      const free = rowEndsPx.findIndex((rowEndPx) => rowEndPx <= fromPx);
      const row = free === -1 ? rowEndsPx.length : free;
      rowEndsPx[row] = endPx + GAP_PX;
      return { label, text, fromPx, toPx, row };
    });
  return { spans, rowCount: rowEndsPx.length };
}

/** At the event of this time, or halfway between those around it. */
function placeOf({ times, px, widthPx }: Columns, time: number): number {
  const after = times.findIndex((at) => at >= time);
  if (after === -1) return widthPx;
  const afterPx = px[after] ?? 0;
  if (times[after] === time || after === 0) return afterPx;
  return Math.round((afterPx + (px[after - 1] ?? 0)) / 2);
}

/** Times at the top, where there is room for them. */
function ticksOf({ times, px }: Columns): Band['ticks'] {
  let nextPx = 0;
  return times.flatMap((time, column) => {
    const xPx = px[column] ?? 0;
    if (xPx < nextPx) return [];
    nextPx = xPx + TICK_PX;
    return [{ xPx, label: String(time) }];
  });
}

function describeStates<State, Input, Output>(
  model: Model<State, Input, Output>,
  states: readonly State[],
): string {
  const texts = states.map((state) => model.describeState?.(state) ?? inJson(state));
  return shortened([...new Set(texts)].join(' or '), STATE_CHARACTERS_MAX);
}

function textOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, outcome }: Operation<Input, Output>,
): string {
  const output = outcome.kind === 'ok' ? outcome.output : UNKNOWN;
  const answer = output === UNKNOWN ? '?' : inJson(output);
  const text = model.describeOperation?.(input, output) ?? `${inJson(input)} → ${answer}`;
  const ended = outcome.kind === 'fail' ? text.replace(/ → \?$/, ' → failed') : text;
  return shortened(ended, STATE_CHARACTERS_MAX);
}

/** What JSON has no form for must not keep a report from being written. */
function inJson(value: unknown): string {
  try {
    const json: unknown = JSON.stringify(value);
    return typeof json === 'string' ? json : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Beginning and end: an answer stands at the end. */
function shortened(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const tail = Math.floor(charactersMax / 3);
  return `${text.slice(0, charactersMax - tail - 1)}…${text.slice(-tail)}`.toWellFormed();
}
