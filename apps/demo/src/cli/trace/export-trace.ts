/** `demo trace export`: what nodes sent each other, as a file. */
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { fieldsOf, messageIdOf } from '../../dashboard/trace/trace-fields.ts';
import type { Fields } from '../../dashboard/trace/trace-filter.ts';
import { type TraceEvent, TraceLog } from '../../dashboard/trace/trace-log.ts';
import type { TraceWindow } from '../../observe/trace.ts';
import { shivizLog, traceLine } from '../../observe/trace-file.ts';
import { type DemoClient, problemText } from '../demo-client.ts';
import { follow } from '../follow.ts';
import { type ExitCode, Failure, type Shell } from '../shell.ts';
import { traceSvg } from './trace-picture.ts';

/** What traces are written as. */
export const traceFormats = ['jsonl', 'shiviz', 'svg'] as const;

/** What to write. */
export interface ExportSettings {
  readonly demo: Pick<DemoClient, 'request' | 'stream' | 'view'>;
  readonly format: (typeof traceFormats)[number];
  /** So much of the past, in ms; or of what is to come, if that is given. */
  readonly pastMs: number;
  readonly forMs: number | undefined;
  readonly holds: (fields: Fields) => boolean;
  readonly hasHeartbeats: boolean;
  readonly outFile: string | undefined;
}

/** No trace is longer. */
const eventsMax = 2_000_000;
/** What was sent last must arrive, and its receipt be told. */
const settleMs = 1_500;
const readTimeoutMs = 60_000;

/** Writes it. @returns 1 if there is nothing to write. */
export async function exportTrace(settings: ExportSettings, shell: Shell): Promise<ExitCode> {
  const { demo, pastMs, forMs, holds, format, hasHeartbeats, outFile } = settings;
  const windows =
    forMs === undefined ? await recorded(demo, pastMs) : await record(demo, forMs, shell);
  const log = new TraceLog(eventsMax);
  for (const { entries } of windows) log.add(entries);
  const leftOutCount = windows.reduce((sum, one) => sum + one.leftOutCount, 0);
  const { latestMs } = log;
  const fromMs = latestMs - (forMs ?? pastMs);
  const events = log
    .between(-Infinity, Infinity)
    .filter((event) => event.atMs >= fromMs && holds(fieldsOf(event, latestMs)));
  if (events.length === 0) throw new Failure('nothing that fits was sent in that time');
  const picture = { events, fromMs: events[0]?.atMs ?? fromMs, toMs: latestMs, hasHeartbeats };
  const text = format === 'svg' ? traceSvg(picture) : textOf(format, events);
  if (outFile !== undefined) writeFileSync(outFile, text);
  say({ format, eventCount: events.length, leftOutCount, outFile }, text, shell);
  return 0;
}

function say(
  written: {
    readonly format: ExportSettings['format'];
    readonly eventCount: number;
    /** Of busy nodes, which told only of some. */
    readonly leftOutCount: number;
    readonly outFile: string | undefined;
  },
  text: string,
  { isJson, print, foreign, note }: Shell,
): void {
  const { format, eventCount, leftOutCount, outFile } = written;
  // JSON lines are what a program reads.
  if (isJson && (outFile !== undefined || format !== 'jsonl')) {
    print(JSON.stringify(outFile === undefined ? { ...written, text } : written));
    return;
  }
  if (outFile === undefined) print(foreign(text.trimEnd()));
  const lost = leftOutCount === 0 ? '' : `, ${leftOutCount} more were left out by busy nodes`;
  note(`${eventCount} events${lost}${outFile === undefined ? '' : ` in ${outFile}`}`);
}

function textOf(format: 'jsonl' | 'shiviz', events: readonly TraceEvent[]): string {
  if (format === 'shiviz') return shivizLog(events.map(({ entry }) => entry));
  return events.map((event) => `${traceLine(event.entry, messageIdOf(event))}\n`).join('');
}

/** What the demo has kept. */
async function recorded(
  demo: ExportSettings['demo'],
  pastMs: number,
): Promise<readonly TraceWindow[]> {
  const path = `/api/trace/recorded?forMs=${pastMs}`;
  const { status, body } = await demo.request({ path, timeoutMs: readTimeoutMs });
  if (status >= 300) throw new Failure(problemText(body));
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceWindow);
}

/** What is sent from now on. */
async function record(
  demo: ExportSettings['demo'],
  forMs: number,
  { interrupted, progress }: Shell,
): Promise<readonly TraceWindow[]> {
  const windows: TraceWindow[] = [];
  let count = 0;
  const ending = new AbortController();
  const following = follow(demo, {
    signal: ending.signal,
    path: () => '/api/trace',
    onData: (data) => {
      const window = JSON.parse(data) as TraceWindow;
      windows.push(window);
      count += window.entries.length;
      progress.show(`${count} events`);
    },
    onGap: () => undefined,
  });
  const waiting = delay(forMs + settleMs, undefined, { signal: interrupted }).catch(
    () => undefined,
  );
  await Promise.race([following, waiting]);
  ending.abort();
  await following;
  return windows;
}
