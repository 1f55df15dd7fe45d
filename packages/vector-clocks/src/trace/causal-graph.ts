/**
 * What came right before what, from clocks alone.
 *
 * A clock says of every process how many of its events came before. So the events that an event
 * heard of are those whose counters rose since the one before it in its own process; and of these,
 * only those that no other one had heard of already can have sent the message that it received. The
 * number of steps on the longest way to an event is its Lamport time: causes above effects, in as
 * few rows as can be.
 *
 * ```text
 *   a:  1 ──▸ 2                    {a:2}           of (b, 3): a rose to 2, c to 1;
 *   c:  1 ◂── 2 had heard of it    {a:2, c:1}      but (c, 1) had heard of (a, 2),
 *   b:  … ─▸ 3                     {a:2, b:3, c:1} so c sent it.
 * ```
 *
 * Sources: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978;
 * Beschastnikh et al., "Debugging Distributed Systems", CACM 2016 (a diagram from clocks alone).
 */
import type { ReplicaId } from '../replica-id.ts';
import type { TraceEvent } from './trace-event.ts';

/** One event among the others. */
export interface PlacedEvent {
  readonly event: TraceEvent;
  /** Which of its process, from 1. */
  readonly counter: number;
  /** Its Lamport time: 1 more than the latest of what came right before it, from 1. */
  readonly time: number;
  /** Those of other processes whose messages it received, as places in `events`. */
  readonly heard: readonly number[];
}

/** A trace, ready to be drawn. */
export interface CausalGraph {
  /** In the order in which each process appears first in what was given. */
  readonly hosts: readonly ReplicaId[];
  /** Causes before effects: by Lamport time, then by process. */
  readonly events: readonly PlacedEvent[];
}

/**
 * Places the events of a trace, which may come in any order and from any number of recorders.
 *
 * @throws RangeError if an event is told twice or of a process one is missing: its clock has no
 *   entry for the event itself, or skips one.
 *
 * @remarks
 * O(events · processes), and as much again for each that was heard at once. What a clock knows of
 * processes that told nothing is left out.
 */
export function causalGraph(trace: Iterable<TraceEvent>): CausalGraph {
  const lanes = new Map<ReplicaId, TraceEvent[]>();
  for (const event of trace) {
    const lane = lanes.get(event.host);
    if (lane === undefined) lanes.set(event.host, [event]);
    else lane.push(event);
  }
  const hosts = [...lanes.keys()];
  for (const [host, lane] of lanes) {
    lane.sort((left, right) => left.clock.get(host) - right.clock.get(host));
    expectComplete(host, lane);
  }
  // The sum of all counters rises from cause to effect.
  const ordered = [...lanes.values()]
    .flat()
    .map((event) => ({ event, sum: sumOf(event) }))
    .sort((left, right) => left.sum - right.sum);
  const times = new Map<TraceEvent, number>();
  const drafts = ordered.map(({ event }) => {
    const counter = event.clock.get(event.host);
    const before = lanes.get(event.host)?.[counter - 2];
    const heard = heardBy(event, before, lanes);
    const time =
      1 + Math.max(0, ...[...heard, before].map((each) => (each && times.get(each)) ?? 0));
    times.set(event, time);
    return { event, counter, time, heard };
  });
  const lane = new Map(hosts.map((host, index) => [host, index]));
  const laneOf = (event: TraceEvent): number => lane.get(event.host) ?? 0;
  drafts.sort((left, right) => left.time - right.time || laneOf(left.event) - laneOf(right.event));
  const places = new Map(drafts.map(({ event }, place) => [event, place]));
  const events = drafts.map(({ heard, ...rest }) => ({
    ...rest,
    heard: heard.map((each) => places.get(each) ?? 0).sort((left, right) => left - right),
  }));
  return { hosts, events };
}

function expectComplete(host: ReplicaId, lane: readonly TraceEvent[]): void {
  for (const [index, { clock, text }] of lane.entries()) {
    if (clock.get(host) === index + 1) continue;
    const what = `${JSON.stringify(text.slice(0, 40))} of ${JSON.stringify(host)}`;
    throw new RangeError(`trace: expected event ${index + 1}, got ${clock.get(host)}: ${what}`);
  }
}

function sumOf({ clock }: TraceEvent): number {
  let sum = 0;
  for (const [, counter] of clock) sum += counter;
  return sum;
}

/** Of those that `event` heard of and `before` had not, the latest that none of the others knew. */
function heardBy(
  event: TraceEvent,
  before: TraceEvent | undefined,
  lanes: ReadonlyMap<ReplicaId, readonly TraceEvent[]>,
): readonly TraceEvent[] {
  const news: TraceEvent[] = [];
  for (const [id, counter] of event.clock) {
    if (id === event.host || counter <= (before?.clock.get(id) ?? 0)) continue;
    const lane = lanes.get(id);
    // Of a process that told less, the last that it told.
    const cause = lane?.[Math.min(counter, lane.length) - 1];
    if (cause !== undefined) news.push(cause);
  }
  return news.filter((one) => !news.some((other) => other !== one && knows(other, one)));
}

function knows(later: TraceEvent, earlier: TraceEvent): boolean {
  return later.clock.get(earlier.host) >= earlier.clock.get(earlier.host);
}
