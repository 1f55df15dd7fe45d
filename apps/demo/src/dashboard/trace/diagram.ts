/** The trace as a Lamport diagram: a lane for each node, time to the right, messages as arrows. */
import { lookOf } from '../cluster/message-kinds.ts';
import { SIMULATED_MS_MAX } from '../format.ts';
import { isHeartbeat, isLost, relationTo, type TraceEvent } from './trace-log.ts';

/** What part of the trace is drawn, and where. */
export interface DiagramView {
  readonly width: number;
  readonly height: number;
  /** The nodes, from top to bottom. */
  readonly ids: readonly string[];
  /** The time at the right edge, in ms since 1970. */
  readonly endMs: number;
  readonly spanMs: number;
  /** The newest timestamp there is. */
  readonly latestMs: number;
  /** What a time is called on the clock of the page. */
  readonly timeOf: (atMs: number) => number;
  /** Whether an event is drawn. */
  readonly isShown: (event: TraceEvent) => boolean;
  /** Events that are brighter than others; undefined: all are as bright. */
  readonly highlighted: ReadonlySet<TraceEvent> | undefined;
  /** Whether heartbeats have arrows, rather than a tick on the lane. */
  readonly hasHeartbeats: boolean;
  readonly selected: TraceEvent | undefined;
}

const leftPx = 46;
const rightPx = 10;
const topPx = 34;
const bottomPx = 30;
const nearPx = 14;

/** The place of a time, in CSS pixels from the left. */
export function xOf({ width, endMs, spanMs }: DiagramView, atMs: number): number {
  return width - rightPx - ((endMs - atMs) / spanMs) * (width - leftPx - rightPx);
}

/** The place of a lane, in CSS pixels from the top. */
export function yOf({ height, ids }: DiagramView, id: string): number {
  const gaps = Math.max(1, ids.length - 1);
  return topPx + (Math.max(0, ids.indexOf(id)) / gaps) * (height - topPx - bottomPx);
}

/** The events that are drawn, in order. */
export function drawnEvents(view: DiagramView, events: readonly TraceEvent[]): TraceEvent[] {
  const sinceMs = view.endMs - view.spanMs;
  const isIn = (atMs: number): boolean => atMs >= sinceMs && atMs <= view.endMs;
  return events.filter(
    (event) =>
      (isIn(event.atMs) || (event.partner !== undefined && isIn(event.partner.atMs))) &&
      view.isShown(event),
  );
}

/** The event at a point, if one is near; heartbeats only where they are drawn as others are. */
export function eventAt(
  view: DiagramView,
  events: readonly TraceEvent[],
  at: { readonly x: number; readonly y: number },
): TraceEvent | undefined {
  let best: TraceEvent | undefined;
  let bestPx = nearPx;
  for (const event of drawnEvents(view, events)) {
    if (isCollapsed(view, event)) continue;
    const distance = Math.hypot(
      xOf(view, event.atMs) - at.x,
      (yOf(view, event.entry.node) - at.y) / 1.5,
    );
    if (distance < bestPx) [best, bestPx] = [event, distance];
  }
  return best;
}

/** Draws all of it. `colour` finds a colour of the page by the name of its variable. */
export function paintDiagram(
  context: CanvasRenderingContext2D,
  view: DiagramView,
  events: readonly TraceEvent[],
  colour: (name: string) => string,
): void {
  context.clearRect(0, 0, view.width, view.height);
  paintTime(context, view, colour);
  paintLanes(context, view, colour);
  context.save();
  context.beginPath();
  context.rect(leftPx, 0, view.width - leftPx, view.height);
  context.clip();
  const drawn = drawnEvents(view, events);
  for (const event of drawn) {
    if (isCollapsed(view, event)) paintTick(context, view, event, colour);
    else if (event.entry.kind !== 'receive') paintMessage(context, view, event, colour);
  }
  context.globalAlpha = 1;
  if (view.selected) paintSelected(context, view, view.selected, colour);
  context.restore();
}

/** Whether an event is a tick on its lane rather than an arrow. */
export function isCollapsed({ hasHeartbeats }: DiagramView, { entry }: TraceEvent): boolean {
  return !hasHeartbeats && isHeartbeat(entry);
}

/** How well an event is seen: what has nothing to do with the selected one steps back. */
function alphaOf({ selected, highlighted }: DiagramView, event: TraceEvent): number {
  if (highlighted !== undefined && !highlighted.has(event)) return 0.16;
  if (selected === undefined) return 0.9;
  return relationTo(selected, event) === 'concurrent' ? 0.16 : 1;
}

function paintTime(
  context: CanvasRenderingContext2D,
  view: DiagramView,
  colour: (name: string) => string,
): void {
  const stepMs = stepOf(view.spanMs);
  context.font = '11px system-ui';
  context.textAlign = 'center';
  context.lineWidth = 1;
  const firstMs = Math.ceil((view.endMs - view.spanMs) / stepMs) * stepMs;
  for (let atMs = firstMs; atMs <= view.endMs; atMs += stepMs) {
    const x = xOf(view, atMs);
    if (x < leftPx + 24 || x > view.width - 30) continue;
    context.strokeStyle = colour('--line');
    line(context, x, topPx - 12, x, view.height - bottomPx + 12);
    context.fillStyle = colour('--ink-2');
    context.fillText(timeText(view.timeOf(atMs), stepMs), x, view.height - 4);
  }
}

/** About eight lines, at round times. */
function stepOf(spanMs: number): number {
  const steps = [5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
  return steps.find((step) => spanMs / step <= 8) ?? 5_000;
}

function timeText(atMs: number, stepMs: number): string {
  if (atMs < SIMULATED_MS_MAX) return `${(atMs / 1_000).toFixed(stepMs >= 1_000 ? 0 : 3)} s`;
  const date = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = `${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const digits = stepMs >= 1_000 ? 0 : stepMs >= 100 ? 1 : 3;
  const part = String(date.getMilliseconds()).padStart(3, '0').slice(0, digits);
  return digits === 0 ? seconds : `${seconds}.${part}`;
}

function paintLanes(
  context: CanvasRenderingContext2D,
  view: DiagramView,
  colour: (name: string) => string,
): void {
  context.textAlign = 'left';
  context.font = '650 13px system-ui';
  for (const id of view.ids) {
    const y = yOf(view, id);
    context.strokeStyle = colour('--ink-2');
    context.globalAlpha = 0.55;
    line(context, leftPx, y, view.width, y);
    context.globalAlpha = 1;
    context.fillStyle = colour('--ink');
    context.fillText(id, 12, y + 4);
  }
}

function paintTick(
  context: CanvasRenderingContext2D,
  view: DiagramView,
  event: TraceEvent,
  colour: (name: string) => string,
): void {
  const [x, y] = [xOf(view, event.atMs), yOf(view, event.entry.node)];
  context.globalAlpha = 0.5 * alphaOf(view, event);
  context.strokeStyle = colour('--heartbeat');
  context.lineWidth = 1;
  line(context, x, y - 4, x, y + 4);
}

function paintMessage(
  context: CanvasRenderingContext2D,
  view: DiagramView,
  event: TraceEvent,
  colour: (name: string) => string,
): void {
  const { entry, partner } = event;
  const look = lookOf(entry.type);
  const from = { x: xOf(view, event.atMs), y: yOf(view, entry.node) };
  context.globalAlpha = alphaOf(view, partner ?? event);
  context.strokeStyle = colour(look.colour);
  context.fillStyle = colour(look.colour);
  context.lineWidth = 1.3;
  if (partner !== undefined) {
    const to = { x: xOf(view, partner.atMs), y: yOf(view, partner.entry.node) };
    line(context, from.x, from.y, to.x, to.y);
    paintHead(context, from, to);
  } else if (isLost(event, view.latestMs)) {
    // It gets a third of its way, and no further.
    const to = { x: from.x + 8, y: from.y + (yOf(view, entry.peer) - from.y) / 3 };
    context.strokeStyle = colour('--bad');
    context.setLineDash([4, 3]);
    line(context, from.x, from.y, to.x, to.y);
    context.setLineDash([]);
    line(context, to.x - 4, to.y - 4, to.x + 4, to.y + 4);
    line(context, to.x + 4, to.y - 4, to.x - 4, to.y + 4);
  }
  context.beginPath();
  context.arc(from.x, from.y, 2.8, 0, 2 * Math.PI);
  context.fill();
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function paintHead(context: CanvasRenderingContext2D, from: Place, to: Place): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  context.beginPath();
  context.moveTo(to.x, to.y);
  for (const turn of [-0.4, 0.4]) {
    context.lineTo(to.x - 8 * Math.cos(angle + turn), to.y - 8 * Math.sin(angle + turn));
  }
  context.closePath();
  context.fill();
}

function paintSelected(
  context: CanvasRenderingContext2D,
  view: DiagramView,
  event: TraceEvent,
  colour: (name: string) => string,
): void {
  const ends = [event, ...(event.partner ? [event.partner] : [])];
  context.strokeStyle = colour('--ink');
  context.lineWidth = 2;
  for (const { atMs, entry } of ends) {
    context.beginPath();
    context.arc(xOf(view, atMs), yOf(view, entry.node), 7, 0, 2 * Math.PI);
    context.stroke();
  }
  const [from, to] = ends;
  if (!from || !to) return;
  const place = (end: TraceEvent): readonly [number, number] => [
    xOf(view, end.atMs),
    yOf(view, end.entry.node),
  ];
  line(context, ...place(from), ...place(to));
}

function line(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}
