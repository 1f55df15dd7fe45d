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

import type { History, Operation } from '../history.ts';
import type { Model } from '../model.ts';
import type { Annotation } from './annotation.ts';
import {
  AXIS_PX,
  type Columns,
  eventsOf,
  GAP_PX,
  placeColumns,
  placeSpans,
  POINT_PX,
  type Slots,
  slotsOf,
  type Span,
  SPAN_PX,
  ticksOf,
} from './columns.ts';
import { type PartialOrders, refusedAfter } from './partial-orders.ts';
import { describeOperation, describeStates, shortened } from './texts.ts';

/** How high a bar is. */
export const BAR_PX = 27;
/** From the top of one lane to that of the next. */
export const LANE_PX = 47;
const LABEL_CHARACTERS_MAX = 36;

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

/** Where an operation takes effect in some order. Points form a tree, as their orders do. */
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
  const texts = operations.map((operation) => describeOperation(model, operation));
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
    const columnPx = columns.px[slots.columnOf[node] ?? 0] ?? 0;
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
