/*
 * Version vectors with exceptions: which updates are known when they come in any order.
 *
 * A version vector says "the first n updates of a". If update 7 arrives before 6 it can say 5 or 7:
 * with 5, it asks for 7 again; with 7, it never asks for 6, which is lost. Holding 7 back until 6
 * is there costs a buffer, and time in which 7 could be used.
 *
 * The idea: say 7, and name the exceptions: "the first 7 updates of a, but not 6". Exceptions are
 * few, because they come from what is under way. When 6 arrives it stops being one, and the vector
 * is a plain one again.
 *
 *   known of a:   1 2 3 4 5 . 7 . . 10        vector a:10, exceptions 6, 8..9
 *
 * Here each replica has the runs of numbers that are known; exceptions are the gaps between them.
 * Somebody who sends number 1, 3, 5, 7 and so on makes a gap of each, so their number is limited.
 *
 * Source: Malkhi and Terry, "Concise version vectors in WinFS", DISC 2005.
 */
import { checkCounter } from './counter.ts';
import type { Dot } from './dot.ts';
import {
  addNumber,
  containsRuns,
  gapCountOf,
  gapsOf,
  hasNumber,
  isRuns,
  type NumberRuns,
  prefixOf,
  unionOfRuns,
} from './number-runs.ts';
import type { Ordering } from './ordering.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { type ClockEntry, VectorClock } from './vector-clock.ts';
import type { DotRange, VersionVector } from './version-vector.ts';

/** The most gaps there may be when nobody says otherwise. */
export const DEFAULT_EXCEPTION_COUNT_MAX = 65_536;

/** Limits of what is kept. */
export interface ExceptionOptions {
  /**
   * The most gaps there may be, of all replicas together; 65,536 without it, 0..2^53-1.
   *
   * @remarks
   * A gap takes 16 bytes. Raising it accepts updates that are further out of order; at the limit
   * they are refused, and must be sent again later.
   */
  readonly exceptionCountMax?: number;
}

/**
 * A set of dots that is small when it is almost complete. Changes in place.
 *
 * @example
 * ```ts
 * import { VersionVectorWithExceptions } from '@quorate/vector-clocks';
 *
 * const known = new VersionVectorWithExceptions();
 * known.add({ id: 'a', counter: 1 }); // => 'added'
 * known.add({ id: 'a', counter: 3 }); // => 'added'
 * known.missing(); // => [{ id: 'a', first: 2, last: 2 }]
 * known.add({ id: 'a', counter: 2 }); // => 'added'
 * JSON.stringify(known.base()); // => '{"a":3}'
 * ```
 */
export class VersionVectorWithExceptions {
  readonly #exceptionCountMax: number;
  readonly #runs = new Map<ReplicaId, number[]>();
  #exceptionCount = 0;

  /**
   * @param base - What is known to begin with, without a gap.
   * @throws RangeError or TypeError if an option is out of range.
   */
  constructor(base: VersionVector = VectorClock.empty, options: ExceptionOptions = {}) {
    const { exceptionCountMax = DEFAULT_EXCEPTION_COUNT_MAX } = options;
    this.#exceptionCountMax = checkCounter('exceptionCountMax', exceptionCountMax, 0);
    for (const [id, counter] of base) this.#runs.set(id, [1, counter]);
  }

  /**
   * The one with these runs of each replica, as `runs` gave them.
   *
   * @throws RangeError or TypeError if an id names no replica or comes twice, if runs do not rise
   *   or touch each other, or if there are too many gaps.
   */
  static ofRuns(
    entries: Iterable<readonly [id: ReplicaId, runs: NumberRuns]>,
    options: ExceptionOptions = {},
  ): VersionVectorWithExceptions {
    const result = new VersionVectorWithExceptions(VectorClock.empty, options);
    for (const [id, runs] of entries) {
      checkReplicaId('id', id);
      if (result.#runs.has(id) || runs.length === 0 || !isRuns(runs)) {
        throw new RangeError(
          `runs of ${JSON.stringify(id)}: expected rising runs once, got others`,
        );
      }
      result.#runs.set(id, [...runs]);
      result.#exceptionCount += gapCountOf(runs);
    }
    if (result.#exceptionCount > result.#exceptionCountMax) {
      throw new RangeError(
        `runs: expected at most ${result.#exceptionCountMax} gaps, got ${result.#exceptionCount}`,
      );
    }
    return result;
  }

  /** How many gaps there are now. */
  get exceptionCount(): number {
    return this.#exceptionCount;
  }

  /** Whether `dot` is known. */
  has(dot: Dot): boolean {
    const runs = this.#runs.get(dot.id);
    return runs !== undefined && hasNumber(runs, dot.counter);
  }

  /**
   * Takes note of `dot`.
   *
   * @returns 'full' if it would be one gap too many; nothing is noted then.
   * @throws RangeError or TypeError if it is no dot.
   */
  add(dot: Dot): 'added' | 'present' | 'full' {
    const { id, counter } = dot;
    checkReplicaId('id', id);
    checkCounter('counter', counter);
    const runs = this.#runs.get(id) ?? [];
    if (hasNumber(runs, counter)) return 'present';
    const isIsolated =
      counter > 1 && !hasNumber(runs, counter - 1) && !hasNumber(runs, counter + 1);
    if (isIsolated && this.#exceptionCount >= this.#exceptionCountMax) return 'full';
    const before = gapCountOf(runs);
    addNumber(runs, counter);
    this.#exceptionCount += gapCountOf(runs) - before;
    this.#runs.set(id, runs);
    return 'added';
  }

  /**
   * Takes note of all that `other` knows.
   *
   * @returns 'full' if there would be too many gaps; nothing is noted then.
   */
  merge(other: VersionVectorWithExceptions): 'merged' | 'full' {
    const unions = new Map<ReplicaId, number[]>();
    let exceptionCount = this.#exceptionCount;
    for (const [id, runs] of other.#runs) {
      const own = this.#runs.get(id) ?? [];
      const union = unionOfRuns(own, runs);
      exceptionCount += gapCountOf(union) - gapCountOf(own);
      unions.set(id, union);
    }
    if (exceptionCount > this.#exceptionCountMax) return 'full';
    for (const [id, union] of unions) this.#runs.set(id, union);
    this.#exceptionCount = exceptionCount;
    return 'merged';
  }

  /** What is known of each replica from its first update on: what a plain vector may say. */
  base(): VersionVector {
    return VectorClock.of([...this.#runs].map(([id, runs]): ClockEntry => [id, prefixOf(runs)]));
  }

  /** What is missing below something that is known: what to ask for. By ascending dots. */
  missing(): DotRange[] {
    return this.runs().flatMap(([id, runs]) => rangesOf(id, gapsOf(runs)));
  }

  /** What is known, by ascending dots. */
  known(): DotRange[] {
    return this.runs().flatMap(([id, runs]) => rangesOf(id, runs));
  }

  /** The runs of each replica, by ascending ids: for codecs. Not to be written to. */
  runs(): (readonly [id: ReplicaId, runs: NumberRuns])[] {
    return [...this.#runs].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** How what this one knows stands to what `other` knows. */
  compare(other: VersionVectorWithExceptions): Ordering {
    const isWithin = this.#isWithin(other);
    const isAround = other.#isWithin(this);
    if (isWithin) return isAround ? 'equal' : 'before';
    return isAround ? 'after' : 'concurrent';
  }

  /** Another one that knows the same, with the same limit. */
  clone(): VersionVectorWithExceptions {
    const clone = new VersionVectorWithExceptions(VectorClock.empty, {
      exceptionCountMax: this.#exceptionCountMax,
    });
    clone.merge(this);
    return clone;
  }

  #isWithin(other: VersionVectorWithExceptions): boolean {
    for (const [id, runs] of this.#runs) {
      if (!containsRuns(other.#runs.get(id) ?? [], runs)) return false;
    }
    return true;
  }
}

function rangesOf(id: ReplicaId, runs: NumberRuns): DotRange[] {
  const ranges: DotRange[] = [];
  for (let at = 0; at < runs.length; at += 2) {
    ranges.push({ id, first: runs[at] ?? 0, last: runs[at + 1] ?? 0 });
  }
  return ranges;
}
