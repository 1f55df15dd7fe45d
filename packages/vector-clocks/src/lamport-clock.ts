/*
 * Lamport's clock: one number that is larger for every effect than for its cause.
 *
 * Each process counts its events. A message carries the number of its sending, and who receives it
 * sets the own number above both. So along every path of messages numbers rise, and sorting all
 * events by (number, name of the process) gives one order for everybody in which no effect comes
 * before its cause.
 *
 *   p:  1 ── 2 ─────────────────── 6
 *             ╲ carries 2         ╱ carries 5
 *   q:  1 ───── 3 ── 4 ───────── 5
 *
 * The other way round nothing follows: a smaller number does not mean "before", as p's 2 and q's 1
 * know nothing of each other. Whoever must tell that apart needs a vector.
 *
 * Source: Lamport, "Time, clocks, and the ordering of events in a distributed system", CACM 1978.
 */
import { checkCounter, successor } from './counter.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';

/** When an event was, as everybody orders it: by time, and by replica where times are equal. */
export interface LamportStamp {
  /** 1..2^53-1. */
  readonly time: number;
  readonly id: ReplicaId;
}

/** How a clock begins and what it believes. */
export interface LamportClockOptions {
  /** The time of its last event, if it had one before a restart; 0 without it. */
  readonly time?: number;
  /**
   * How far above its own time a time from elsewhere may be; 2^48 without it, 1..2^53-1.
   *
   * @remarks
   * Times never fall again, so that one damaged message could use up all there are. Raising it
   * accepts who has had that many events alone; lowering it finds damage sooner.
   */
  readonly leapMax?: number;
}

/**
 * The clock of one process.
 *
 * @example
 * ```ts
 * import { LamportClock } from '@quorate/vector-clocks';
 *
 * const clock = new LamportClock('b');
 * clock.tick().time; // => 1
 * clock.witness(7).time; // => 8, a message that was sent at 7
 * clock.tick().time; // => 9
 * ```
 */
export class LamportClock {
  readonly id: ReplicaId;
  readonly #leapMax: number;
  #time: number;

  /** @throws RangeError or TypeError if the id or an option is out of range. */
  constructor(id: ReplicaId, { time = 0, leapMax = 2 ** 48 }: LamportClockOptions = {}) {
    this.id = checkReplicaId('id', id);
    this.#time = checkCounter('time', time, 0);
    this.#leapMax = checkCounter('leapMax', leapMax);
  }

  /** The time of the last event; 0 before the first. */
  get time(): number {
    return this.#time;
  }

  /**
   * Counts an event of its own, the sending of a message included.
   *
   * @throws RangeError after 2^53-1 events.
   */
  tick(): LamportStamp {
    this.#time = successor('time', this.#time);
    return { time: this.#time, id: this.id };
  }

  /**
   * Counts the receipt of a message that was sent at `time`.
   *
   * @throws RangeError or TypeError if that is no time, or too far ahead; nothing is changed then.
   */
  witness(time: number): LamportStamp {
    checkCounter('time', time);
    if (time - this.#time > this.#leapMax) {
      throw new RangeError(
        `time: expected at most ${this.#leapMax} above ${this.#time}, got ${time}`,
      );
    }
    this.#time = successor('time', Math.max(this.#time, time));
    return { time: this.#time, id: this.id };
  }
}

/** Lamport's total order: by time, then by id. Negative if `left` is first, 0 if both are one. */
export function compareLamportStamps(left: LamportStamp, right: LamportStamp): number {
  if (left.time !== right.time) return left.time - right.time;
  return left.id === right.id ? 0 : left.id < right.id ? -1 : 1;
}
