/** What the trace shows, and the stream that it comes from. */
import { computed, signal } from '@preact/signals';

import type { TraceWindow } from '../../observe/trace.ts';
import { source } from '../source/source.ts';
import { isHeartbeat, type TraceEvent, TraceLog } from './trace-log.ts';

/** Spans that can be chosen, in ms. */
const spans: readonly number[] = [100, 250, 500, 1_000, 2_000, 5_000, 10_000];

/** Counted up when the log has changed. */
export const version = signal(0);
/** Whether the trace moves on. */
export const isLive = signal(true);
/** How much time is shown. */
export const spanMs = signal(1_000);
/** The time at the right edge while the trace stands still. */
export const endMs = signal(0);
/** Types of messages that are not shown. */
export const hidden = signal<ReadonlySet<string>>(new Set());
/** Whether heartbeats are shown as other messages are. */
export const hasHeartbeats = signal(false);
/** The event whose past and future are shown. */
export const selected = signal<TraceEvent | undefined>(undefined);
/** Entries that nodes did not send, as there were too many. */
export const leftOutCount = signal(0);

let log = new TraceLog();
let stop: () => void = () => undefined;

/** The log as it is now. */
export function currentLog(): TraceLog {
  return log;
}

/** Types of messages in the log and how many events each has, heartbeats left out. */
export const types = computed<readonly (readonly [string, number])[]>(() => {
  if (version.value === 0) return [];
  const counts = new Map<string, number>();
  for (const { entry } of log.events) {
    if (!isHeartbeat(entry)) counts.set(entry.type, (counts.get(entry.type) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
});

/** Begins a new log and follows all nodes. */
export function follow(): void {
  stop();
  log = new TraceLog();
  selected.value = undefined;
  leftOutCount.value = 0;
  isLive.value = true;
  stop = source.events('/api/trace', {
    opened: () => undefined,
    event: (data) => {
      const window = JSON.parse(data) as TraceWindow;
      log.add(window.entries);
      leftOutCount.value += window.leftOutCount;
      version.value += 1;
    },
    lost: () => undefined,
  });
}

/** Lets the trace stand still, so that it can be looked at. */
export function freeze(atMs: number): void {
  if (!isLive.value) return;
  stop();
  endMs.value = atMs;
  isLive.value = false;
}

/** Ends the stream: nobody looks any more. */
export function leave(): void {
  stop();
}

/** Shows more or less time. */
export function zoom(steps: 1 | -1): void {
  const at = spans.indexOf(spanMs.value) + steps;
  spanMs.value = spans[at] ?? spanMs.value;
}
