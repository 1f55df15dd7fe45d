/** What the cluster sends, as signals that the panels read: of now, or of a time before. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';

import type { ChartMark, ChartPoint, ClusterView, PageEvent } from '../supervisor/cluster-view.ts';
import { isSimulated, source } from './source/source.ts';
import { type MessageWindow, TimeRecord } from './time/record.ts';
import { viewedMs } from './time/viewed.ts';

const pointCountMax = 240;
const markCountMax = 200;

/** The cluster as it is shown; `undefined` before the first event. */
export const view = signal<ClusterView | undefined>(undefined);
/** The two minutes before that. */
export const points = signal<readonly ChartPoint[]>([]);
/** What was done and what happened until then, oldest first. */
export const marks = signal<readonly ChartMark[]>([]);
/** Whether the supervisor is there; `undefined` before the first answer. */
export const isConnected = signal<boolean | undefined>(undefined);
/** The node that buttons and keys act on. */
export const selectedId = signal<string>('n1');
/** The times between which there is something to look at; the later one is now. */
export const known = signal({ startMs: 0, endMs: 0 });
/** The time that is shown, by the clock of the charts. */
export const shownMs: ReadonlySignal<number> = computed(() => viewedMs.value ?? known.value.endMs);
/** All marks that are known, whatever is looked at. */
export const allMarks = signal<readonly ChartMark[]>([]);

export type { MessageWindow } from './time/record.ts';

const record = new TimeRecord();
/** How far the clock of the charts is ahead of ours, in ms. */
let aheadMs = 0;
const messageListeners = new Set<(window: MessageWindow) => void>();
const followers = new Set<Follower>();

/** Who keeps a record of its own, to show the past by. */
export interface Follower {
  /** A view, as it comes: also while the past is looked at. */
  readonly onView?: (atMs: number, cluster: ClusterView) => void;
  /** What was told of this time and later is void: something else happens then. */
  readonly onForget?: (fromMs: number) => void;
}

/** Tells `follower` what comes from now on, whatever is shown. */
export function follow(follower: Follower): void {
  followers.add(follower);
}

/** The present, by the clock of the charts. */
export function presentMs(): number {
  return isSimulated ? record.endMs : Date.now() + aheadMs;
}

/** Calls `listener` with every window of messages that is shown. */
export function onMessages(listener: (window: MessageWindow) => void): () => void {
  messageListeners.add(listener);
  return () => messageListeners.delete(listener);
}

/** Follows the cluster's events. */
export function connectFeed(): void {
  effect(() => {
    if (viewedMs.value === undefined) show(record.endMs);
  });
  source.events('/api/events', {
    opened: () => {
      isConnected.value = true;
    },
    event: (data) => {
      take(JSON.parse(data) as PageEvent);
    },
    lost: () => {
      isConnected.value = false;
    },
  });
}

/** Shows the cluster as it was at `atMs`, of which no more can be changed; undefined: as it is. */
export function lookAt(atMs: number | undefined): void {
  if (atMs === undefined || atMs >= record.endMs) {
    viewedMs.value = undefined;
    return;
  }
  const sinceMs = viewedMs.peek() ?? -Infinity;
  viewedMs.value = Math.max(atMs, record.startMs);
  show(viewedMs.value);
  // Of a leap, what was last on its way.
  const fromMs = sinceMs < atMs && atMs < sinceMs + 500 ? sinceMs : atMs - 100;
  for (const window of record.messagesIn(fromMs, atMs)) tell(window);
}

function show(atMs: number): void {
  view.value = record.viewAt(atMs);
  points.value = record.pointsUntil(atMs, pointCountMax);
  marks.value = record.marksUntil(atMs, markCountMax);
}

function tell(window: MessageWindow): void {
  for (const listener of messageListeners) listener(window);
}

function take(event: PageEvent): void {
  // A simulation says the time itself; what comes without is as new as what is known.
  const nowMs = presentMs();
  const isNow = viewedMs.peek() === undefined;
  switch (event.kind) {
    case 'view': {
      const atMs = event.atMs ?? nowMs;
      record.addView(atMs, event.view);
      for (const { onView } of followers) onView?.(atMs, event.view);
      // Of a way through what is known already, nothing is shown but its end.
      if (isNow && atMs >= record.endMs) view.value = event.view;
      break;
    }
    case 'history':
      if (event.forgetFromMs !== undefined) forget(event.forgetFromMs);
      takeChart(event.points, event.marks);
      break;
    case 'point':
      adjustClock(event.point.atMs);
      takeChart([event.point], []);
      break;
    case 'mark':
      takeChart([], [event.mark]);
      break;
    case 'messages':
      record.addMessages(event.atMs ?? nowMs, event);
      if (isNow) tell(event);
      break;
  }
  tellKnown();
  // What was looked at may be forgotten by now.
  const lookedAtMs = viewedMs.peek();
  if (lookedAtMs !== undefined && lookedAtMs < record.startMs) lookAt(record.startMs);
}

function forget(fromMs: number): void {
  record.forget(fromMs);
  tellKnown();
  for (const { onForget } of followers) onForget?.(fromMs);
}

/** Follows the clock of the charts, but not how long each event was on its way. */
function adjustClock(atMs: number): void {
  const nextMs = atMs - Date.now();
  if (Math.abs(nextMs - aheadMs) > 1_000) aheadMs = nextMs;
}

/** Messages come often and change neither end. */
function tellKnown(): void {
  const { startMs, endMs } = record;
  const last = known.peek();
  if (startMs !== last.startMs || endMs !== last.endMs) known.value = { startMs, endMs };
}

function takeChart(newPoints: readonly ChartPoint[], newMarks: readonly ChartMark[]): void {
  record.addChart(newPoints, newMarks);
  if (newMarks.length > 0) allMarks.value = record.marksUntil(Infinity);
  if (viewedMs.peek() !== undefined) return;
  points.value = record.pointsUntil(Infinity, pointCountMax);
  marks.value = record.marksUntil(Infinity, markCountMax);
}
