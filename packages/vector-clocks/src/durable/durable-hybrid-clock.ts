/*
 * A hybrid clock that gives no timestamp twice, restarts included.
 *
 * What a hybrid clock gave last is forgotten in a crash, and the wall clock cannot be asked: it may
 * have been set back meanwhile, by an hour, and for an hour the clock would give what it gave
 * before. To write down every timestamp costs a sync each. So the clock writes down a bound, some
 * seconds ahead, gives only what lies below it, and after a restart begins there:
 *
 *     wall       0    1    2    3    4    5    6    (crash, set back to 2)   2    3
 *     bound     |--------- 3 written, gives 0..2 ---|
 *                    |--------- 5 written ...
 *     restart at the last bound written: no timestamp of it or beyond was ever given
 *
 * The bound is moved on by a timer, long before it is reached, so that `tick` finds it ahead and
 * needs no promise. Where it is not, after a time without timers or when a timestamp from afar is
 * further ahead than the bound, `tick` and `witness` answer 'unready', and `now` and `receive` wait
 * for the disk.
 *
 * The price: after a crash timestamps are up to `reserveMs` ahead of the wall clock until that has
 * caught up, and by as much as it was set back. A clock that was closed begins where it ended.
 *
 * Source: Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks", OPODIS 2014, for
 * the clock; a bound that is kept is what CockroachDB can do too.
 */
import type { Disk } from '@quorate/storage';
import type { Clock, Timer } from '@quorate/transport';

import { HybridClockClosedError } from '../errors.ts';
import {
  HybridClock,
  HybridClockExhaustedError,
  type HybridClockOptions,
  type ReceiveOutcome,
  type TickOutcome,
  type WitnessOutcome,
} from '../hybrid/hybrid-clock.ts';
import { checkTimestamp, type HybridTimestamp, WALL_MS_MAX } from '../hybrid/hybrid-timestamp.ts';
import { WallJumps, type WallJumpOptions } from '../hybrid/wall-jumps.ts';
import { BoundFile } from './bound-file.ts';

/** Enough for the last millisecond that there is, and one that is borrowed there. */
const BOUND_MS_MAX = WALL_MS_MAX + 2;

/** How far the bound is ahead of a clock that is itself ahead of the wall clock. */
const MARGIN_MS = 10;

/** Where a durable clock keeps its bound, and how far ahead. */
export interface DurableHybridClockOptions extends Omit<HybridClockOptions, 'last'> {
  readonly disk: Disk;
  readonly clock: Clock;
  /** A folder of the clock's own. Made if missing; locked where the disk can. */
  readonly directory: string;
  /**
   * How far ahead of the wall clock the bound is put, in ms; at least 100. 3 000 without it.
   * The bound is written twice in this time, two syncs each; a disk that stalls for half of it
   * makes callers wait. After a crash, timestamps are ahead of the wall clock by up to this much,
   * so keep it below the drift that other nodes allow.
   */
  readonly reserveMs?: number;
  /** What jump of the wall clock is worth telling. */
  readonly wallJumps?: WallJumpOptions;
  /**
   * Told by how much the wall clock has jumped, in ms, below 0 if back. After a jump forward by
   * mistake, other nodes may refuse what this one stamps, until their clocks are there.
   */
  readonly onWallJump?: (jumpMs: number) => void;
  /** Told why the bound could not be moved on; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

/**
 * A hybrid logical clock whose timestamps are unique across restarts, by a bound kept on a disk.
 *
 * @remarks
 * Holds a timer and a file until it is closed. Of one folder there may be one clock at a time; the
 * disk's lock sees to it where there is one.
 *
 * @example
 * ```ts
 * import { MemoryDisk } from '@quorate/storage/memory';
 * import { systemClock } from '@quorate/transport/system';
 *
 * const options = { disk: new MemoryDisk(), clock: systemClock, directory: 'clock' };
 * const clock = await DurableHybridClock.open(options);
 * const before = await clock.now();
 * const { kind } = await clock.receive({ wallMs: before.wallMs + 500, counter: 3 });
 * kind; // => 'issued'
 * await clock.close();
 * ```
 */
export class DurableHybridClock implements HybridTimestamp {
  readonly #core: HybridClock;
  readonly #clock: Clock;
  readonly #file: BoundFile;
  readonly #unlock: () => Promise<void>;
  readonly #reserveMs: number;
  readonly #jumps: WallJumps;
  readonly #onWallJump: ((jumpMs: number) => void) | undefined;
  readonly #onError: ((error: unknown) => void) | undefined;
  /** Durable: every timestamp given has a smaller `wallMs`. */
  #boundMs = 0;
  #renewal: Promise<void> | undefined;
  #timer: Timer | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: DurableHybridClockOptions, opened: OpenedBound) {
    const { maxDriftMs, overflow, reserveMs, wallJumps } = options;
    this.#core = new HybridClock({
      ...(maxDriftMs !== undefined && { maxDriftMs }),
      ...(overflow !== undefined && { overflow }),
      last: lastBelow(opened.file.boundMs),
    });
    this.#clock = options.clock;
    this.#file = opened.file;
    this.#unlock = opened.unlock;
    this.#reserveMs = checkedReserve(reserveMs);
    this.#jumps = new WallJumps(wallJumps);
    this.#onWallJump = options.onWallJump;
    this.#onError = options.onError;
  }

  /**
   * Opens the clock of a folder; once it resolves, timestamps can be given.
   *
   * @throws RangeError if an option is out of its range.
   * @throws HybridBoundDamagedError if there was a bound and it cannot be read: to begin without it
   *   could give timestamps twice. Remove the folder, if you know that none lies ahead of the wall
   *   clock.
   * @throws DiskError if the disk fails, 'DISK_LOCKED' if another clock has the folder.
   */
  static async open(options: DurableHybridClockOptions): Promise<DurableHybridClock> {
    const { disk, directory, wallJumps, ...rest } = options;
    // Whatever is out of its range is found before the disk is touched.
    new HybridClock(rest);
    new WallJumps(wallJumps);
    checkedReserve(options.reserveMs);
    await disk.createDirectory(directory);
    const unlock = (await disk.lock?.(directory)) ?? (() => Promise.resolve());
    let file: BoundFile | undefined;
    try {
      file = await BoundFile.open(disk, directory);
      const clock = new DurableHybridClock(options, { file, unlock });
      await clock.#renew(0);
      clock.#jumps.observe(options.clock.wallTimeMs(), options.clock.nowMs());
      clock.#setTimer();
      return clock;
    } catch (error) {
      await file?.close().catch(() => undefined);
      await unlock().catch(() => undefined);
      throw error;
    }
  }

  /** See `HybridClockOptions.maxDriftMs`. */
  get maxDriftMs(): number {
    return this.#core.maxDriftMs;
  }

  /** The time of the last timestamp given; before the first of this life, the bound of the last. */
  get wallMs(): number {
    return this.#core.wallMs;
  }

  /** The counter of the last timestamp given. */
  get counter(): number {
    return this.#core.counter;
  }

  /** Every timestamp given, in this life and before, has a smaller `wallMs` than this. */
  get boundMs(): number {
    return this.#boundMs;
  }

  /**
   * Gives a timestamp to an event, without a promise.
   *
   * @returns 'issued': the timestamp is in `wallMs` and `counter`. 'unready': the bound must be
   *   moved on first, which has been begun; wait for `now`, or try again. Else as
   *   `HybridClock.tick`.
   * @throws HybridClockClosedError after `close`.
   * @throws RangeError if the wall clock is before 1970, or after 10889.
   */
  tick(): TickOutcome | 'unready' {
    this.#expectOpen();
    const wallMs = this.#wallTimeMs();
    const outcome = this.#tickAt(wallMs);
    if (outcome === 'unready') this.#renewAside(0);
    return outcome;
  }

  /**
   * Gives a timestamp to the receipt of a message, without a promise.
   *
   * @returns As `HybridClock.witness`; 'unready' as `tick`. Nothing has changed but for 'issued'.
   * @throws HybridClockClosedError after `close`.
   * @throws RangeError if `remote` is no timestamp, or the wall clock is before 1970, or after
   *   10889.
   */
  witness(remote: HybridTimestamp): WitnessOutcome | 'unready' {
    this.#expectOpen();
    checkTimestamp('remote', remote);
    const wallMs = this.#wallTimeMs();
    if (this.#isBelowBound(remote, wallMs)) return this.#core.witness(remote, wallMs);
    this.#renewAside(remote.wallMs);
    return 'unready';
  }

  /**
   * Gives a timestamp to an event, waiting for the disk if need be.
   *
   * @throws HybridClockExhaustedError as `HybridClock.now`.
   * @throws HybridClockClosedError after `close`.
   * @throws DiskError if the bound could not be moved on; the next call tries again.
   */
  async now(): Promise<HybridTimestamp> {
    for (;;) {
      this.#expectOpen();
      const wallMs = this.#wallTimeMs();
      const outcome = this.#tickAt(wallMs);
      if (outcome === 'exhausted') throw new HybridClockExhaustedError(this.#core.wallMs);
      if (outcome === 'issued') return { wallMs: this.wallMs, counter: this.counter };
      await this.#renew(0);
    }
  }

  /**
   * Gives a timestamp to the receipt of a message, waiting for the disk if need be.
   *
   * @throws HybridClockClosedError after `close`.
   * @throws DiskError if the bound could not be moved on; then nothing was received.
   * @throws RangeError if `remote` is no timestamp.
   */
  async receive(remote: HybridTimestamp): Promise<ReceiveOutcome> {
    checkTimestamp('remote', remote);
    for (;;) {
      this.#expectOpen();
      const wallMs = this.#wallTimeMs();
      if (this.#isBelowBound(remote, wallMs)) return this.#core.receive(remote, wallMs);
      await this.#renew(remote.wallMs);
    }
  }

  /**
   * Writes down where the clock has got to, so that the next one begins there, and lets go of the
   * folder. No timestamp is given any more. Idempotent.
   *
   * @throws DiskError if the disk fails; the next clock then begins at the bound.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    await this.#renewal?.catch(() => undefined);
    try {
      await this.#file.write(this.#core.wallMs + 1);
    } finally {
      await this.#file.close();
      await this.#unlock();
    }
  }

  #tickAt(wallMs: number): TickOutcome | 'unready' {
    const isBelow = Math.max(this.#core.wallMs, wallMs) + 1 < this.#boundMs;
    return isBelow ? this.#core.tick(wallMs) : 'unready';
  }

  /**
   * Whether what comes of this receipt lies below the bound, a borrowed millisecond included. What
   * is refused comes to nothing: nobody may move the bound by sending a time that is refused.
   */
  #isBelowBound(remote: HybridTimestamp, wallMs: number): boolean {
    const latestMs = Math.max(this.#core.wallMs, remote.wallMs, wallMs);
    return latestMs + 1 < this.#boundMs || remote.wallMs - Math.floor(wallMs) > this.maxDriftMs;
  }

  /** Moves the bound on, and waits until that is durable. Those who wait at once share a write. */
  #renew(neededMs: number): Promise<void> {
    this.#renewal ??= this.#moveBound(neededMs).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  #renewAside(neededMs: number): void {
    this.#renew(neededMs).catch((error: unknown) => this.#onError?.(error));
  }

  async #moveBound(neededMs: number): Promise<void> {
    // Where the clock is ahead of the wall clock it stays until that has caught up, but for what it
    // borrows. A whole reserve there would drive it on with every restart.
    const aheadMs = Math.max(neededMs, this.#core.wallMs) + MARGIN_MS;
    const latestMs = Math.max(this.#wallTimeMs() + this.#reserveMs, aheadMs);
    const boundMs = Math.min(Math.floor(latestMs), BOUND_MS_MAX);
    // A wall clock that was set back asks for no more than there is.
    if (boundMs <= this.#boundMs) return;
    await this.#file.write(boundMs);
    // Not before it is durable: from here on timestamps up to it are given.
    this.#boundMs = boundMs;
  }

  #setTimer(): void {
    this.#timer = this.#clock.setTimer(this.#reserveMs / 2, () => this.#onTimer());
    this.#timer.unref?.();
  }

  #onTimer(): void {
    if (this.#closing !== undefined) return;
    const jumpMs = this.#jumps.observe(this.#clock.wallTimeMs(), this.#clock.nowMs());
    this.#renewAside(0);
    this.#setTimer();
    if (jumpMs !== 0) this.#onWallJump?.(jumpMs);
  }

  #wallTimeMs(): number {
    const wallMs = this.#clock.wallTimeMs();
    if (wallMs >= 0 && wallMs < WALL_MS_MAX + 1) return wallMs;
    throw new RangeError(`wallTimeMs: expected 0..2^48-1, got ${wallMs}`);
  }

  #expectOpen(): void {
    if (this.#closing !== undefined) throw new HybridClockClosedError();
  }
}

interface OpenedBound {
  readonly file: BoundFile;
  readonly unlock: () => Promise<void>;
}

/** All to come is larger than all that was given below the bound. */
function lastBelow(boundMs: number | undefined): HybridTimestamp {
  if (boundMs === undefined) return { wallMs: 0, counter: 0 };
  if (boundMs <= WALL_MS_MAX) return { wallMs: boundMs, counter: 0 };
  return { wallMs: WALL_MS_MAX, counter: 0xffff };
}

function checkedReserve(reserveMs = 3_000): number {
  if (Number.isSafeInteger(reserveMs) && reserveMs >= 100) return reserveMs;
  throw new RangeError(`reserveMs: expected an integer of at least 100, got ${reserveMs}`);
}
