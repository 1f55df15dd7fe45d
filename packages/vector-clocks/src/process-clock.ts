import { successor } from './counter.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { interned, positionOf } from './sorted-ids.ts';
import { merge, VectorClock } from './vector-clock.ts';

/**
 * The vector clock of one process, which counts in place.
 *
 * @remarks
 * `increment` copies all numbers, because a `VectorClock` never changes. A process has one clock
 * that nobody else sees between two messages, so here events are counted without a copy, and a
 * copy is made for the first event after the clock was given out.
 *
 * A process that has lost its count needs a new id: else two of its events have one name.
 *
 * @example
 * ```ts
 * import { ProcessClock } from '@quorate/vector-clocks';
 *
 * const a = new ProcessClock('a');
 * const b = new ProcessClock('b');
 * a.increment(); // => 1
 * b.receive(a.clock); // => 1, the first event of b
 * JSON.stringify(b.clock); // => '{"a":1,"b":1}'
 * ```
 */
export class ProcessClock {
  readonly id: ReplicaId;
  #ids: readonly ReplicaId[];
  #counters: number[];
  /** Where the own number is. */
  #at: number;
  /** What was given out since the last change: it holds `#counters`. */
  #given: VectorClock | undefined;

  /**
   * @param start - What is known already, such as before a restart.
   * @throws RangeError or TypeError if `id` names no replica.
   */
  constructor(id: ReplicaId, start: VectorClock = VectorClock.empty) {
    this.id = checkReplicaId('id', id);
    const at = positionOf(start.ids, id);
    this.#at = at < 0 ? ~at : at;
    this.#ids = at < 0 ? start.ids.toSpliced(this.#at, 0, interned(id)) : start.ids;
    this.#counters = start.counters.slice();
    if (at < 0) this.#counters.splice(this.#at, 0, 0);
  }

  /** What the process knows now; to be sent with a message. It does not change. O(1). */
  get clock(): VectorClock {
    this.#given ??= new VectorClock(this.#ids, this.#counters);
    return this.#given;
  }

  /**
   * Counts an event of this process.
   *
   * @returns Its number, from 1.
   * @throws RangeError after 2^53-1 events.
   */
  increment(): number {
    const counter = successor('counter', this.#counters[this.#at] ?? 0);
    this.#claim();
    this.#counters[this.#at] = counter;
    return counter;
  }

  /** Learns what `clock` knows, without an event of its own. */
  merge(clock: VectorClock): void {
    if (clock.ids === this.#ids) {
      this.#raise(clock.counters);
      return;
    }
    const merged = merge(this.clock, clock);
    this.#given = undefined;
    this.#ids = merged.ids;
    this.#counters = merged.counters.slice();
    this.#at = positionOf(merged.ids, this.id);
  }

  /**
   * Counts the receipt of a message that was sent at `clock`: learns what it knows, then counts an
   * event.
   *
   * @returns The number of the receipt.
   * @throws RangeError after 2^53-1 events.
   */
  receive(clock: VectorClock): number {
    this.merge(clock);
    return this.increment();
  }

  #raise(counters: readonly number[]): void {
    this.#claim();
    const own = this.#counters;
    for (let at = 0; at < own.length; at += 1) {
      const counter = counters[at] ?? 0;
      if (counter > (own[at] ?? 0)) own[at] = counter;
    }
  }

  /** Makes the numbers its own, if somebody holds them. */
  #claim(): void {
    if (this.#given === undefined) return;
    this.#given = undefined;
    this.#counters = this.#counters.slice();
  }
}
