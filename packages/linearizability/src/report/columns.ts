/*
 * Where the events of a band stand from left to right. Each gets a column of its own, as far to the
 * left as the texts of the bars and the points between the events allow.
 */

import { type History, returnTimeOf } from '../history.ts';
import type { Annotation } from './annotation.ts';
import type { PartialOrders } from './partial-orders.ts';
import { shortened } from './texts.ts';

/** How high a row of annotations is. */
export const SPAN_PX = 24;
/** How high the row of times is, at the top. */
export const AXIS_PX = 22;
/** What is left free around points. */
export const GAP_PX = 6;
/** From one point to the next, and where numbers have three digits. */
export const POINT_PX = 20;
const POINT_PX_WIDE = 28;
const MARGIN_PX = 14;
const TEXT_PX = 9;
const COLUMN_PX_MIN = 16;
const SPAN_PX_MIN = 4;
const CHARACTER_PX = 7.3;
const TICK_PX = 90;
const LABEL_CHARACTERS_MAX = 36;

/** An annotation in the picture. */
export interface Span {
  /** In full, and as much of it as there is room for. */
  readonly label: string;
  readonly text: string;
  readonly fromPx: number;
  readonly toPx: number;
  readonly row: number;
}

/** A call or a return. */
export interface Event {
  readonly kind: 'call' | 'return';
  readonly time: number;
  /** Index of the operation. */
  readonly bar: number;
}

/** Calls and returns in the order of time; at one instant, calls come first. */
export function eventsOf<Input, Output>(operations: History<Input, Output>): Event[] {
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
export interface Slots {
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
export function slotsOf<State>(
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

/** Where the events stand. */
export interface Columns {
  /** Times of the events, and where they stand. */
  readonly times: readonly number[];
  readonly px: readonly number[];
  /** For each bar. */
  readonly callPx: readonly number[];
  readonly returnPx: readonly (number | undefined)[];
  readonly widthPx: number;
}

/** Each column as far to the left as bars, their texts and the points before it allow. */
export function placeColumns(
  events: readonly Event[],
  labels: readonly string[],
  slots: Slots,
): Columns {
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

/** Annotations in rows, so that their texts do not run into each other. */
export function placeSpans(
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
export function ticksOf({
  times,
  px,
}: Columns): { readonly xPx: number; readonly label: string }[] {
  let nextPx = 0;
  return times.flatMap((time, column) => {
    const xPx = px[column] ?? 0;
    if (xPx < nextPx) return [];
    nextPx = xPx + TICK_PX;
    return [{ xPx, label: String(time) }];
  });
}
