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

/** Latest instant of a simulation: 2^53 - 1 microseconds, 285 years. */
export const endOfTimeUs: number = Number.MAX_SAFE_INTEGER;

/** Virtual time and what will happen in it. Instants are whole microseconds: they add exactly. */
export class Scheduler {
  readonly #queue = new EventQueue<SimulatedEvent>();
  #nowUs = 0;

  /** True time since the start, in microseconds. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** How many events wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Plans `event` for `atUs`, or for the end of time if that is earlier. */
  plan(atUs: number, event: SimulatedEvent): number {
    invariant(atUs >= this.#nowUs, 'nothing is planned for the past');
    return this.#queue.add(Math.min(atUs, endOfTimeUs), event);
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
