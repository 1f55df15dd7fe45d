/**
 * Virtual time and what will happen in it.
 *
 * Events of the same instant happen in the order in which they were planned, or, if asked, in an
 * order of chance: a real cluster has no order there, and code that leans on one is wrong. But not
 * all of it is chance. What one source promises to keep in order, such as the timers of a clock or
 * the messages of a session, is one *lane*, and keeps the order of planning:
 *
 * ```text
 *   planned           a1  b1  a2  c1  b2        three lanes, one instant
 *   rank of a lane    hash(seed, instant, lane)
 *   happens           c1  a1  a2  b1  b2        if c < a < b
 * ```
 *
 * The rank hangs on the seed, the instant and the lane and on nothing else, so that an event more
 * or less leaves the order of the others alone.
 */
import type { Decisions } from './decisions.ts';
import { EventQueue } from './event-queue.ts';
import { invariant } from './invariant.ts';

/** Something that happens at an instant of virtual time. In the queue at most once at a time. */
export interface SimulatedEvent {
  /**
   * Lets it happen.
   *
   * @returns Whether code of a node ran, which may have left promise reactions behind.
   */
  fire(): boolean;
}

/**
 * In which order events of the same instant happen: as they were planned, or as chance has it, but
 * for what is promised to stay in order.
 */
export type SameTimeOrder = 'insertion' | 'random';

/** Whether `value` is one. */
export function isSameTimeOrder(value: unknown): value is SameTimeOrder {
  return value === 'insertion' || value === 'random';
}

/** Latest instant of a simulation: 2^53 - 1 microseconds, 285 years. */
export const endOfTimeUs: number = Number.MAX_SAFE_INTEGER;

/** The queue of events and the clock that it drives. Instants are whole microseconds: they add. */
export class Scheduler {
  readonly #queue = new EventQueue<SimulatedEvent>();
  readonly #ties: Decisions | undefined;
  #nowUs = 0;

  /** @param ties - Decides the order of lanes at an instant; without, it is that of planning. */
  constructor(ties?: Decisions) {
    this.#ties = ties;
  }

  /** True time since the start, in microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** How many events wait. */
  get size(): number {
    return this.#queue.size;
  }

  /**
   * Plans `event` for `atUs`, or for the end of time if that is earlier.
   *
   * @param lane - Events of one lane keep their order. A 32-bit number, such as a hash of a name.
   * @returns What `cancel` needs.
   */
  plan(atUs: number, event: SimulatedEvent, lane = 0): number {
    invariant(atUs >= this.#nowUs, 'nothing is planned for the past');
    const dueUs = Math.min(atUs, endOfTimeUs);
    if (this.#ties === undefined) return this.#queue.add(dueUs, event);
    return this.#queue.add(dueUs, event, rankOf(this.#ties, dueUs, lane));
  }

  /** Takes `event` back, if it has not happened. `slot` is what `plan` returned. */
  cancel(slot: number, event: SimulatedEvent): boolean {
    return this.#queue.remove(slot, event);
  }

  /**
   * Moves time to the next event at or before `endUs` and returns it, else moves to `endUs`; stays
   * if that is the end of time and nothing is left to happen.
   */
  advance(endUs: number): SimulatedEvent | undefined {
    const nextUs = this.#queue.nextTime();
    if (nextUs === Infinity || nextUs > endUs) {
      // With nothing left to happen, waiting for ever takes no time: the end would be for good.
      const isForEver = nextUs === Infinity && endUs >= endOfTimeUs;
      if (!isForEver) this.#nowUs = Math.max(this.#nowUs, endUs);
      return undefined;
    }
    this.#nowUs = nextUs;
    return this.#queue.pop();
  }
}

/** 16 bits that decide where a lane stands at an instant. */
function rankOf(ties: Decisions, atUs: number, lane: number): number {
  const instant = Math.imul(atUs, 0x85ebca6b) ^ Math.floor(atUs / 4_294_967_296);
  return ties.about('tie', Math.imul(instant ^ lane, 0xc2b2ae35)).uint32() >>> 16;
}
