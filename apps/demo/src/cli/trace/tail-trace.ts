/** `demo trace tail`: what nodes send each other, as it happens. */
import { fieldsOf, messageIdOf } from '../../dashboard/trace/trace-fields.ts';
import type { Fields } from '../../dashboard/trace/trace-filter.ts';
import { isHeartbeat, type TraceEvent, TraceLog } from '../../dashboard/trace/trace-log.ts';
import type { TraceWindow } from '../../observe/trace.ts';
import { traceLine } from '../../observe/trace-file.ts';
import type { DemoClient } from '../demo-client.ts';
import { follow } from '../follow.ts';
import type { Shell } from '../shell.ts';
import { eventLine } from './trace-text.ts';

/** What to show. */
export interface TailSettings {
  readonly holds: (fields: Fields) => boolean;
  readonly hasHeartbeats: boolean;
}

/** Nodes tell of their events within that, and by then it is known what was lost, in ms. */
const lagMs = 1_200;
const eventsMax = 20_000;

/** Events of all nodes in the order of time, each handed out once, when nothing earlier comes. */
export class TraceTail {
  readonly #log = new TraceLog(eventsMax);
  readonly #told = new WeakSet<TraceEvent>();

  /** The newest time so far. */
  get latestMs(): number {
    return this.#log.latestMs;
  }

  /** Takes entries of one node. */
  add({ entries }: TraceWindow): void {
    this.#log.add(entries);
  }

  /** The next ones, up to `lag` ms before the newest. */
  take(lag: number): readonly TraceEvent[] {
    const untilMs = this.#log.latestMs - lag;
    const due = this.#log.events.filter((event) => event.atMs <= untilMs && !this.#told.has(event));
    for (const event of due) this.#told.add(event);
    return due.toSorted((left, right) => left.atMs - right.atMs);
  }
}

/** Follows until Ctrl-C. */
export async function tailTrace(
  demo: Pick<DemoClient, 'stream' | 'view'>,
  { holds, hasHeartbeats }: TailSettings,
  shell: Shell,
): Promise<void> {
  const tail = new TraceTail();
  const print = (lag: number): void => {
    for (const event of tail.take(lag)) {
      if (!hasHeartbeats && isHeartbeat(event.entry)) continue;
      if (!holds(fieldsOf(event, tail.latestMs))) continue;
      const line = shell.isJson
        ? traceLine(event.entry, messageIdOf(event))
        : shell.foreign(eventLine(event, tail.latestMs));
      shell.print(line);
    }
  };
  await follow(demo, {
    signal: shell.interrupted,
    path: () => '/api/trace',
    onData: (data) => {
      const window = JSON.parse(data) as TraceWindow;
      tail.add(window);
      if (window.leftOutCount > 0) shell.note(`${window.leftOutCount} events were left out`);
      print(lagMs);
    },
    onGap: (reason) => shell.note(reason),
  });
  print(0);
}
