/* eslint-disable @typescript-eslint/no-non-null-assertion --
   Indexes run below the lengths of parallel arrays; `?? 0` would cost each entry a test. */

/*
 * Vector clocks: which event happened before which, told from two small values.
 *
 * Time of day cannot tell. Clocks differ by more than a message takes, so an effect may carry an
 * earlier time than its cause. A counter that is raised past whatever was received (Lamport's)
 * gives causes smaller numbers than effects, but says nothing of two numbers by themselves: 3 < 5
 * also holds for events that never heard of each other.
 *
 * The idea of Fidge and of Mattern: an event's past is a set of events, and of each replica it
 * holds a beginning, as nobody can see a replica's fifth event without its first four. So the set
 * is told by one number for each replica, how many of its events are in it.
 *
 *   a:  e1{a:1} ──── e2{a:2} ──────────────────────── e5{a:3,b:2}
 *                        ╲ message                    ╱ message
 *   b:                    e3{a:2,b:1} ── e4{a:2,b:2} ─
 *   c:  e6{c:1}
 *
 * An event of its own raises a replica's number by one (`increment`). A message carries the clock
 * of its sending; who receives it takes the larger of both numbers everywhere (`merge`) and counts
 * the receipt as an event. One event happened before another exactly if its numbers are nowhere
 * larger and somewhere smaller (`compare`): e2 before e5. If each has a larger number somewhere,
 * neither can know of the other, as e6 and e4: they are concurrent.
 *
 * A clock costs one entry for each replica that ever had an event, and Charron-Bost showed that
 * nothing smaller tells concurrency apart in every case. So ids belong to replicas, not to
 * requests or clients; see `DvvSet` for many clients behind few servers, `pruneClock` for those
 * who have left.
 *
 * The layout: ids in ascending order in one array, their numbers in a second one. Two clocks are
 * walked side by side, once, without a look-up, until both a smaller and a larger number were seen.
 * Clocks that come from each other share the array of ids, by reference; then no id is looked at
 * at all, and only numbers are compared.
 *
 * Sources: Fidge, "Timestamps in message-passing systems that preserve the partial ordering", ACSC
 * 1988; Mattern, "Virtual time and global states of distributed systems", 1989; Charron-Bost,
 * "Concerning the size of logical clocks in distributed systems", IPL 1991.
 */
import { checkCounter, COUNTER_MAX, successor } from './counter.ts';
import type { Ordering } from './ordering.ts';
import { checkReplicaId, type ReplicaId } from './replica-id.ts';
import { interned, positionOf } from './sorted-ids.ts';

/** How many events of one replica are in a past. */
export type ClockEntry = readonly [id: ReplicaId, counter: number];

/**
 * How many events of each replica are known: a value that never changes.
 *
 * @remarks
 * No entry and an entry of 0 are the same, and 0 is never shown. Two clocks of equal entries are
 * equal, whatever way they were made; say `compare(left, right) === 'equal'`, as `===` asks
 * whether they are one object.
 *
 * @example
 * ```ts
 * import { compare, increment, merge, VectorClock } from '@quorate/vector-clocks';
 *
 * const sent = increment(VectorClock.empty, 'a');
 * const received = increment(merge(VectorClock.of([['b', 4]]), sent), 'b');
 * JSON.stringify(received); // => '{"a":1,"b":5}'
 * compare(sent, received); // => 'before'
 * ```
 */
export class VectorClock implements Iterable<ClockEntry> {
  /** The clock that knows of no event. */
  static readonly empty: VectorClock = new VectorClock([], []);

  /** In ascending order of UTF-16 code units, each once. Shared between clocks: never write. */
  readonly ids: readonly ReplicaId[];
  /**
   * The number of events of the replica at the same place of `ids`. Never write.
   *
   * @remarks
   * A number may be 0, if the ids are those of a `ReplicaTable` or of another clock.
   */
  readonly counters: readonly number[];

  /**
   * Takes both arrays over as they are: for codecs and the like, which have checked them. Everybody
   * else: `VectorClock.of`.
   *
   * @param ids - Ascending by code units, each once, each a valid id.
   * @param counters - As many integers in 0..2^53-1.
   */
  constructor(ids: readonly ReplicaId[], counters: readonly number[]) {
    this.ids = ids;
    this.counters = counters;
  }

  /**
   * The clock with these entries, in whatever order they come.
   *
   * @param entries - Ids that differ; counters in 0..2^53-1, of which 0 is as good as absent.
   * @throws RangeError or TypeError for an id or a counter that is none, or an id that comes twice.
   */
  static of(entries: Iterable<ClockEntry>): VectorClock {
    const checked: ClockEntry[] = [];
    for (const [id, counter] of entries) {
      checked.push([checkReplicaId('id', id), checkedCounter(id, counter)]);
    }
    checked.sort(([left], [right]) => (left < right ? -1 : 1));
    const ids: ReplicaId[] = [];
    const counters: number[] = [];
    checked.forEach(([id, counter], index) => {
      if (checked[index + 1]?.[0] === id) {
        throw new RangeError(`entries: expected ids that differ, got ${JSON.stringify(id)} twice`);
      }
      if (counter === 0) return;
      ids.push(interned(id));
      counters.push(counter);
    });
    return new VectorClock(ids, counters);
  }

  /**
   * The clock in a parsed JSON text: an object `{ id: counter }`, as `toJSON` and other libraries
   * write it, or an array of pairs.
   *
   * @param value - Only its own enumerable properties count: `__proto__` is an id like any other.
   * @throws RangeError or TypeError if it is anything else; see `VectorClock.of`.
   */
  static fromJSON(value: unknown): VectorClock {
    if (typeof value !== 'object' || value === null) {
      throw new TypeError(`clock: expected an object or pairs, got ${String(value).slice(0, 80)}`);
    }
    return VectorClock.of(Array.isArray(value) ? value.map(pairIn) : Object.entries(value));
  }

  /** The number of replicas it knows an event of. O(n). */
  get size(): number {
    let size = 0;
    for (const counter of this.counters) if (counter > 0) size += 1;
    return size;
  }

  /** How many events of `id` it knows; 0 if none. O(log n). */
  get(id: ReplicaId): number {
    const at = positionOf(this.ids, id);
    return at < 0 ? 0 : this.counters[at]!;
  }

  /** The entries, by ascending ids, without zeros. */
  *[Symbol.iterator](): Generator<ClockEntry, void, undefined> {
    for (let at = 0; at < this.ids.length; at += 1) {
      const counter = this.counters[at]!;
      if (counter > 0) yield [this.ids[at]!, counter];
    }
  }

  /** An object `{ id: counter }`, in which any id is a property of its own, `__proto__` too. */
  toJSON(): Record<ReplicaId, number> {
    return Object.fromEntries(this);
  }
}

/**
 * How `left` stands to `right`: 'before' if everything `left` knows is known to `right`, which
 * knows more; 'concurrent' if each knows something that the other does not.
 *
 * @remarks
 * A partial order, and a merge is its least upper bound. One walk over both, O(n + m), that ends
 * as soon as the answer is 'concurrent'; nothing is allocated.
 */
export function compare(left: VectorClock, right: VectorClock): Ordering {
  if (left.ids === right.ids) return compareNumbers(left.counters, right.counters);
  const { ids: leftIds, counters: leftCounters } = left;
  const { ids: rightIds, counters: rightCounters } = right;
  let isLess = false;
  let isMore = false;
  let i = 0;
  let j = 0;
  while (i < leftIds.length && j < rightIds.length) {
    const id = leftIds[i]!;
    const other = rightIds[j]!;
    let difference: number;
    if (id === other) difference = leftCounters[i++]! - rightCounters[j++]!;
    else if (id < other) difference = leftCounters[i++]!;
    else difference = -rightCounters[j++]!;
    if (difference < 0) isLess = true;
    else if (difference > 0) isMore = true;
    if (isLess && isMore) return 'concurrent';
  }
  isMore ||= hasEvents(leftCounters, i);
  isLess ||= hasEvents(rightCounters, j);
  return orderingOf(isLess, isMore);
}

/** Whether `left` is a part of the past of `right`: everything it knows, and less. */
export function isBefore(left: VectorClock, right: VectorClock): boolean {
  return compare(left, right) === 'before';
}

/** Whether each knows of an event that the other does not. Equal clocks are not concurrent. */
export function isConcurrent(left: VectorClock, right: VectorClock): boolean {
  return compare(left, right) === 'concurrent';
}

/**
 * The clock that knows what `left` or `right` knows, and nothing else: the larger number of each
 * replica.
 *
 * @remarks
 * Commutative, associative, idempotent; `VectorClock.empty` changes nothing. O(n + m). The result
 * shares its ids with an operand that has them all, so that clocks which meet often come to share
 * theirs.
 */
export function merge(left: VectorClock, right: VectorClock): VectorClock {
  if (left.ids === right.ids) {
    return new VectorClock(left.ids, largerNumbers(left.counters, right.counters));
  }
  const merged =
    left.ids.length < right.ids.length ? mergeInto(right, left) : mergeInto(left, right);
  if (merged !== undefined) return merged;
  return mergeEntries(left, right);
}

/**
 * The clock after one more event of `id`: the only way in which a replica's own number rises.
 *
 * @throws RangeError if `id` is none, or has had 2^53-1 events.
 *
 * @remarks
 * A copy of the numbers, and of the ids if `id` is new to the clock. A process with one clock of
 * its own keeps a `ProcessClock`, which counts in place.
 */
export function increment(clock: VectorClock, id: ReplicaId): VectorClock {
  const { ids } = clock;
  const at = positionOf(ids, id);
  const counters = clock.counters.slice();
  if (at >= 0) {
    counters[at] = successor('counter', counters[at]!);
    return new VectorClock(ids, counters);
  }
  checkReplicaId('id', id);
  counters.splice(~at, 0, 1);
  return new VectorClock(ids.toSpliced(~at, 0, interned(id)), counters);
}

function compareNumbers(left: readonly number[], right: readonly number[]): Ordering {
  let isLess = false;
  let isMore = false;
  for (let at = 0; at < left.length; at += 1) {
    const difference = left[at]! - right[at]!;
    if (difference < 0) isLess = true;
    else if (difference > 0) isMore = true;
    if (isLess && isMore) return 'concurrent';
  }
  return orderingOf(isLess, isMore);
}

function orderingOf(isLess: boolean, isMore: boolean): Ordering {
  if (isLess) return isMore ? 'concurrent' : 'before';
  return isMore ? 'after' : 'equal';
}

/** Whether a number is above 0 from `start` on: an entry that the other clock has not. */
function hasEvents(counters: readonly number[], start: number): boolean {
  for (let at = start; at < counters.length; at += 1) if (counters[at]! > 0) return true;
  return false;
}

/** The merge of two clocks if `longer` has all ids of `shorter`: no two ids are put in order. */
function mergeInto(longer: VectorClock, shorter: VectorClock): VectorClock | undefined {
  const { ids } = longer;
  const counters = longer.counters.slice();
  let at = 0;
  for (let from = 0; from < shorter.ids.length; from += 1) {
    const id = shorter.ids[from]!;
    while (at < ids.length && ids[at] !== id) at += 1;
    if (at === ids.length) return undefined;
    const counter = shorter.counters[from]!;
    if (counter > counters[at]!) counters[at] = counter;
    at += 1;
  }
  return new VectorClock(ids, counters);
}

function largerNumbers(left: readonly number[], right: readonly number[]): number[] {
  const larger = left.slice();
  for (let at = 0; at < larger.length; at += 1) {
    const counter = right[at]!;
    if (counter > larger[at]!) larger[at] = counter;
  }
  return larger;
}

function mergeEntries(left: VectorClock, right: VectorClock): VectorClock {
  const { ids: leftIds, counters: leftCounters } = left;
  const { ids: rightIds, counters: rightCounters } = right;
  // Copies that are written over have room for almost all; arrays that grow from nothing are slow.
  const longer = leftIds.length < rightIds.length ? right : left;
  const ids = longer.ids.slice();
  const counters = longer.counters.slice();
  let size = 0;
  let i = 0;
  let j = 0;
  while (i < leftIds.length && j < rightIds.length) {
    const id = leftIds[i]!;
    const other = rightIds[j]!;
    if (id === other) {
      const counter = leftCounters[i++]!;
      const otherCounter = rightCounters[j++]!;
      ids[size] = id;
      counters[size++] = counter < otherCounter ? otherCounter : counter;
    } else if (id < other) {
      ids[size] = id;
      counters[size++] = leftCounters[i++]!;
    } else {
      ids[size] = other;
      counters[size++] = rightCounters[j++]!;
    }
  }
  for (; i < leftIds.length; i += 1) {
    ids[size] = leftIds[i]!;
    counters[size++] = leftCounters[i]!;
  }
  for (; j < rightIds.length; j += 1) {
    ids[size] = rightIds[j]!;
    counters[size++] = rightCounters[j]!;
  }
  return new VectorClock(ids, counters);
}

function pairIn(value: unknown): ClockEntry {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new TypeError('entry: expected a pair of id and counter, got something else');
  }
  const pair: readonly unknown[] = value;
  const [id, counter] = pair;
  if (typeof id !== 'string') throw new TypeError(`id: expected a string, got ${typeof id}`);
  checkReplicaId('id', id);
  return [id, checkedCounter(id, counter)];
}

/** Says whose counter it is that is none; a text for each that is one would cost more than it. */
function checkedCounter(id: ReplicaId, counter: unknown): number {
  if (typeof counter === 'number' && counter >= 0 && counter <= COUNTER_MAX && counter % 1 === 0) {
    return counter + 0; // -0 is 0.
  }
  return checkCounter(`counter of ${JSON.stringify(id)}`, counter, 0);
}
