import { checkReplicaId, type ReplicaId } from '../replica-id.ts';
import { increment, merge, VectorClock } from '../vector-clock.ts';
import type { TraceEvent } from './trace-event.ts';

/** What bounds a recorder. */
export interface TraceRecorderOptions {
  /** Events kept, an integer of at least 1; what comes later is only counted. Default 100,000. */
  readonly eventCountMax?: number;
}

/**
 * Writes down what happens to one process, with a vector clock that it keeps along the way: what
 * `send` returns goes with the message, and to `receive` on the other side.
 *
 * @remarks
 * The first events are kept, not the last: a trace that begins in the middle tells nobody what came
 * before. O(members) for each event.
 *
 * @example
 * ```ts
 * import { shiVizLog, TraceRecorder } from '@quorate/vector-clocks/trace';
 *
 * const [a, b] = [new TraceRecorder('a'), new TraceRecorder('b')];
 * const clock = a.send('asks');
 * b.receive('is asked', clock);
 * b.events[0]?.clock.toJSON(); // => { a: 1, b: 1 }
 * ```
 */
export class TraceRecorder {
  readonly host: ReplicaId;
  readonly #events: TraceEvent[] = [];
  readonly #eventCountMax: number;
  #clock = VectorClock.empty;
  #droppedCount = 0;

  /** @throws RangeError if `host` is no id, or an option is out of its range. */
  constructor(host: ReplicaId, { eventCountMax = 100_000 }: TraceRecorderOptions = {}) {
    if (!Number.isSafeInteger(eventCountMax) || eventCountMax < 1) {
      throw new RangeError(`eventCountMax: expected an integer >= 1, got ${eventCountMax}`);
    }
    this.host = checkReplicaId('host', host);
    this.#eventCountMax = eventCountMax;
  }

  /** What happened so far, oldest first. */
  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** What happened later, and was not kept. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** The clock of the last event. */
  get clock(): VectorClock {
    return this.#clock;
  }

  /** Something happens that no other process takes part in. */
  happen(text: string): void {
    this.#add(text, this.#clock);
  }

  /** A message leaves. @returns The clock to send along. */
  send(text: string): VectorClock {
    this.#add(text, this.#clock);
    return this.#clock;
  }

  /** A message arrives that was sent with `clock`. */
  receive(text: string, clock: VectorClock): void {
    this.#add(text, merge(this.#clock, clock));
  }

  #add(text: string, past: VectorClock): void {
    this.#clock = increment(past, this.host);
    if (this.#events.length < this.#eventCountMax) {
      this.#events.push({ host: this.host, text, clock: this.#clock });
    } else {
      this.#droppedCount += 1;
    }
  }
}
