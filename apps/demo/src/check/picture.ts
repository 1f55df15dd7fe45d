/**
 * Operations of one key as bars in lanes, and where they take effect.
 *
 *     c1   ├─ put(1) ───①──┤                Points lie between two events: behind the last call
 *     c2        ├─ get → 1 ─┼──②──┤         so far, in the order of their numbers, and before
 *     c3                     ├─ get → 0 ✗┤  the next event.
 */
import type { History, Operation } from '@quorate/linearizability';

import type { Bar, Picture, Point } from './check-report.ts';
import type { ConfigInput, ConfigOutput } from './config-model.ts';

/** One operation on the configuration. */
export type ConfigOperation = Operation<ConfigInput, ConfigOutput>;

/** What to draw. */
export interface PictureContent {
  readonly key: string;
  readonly operations: History<ConfigInput, ConfigOutput>;
  /** Those that take effect, one after the other, and what is true after each. */
  readonly order: readonly { readonly operation: ConfigOperation; readonly state: string }[];
  readonly startState: string;
  readonly culprit: ConfigOperation | undefined;
  readonly textOf: (operation: ConfigOperation) => string;
  /** Room for each event, in px. */
  readonly eventPx: number;
}

const POINT_PX = 18;

/** Lays out one picture. O(n log n). */
export function pictureOf(content: PictureContent): Picture {
  const { key, startState, culprit, textOf } = content;
  const operations = content.operations.toSorted((a, b) => a.callTime - b.callTime);
  const lanes = [...new Set(operations.map(({ process }) => String(process)))].toSorted(byName);
  const events = eventsOf(operations);
  const slots = slotsOf(content, events);
  const px = columnsOf(events.count, slots, content.eventPx);
  const points = pointsOf(content, slots, px);
  const widthPx = px.at(-1) ?? 0;
  const bars = operations.map((operation): Bar => {
    const { process, callTime, outcome } = operation;
    const returned = events.returns.get(operation);
    return {
      lane: lanes.indexOf(String(process)),
      text: textOf(operation),
      answer: outcome.kind === 'ok' ? 'known' : outcome.kind === 'fail' ? 'refused' : 'unknown',
      callMs: callTime,
      returnMs: outcome.kind === 'info' ? null : outcome.returnTime,
      fromPx: px[events.calls.get(operation) ?? 0] ?? 0,
      toPx: returned === undefined ? widthPx : (px[returned] ?? widthPx),
      point: points.get(operation) ?? null,
      isCulprit: operation === culprit,
    };
  });
  return { key, startState, lanes, widthPx, bars };
}

interface Events {
  /** The place of each call, and of each return, among all of them. */
  readonly calls: ReadonlyMap<ConfigOperation, number>;
  readonly returns: ReadonlyMap<ConfigOperation, number>;
  readonly count: number;
}

/** What was called at the instant of a return may have been before it. */
function eventsOf(operations: readonly ConfigOperation[]): Events {
  const called = operations.map((operation) => ({ at: operation.callTime, rank: 0, operation }));
  const returned = operations.flatMap((operation) =>
    operation.outcome.kind === 'info'
      ? []
      : [{ at: operation.outcome.returnTime, rank: 1, operation }],
  );
  const all = [...called, ...returned].toSorted((a, b) => a.at - b.at || a.rank - b.rank);
  const places = (rank: number): ReadonlyMap<ConfigOperation, number> =>
    new Map(all.flatMap((one, place) => (one.rank === rank ? [[one.operation, place]] : [])));
  return { calls: places(0), returns: places(1), count: all.length };
}

/** Behind which event each operation of the order takes effect: as early as it can. */
function slotsOf({ order }: PictureContent, { calls }: Events): readonly number[] {
  let last = 0;
  return order.map(({ operation }) => (last = Math.max(last, calls.get(operation) ?? 0)));
}

/** Where each event is drawn, and the end: as far from the last one as the points need. */
function columnsOf(count: number, slots: readonly number[], eventPx: number): readonly number[] {
  let at = 0;
  const starts = Array.from({ length: count }, (_, place) => {
    const start = at;
    at += Math.max(eventPx, POINT_PX * slots.filter((slot) => slot === place).length);
    return start;
  });
  return [...starts, at];
}

function pointsOf(
  { order }: PictureContent,
  slots: readonly number[],
  px: readonly number[],
): ReadonlyMap<ConfigOperation, Point> {
  return new Map(
    order.map(({ operation, state }, index) => {
      const slot = slots[index] ?? 0;
      const [from = 0, to = 0] = [px[slot], px[slot + 1]];
      const inSlot = slots.filter((other) => other === slot).length;
      const share = (index - slots.indexOf(slot) + 0.5) / inSlot;
      return [operation, { xPx: from + share * (to - from), number: index + 1, state }];
    }),
  );
}

/** As people sort: c2 comes before c10. */
function byName(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
