/** What the trace shows, and the stream that it comes from. */
import { computed, signal } from '@preact/signals';

import type { TraceEntry, TraceWindow } from '../../observe/trace.ts';
import { type LineProblem, parseTrace } from '../../observe/trace-file.ts';
import { view as cluster } from '../feed.ts';
import { isSimulated, source } from '../source/source.ts';
import { viewedMs } from '../time/viewed.ts';
import type { Motif } from './motifs.ts';
import { fieldsOf } from './trace-fields.ts';
import { type Fields, parseFilter } from './trace-filter.ts';
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
/** The condition on messages, as it was typed. */
export const filterText = signal('');
/** The shape that is looked for. */
export const motif = signal<Motif | undefined>(undefined);
/** The file that is shown in place of the cluster; its run is over and only looked at. */
export const recorded = signal<RecordedRun | undefined>(undefined);
/** Entries that nodes did not send, as there were too many. */
export const leftOutCount = signal(0);

/** A trace from a file. */
export interface RecordedRun {
  readonly fileName: string;
  readonly ids: readonly string[];
  readonly problemCount: number;
  readonly problems: readonly LineProblem[];
}

/** The condition, or why it is none. */
export const filter = computed<{
  readonly holds: (fields: Fields) => boolean;
  readonly problem?: string;
}>(() => {
  try {
    return { holds: parseFilter(filterText.value) };
  } catch (error) {
    return { holds: () => true, problem: error instanceof Error ? error.message : String(error) };
  }
});

/** The nodes, from top to bottom. */
export const laneIds = computed<readonly string[]>(
  () => recorded.value?.ids ?? cluster.value?.nodes.map(({ id }) => id) ?? [],
);

let log = new TraceLog();
let stop: (() => void) | undefined;

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

/** Simulated clocks begin at that time, in ms since 1970; the page counts from the start. */
const SIMULATED_START_MS = 1_767_225_600_000;

/** A time of the trace on the clock of the charts. */
export function shownTime(atMs: number): number {
  return isSimulated && recorded.peek() === undefined ? atMs - SIMULATED_START_MS : atMs;
}

/** Follows all nodes, and what the page looks at; a file gives way to a new log. */
export function follow(): void {
  selected.value = undefined;
  isLive.value = viewedMs.peek() === undefined;
  if (stop !== undefined && recorded.peek() === undefined) return;
  log = new TraceLog();
  recorded.value = undefined;
  leftOutCount.value = 0;
  const end = source.events('/api/trace', {
    opened: () => undefined,
    event: (data) => {
      const window = JSON.parse(data) as TraceWindow;
      log.add(window.entries);
      leftOutCount.value += window.leftOutCount;
      version.value += 1;
    },
    lost: () => undefined,
  });
  const stopLooking = viewedMs.subscribe(lookAt);
  stop = () => {
    end();
    stopLooking();
    stop = undefined;
  };
}

/** Shows what was on its way at a time that the whole page looks at; undefined: now. */
function lookAt(atMs: number | undefined): void {
  isLive.value = atMs === undefined;
  if (atMs !== undefined) endMs.value = atMs + (isSimulated ? SIMULATED_START_MS : 0);
}

/** Lets the trace stand still, so that it can be looked at; it is recorded all the same. */
export function freeze(atMs: number): void {
  if (!isLive.value) return;
  endMs.value = atMs;
  isLive.value = false;
}

/** Ends the stream: nobody looks any more. */
export function leave(): void {
  stop?.();
}

/** Shows more or less time. */
export function zoom(steps: 1 | -1): void {
  const at = spans.indexOf(spanMs.value) + steps;
  spanMs.value = spans[at] ?? spanMs.value;
}

/** Whether an event is one that the filters let through. */
export function isShown(event: TraceEvent): boolean {
  if (hidden.value.has(event.entry.type)) return false;
  return filterText.value === '' || filter.value.holds(fieldsOf(event, log.latestMs));
}

/** The last events that are shown, the newest first. */
export function newestShown(countMax: number): readonly TraceEvent[] {
  const newest: TraceEvent[] = [];
  // The log itself is no signal.
  for (let index = version.value > 0 ? log.events.length - 1 : -1; index >= 0; index -= 1) {
    const event = log.events[index];
    if (newest.length >= countMax) break;
    if (event !== undefined && isShown(event)) newest.push(event);
  }
  return newest;
}

/** Shows a file in place of the cluster. What does not fit is left out, and said. */
export function openFile(fileName: string, text: string): void {
  stop?.();
  const { entries, problemCount, problems } = parseTrace(text);
  log = new TraceLog(entries.length);
  for (const run of runsOf(entries)) log.add(run);
  const ids = [...new Set(entries.map(({ node }) => node))].toSorted();
  recorded.value = { fileName, ids, problemCount, problems };
  selected.value = undefined;
  isLive.value = false;
  endMs.value = log.latestMs;
  version.value += 1;
}

/** Entries in the order of time, in lots of one node each. */
function runsOf(entries: readonly TraceEntry[]): readonly (readonly TraceEntry[])[] {
  const ordered = entries.toSorted((a, b) => a.wallMs - b.wallMs || a.counter - b.counter);
  const runs: TraceEntry[][] = [];
  for (const entry of ordered) {
    const run = runs.at(-1);
    if (run?.[0]?.node === entry.node) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
