/*
 * The hybrid logical clock: timestamps that respect causality and look like the time.
 *
 * A wall clock cannot order events: it is set back, it stands still, and those of two machines
 * differ, so that a reply may be stamped before its request. A Lamport clock orders them, but its
 * numbers mean nothing to people, and nobody can ask for "the state at noon". Take the wall clock
 * where it is ahead, and count like Lamport where it is not:
 *
 *     state       l    the latest time heard of, of one's own clock or in a timestamp received
 *                 c    how many events were given that time
 *     event       l' = max(l, wall)
 *                 c' = l' = l ? c + 1 : 0
 *     receive m   l' = max(l, m.l, wall)
 *                 c' = 1 + the largest c of those among (l, c) and m that have l' as their time,
 *                      or 0 if it is the wall clock's alone
 *
 *     wall  10 . . 11 . . . . 9 . . . . 10         the clock steps back, and time goes on:
 *     (l,c)  (10,0)  (11,0)   (11,1)    (11,2)     the counter steps in until it has caught up
 *
 * If e happened before f, then the timestamp of e is the smaller one. And l is never ahead of all
 * wall clocks, so it errs by no more than these differ. Unless one of them is wrong by a day: then
 * l is a day ahead everywhere the timestamp gets to, for a day. Therefore a timestamp from afar is
 * refused if it is ahead of the wall clock by more than `maxDriftMs`, before anything has changed.
 * One's own l is never refused: a clock that was set back must go on giving timestamps, and a node
 * that was idle for a week too.
 *
 * 16 bits hold 65 536 events of one millisecond. For the next one the clock either borrows the next
 * millisecond, l + 1, which the wall clock soon pays back, or says that it is exhausted.
 *
 * Source: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", OPODIS 2014. A
 * receipt is an event, as there: the timestamp given for it is larger than the one received. The
 * bound on what is received, and borrowing, are additions.
 */
import { VectorClocksError } from '../errors.ts';
import {
  checkTimestamp,
  COUNTER_MAX,
  type HybridTimestamp,
  WALL_MS_MAX,
} from './hybrid-timestamp.ts';

/** How a hybrid clock behaves at its borders. Everything may be left out. */
export interface HybridClockOptions {
  /**
   * How far a timestamp received may be ahead of the wall clock, in ms; 0 or more, `Infinity` for
   * no limit. 60 000 without it. Larger takes messages of machines whose clocks are worse; smaller
   * bounds how far one wrong clock can carry all others into the future.
   */
  readonly maxDriftMs?: number;
  /**
   * What comes after 65 536 events of one millisecond. 'borrow' (the default): the next
   * millisecond. 'refuse': nothing until the wall clock has moved on; then someone who sends
   * timestamps with high counters can hold this clock up for `maxDriftMs`.
   */
  readonly overflow?: 'borrow' | 'refuse';
  /** The last timestamp given before: all to come are larger. None without it. */
  readonly last?: HybridTimestamp;
}

/** What became of an event. 'exhausted': no timestamp is left; nothing changed. */
export type TickOutcome = 'issued' | 'exhausted';

/** What became of a receipt. 'ahead': too far ahead of the wall clock. Nothing changed then. */
export type WitnessOutcome = 'issued' | 'ahead' | 'exhausted';

/** What became of a receipt, with what there is to say about it. */
export type ReceiveOutcome =
  | { readonly kind: 'issued'; readonly timestamp: HybridTimestamp }
  | {
      readonly kind: 'ahead';
      /** How far the timestamp is ahead of the wall clock, in ms; more than `maxDriftMs`. */
      readonly aheadMs: number;
    }
  | { readonly kind: 'exhausted' };

/** `HybridClock.now` with no timestamp left: 65 536 events in a millisecond under 'refuse'. */
export class HybridClockExhaustedError extends VectorClocksError {
  override readonly name = 'HybridClockExhaustedError';
  readonly code = 'VECTOR_CLOCKS_EXHAUSTED';

  constructor(wallMs: number) {
    super(`all 65536 timestamps of ${wallMs} ms are given; ask again in a millisecond`);
  }
}

/**
 * A hybrid logical clock. The wall clock's time comes in with every call.
 *
 * @remarks
 * It is itself the last timestamp given: `wallMs` and `counter`. `tick` and `witness` leave it
 * there and allocate nothing; `now` and `receive` make an object of it. O(1) time.
 *
 * @example
 * ```ts
 * const clock = new HybridClock();
 * clock.now(1_000); // => { wallMs: 1_000, counter: 0 }
 * clock.now(990); // => { wallMs: 1_000, counter: 1 }
 * clock.receive({ wallMs: 1_500, counter: 7 }, 1_001).kind; // => 'issued'
 * clock.now(1_002); // => { wallMs: 1_500, counter: 9 }
 * clock.receive({ wallMs: 90_000, counter: 0 }, 1_003); // => { kind: 'ahead', aheadMs: 88_997 }
 * ```
 */
export class HybridClock implements HybridTimestamp {
  /** See `HybridClockOptions.maxDriftMs`. */
  readonly maxDriftMs: number;
  readonly #borrows: boolean;
  #wallMs: number;
  #counter: number;

  /** @throws RangeError if an option is out of its range. */
  constructor(options: HybridClockOptions = {}) {
    const { maxDriftMs = 60_000, overflow = 'borrow', last = { wallMs: 0, counter: 0 } } = options;
    if (!(maxDriftMs >= 0)) {
      throw new RangeError(`maxDriftMs: expected at least 0, got ${maxDriftMs}`);
    }
    const policy: string = overflow;
    if (policy !== 'borrow' && policy !== 'refuse') {
      throw new RangeError(`overflow: expected 'borrow' or 'refuse', got '${policy}'`);
    }
    checkTimestamp('last', last);
    this.maxDriftMs = maxDriftMs;
    this.#borrows = policy === 'borrow';
    this.#wallMs = last.wallMs;
    this.#counter = last.counter;
  }

  /** The time of the last timestamp given; 0 before the first. */
  get wallMs(): number {
    return this.#wallMs;
  }

  /** The counter of the last timestamp given. */
  get counter(): number {
    return this.#counter;
  }

  /**
   * Gives a timestamp to an event, or to a message about to be sent.
   *
   * @param wallMs - The wall clock, in ms since 1970, at least 0; rounded down. It may step back.
   * @returns 'issued': the timestamp is in `wallMs` and `counter`.
   * @throws RangeError if `wallMs` is not in 0..2^48-1.
   */
  tick(wallMs: number): TickOutcome {
    const physicalMs = physical(wallMs);
    if (physicalMs > this.#wallMs) {
      this.#wallMs = physicalMs;
      this.#counter = 0;
      return 'issued';
    }
    return this.#advance(this.#wallMs, this.#counter + 1);
  }

  /**
   * Gives a timestamp to the receipt of a message: larger than all given before, and than the
   * message's own.
   *
   * @param remote - The timestamp that came with the message.
   * @param wallMs - The wall clock, as for `tick`.
   * @returns 'issued': the timestamp is in `wallMs` and `counter`. Otherwise nothing has changed.
   * @throws RangeError if `remote` is no timestamp, or `wallMs` is not in 0..2^48-1.
   */
  witness(remote: HybridTimestamp, wallMs: number): WitnessOutcome {
    checkTimestamp('remote', remote);
    const physicalMs = physical(wallMs);
    // Only what comes from afar is measured against the wall clock: it may be set back, and what
    // this clock has given must stay behind what it is going to give.
    if (remote.wallMs - physicalMs > this.maxDriftMs) return 'ahead';
    const ownMs = this.#wallMs;
    if (physicalMs > ownMs && physicalMs > remote.wallMs) return this.#advance(physicalMs, 0);
    if (remote.wallMs > ownMs) return this.#advance(remote.wallMs, remote.counter + 1);
    const isEarlier = remote.wallMs < ownMs || remote.counter < this.#counter;
    return this.#advance(ownMs, (isEarlier ? this.#counter : remote.counter) + 1);
  }

  /**
   * `tick`, as a value.
   *
   * @throws RangeError if `wallMs` is not in 0..2^48-1.
   * @throws HybridClockExhaustedError if no timestamp is left, which 'borrow' makes impossible for
   *   the next 8 000 years.
   */
  now(wallMs: number): HybridTimestamp {
    if (this.tick(wallMs) === 'exhausted') throw new HybridClockExhaustedError(this.#wallMs);
    return { wallMs: this.#wallMs, counter: this.#counter };
  }

  /**
   * `witness`, as a value.
   *
   * @throws RangeError if `remote` is no timestamp, or `wallMs` is not in 0..2^48-1.
   */
  receive(remote: HybridTimestamp, wallMs: number): ReceiveOutcome {
    const outcome = this.witness(remote, wallMs);
    if (outcome === 'exhausted') return { kind: outcome };
    if (outcome === 'ahead') return { kind: outcome, aheadMs: remote.wallMs - physical(wallMs) };
    return { kind: outcome, timestamp: { wallMs: this.#wallMs, counter: this.#counter } };
  }

  #advance(wallMs: number, counter: number): TickOutcome {
    if (counter <= COUNTER_MAX) {
      this.#wallMs = wallMs;
      this.#counter = counter;
      return 'issued';
    }
    if (!this.#borrows || wallMs === WALL_MS_MAX) return 'exhausted';
    this.#wallMs = wallMs + 1;
    this.#counter = 0;
    return 'issued';
  }
}

function physical(wallMs: number): number {
  const physicalMs = Math.floor(wallMs);
  if (physicalMs >= 0 && physicalMs <= WALL_MS_MAX) return physicalMs;
  throw new RangeError(`wallMs: expected 0..2^48-1, got ${wallMs}`);
}
